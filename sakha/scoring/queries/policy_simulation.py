"""Runs a simulation in the database over the households that the actor sees, and hands its rows to the rules."""

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.rules.policy import Policies
from sakha.scoring.rules.policy_simulation import (
    MATERIAL_SHA,
    ListEnd,
    Simulation,
    bars_sql,
    movers_sql,
    ranking_sql,
    read_simulation,
    tally_sql,
)

_PREPARE: Final = "SELECT set_config('jit', 'off', true), set_config('work_mem', '96MB', true)"
_MADE: Final = "SELECT min(made_at), count(*) FROM scoring_material WHERE names_sha = %s"


def material_age(*, actor: Actor) -> tuple[datetime | None, int]:
    """Since when the material stands that the actor would simulate on, and of how many households."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_MADE, [MATERIAL_SHA])
        made_at, count = cursor.fetchone()
        return made_at, int(count)


def simulate(*, actor: Actor, at: datetime, before: Policies, after: Policies, end: ListEnd) -> Simulation:
    """Rank all households of the actor's area by both policies; nothing is kept."""
    actor.require(Permission.DECIDE_POLICY)
    card = card_on(at.astimezone(TEHRAN).date())
    ranking = ranking_sql(card, before, after, end, "postgres")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_PREPARE)
        cursor.execute("DROP TABLE IF EXISTS simulated")
        cursor.execute(
            "CREATE TEMP TABLE simulated ON COMMIT DROP AS WITH material AS MATERIALIZED ("  # noqa: S608 (own documents)
            "SELECT household_id, province, county, numbers FROM scoring_material WHERE names_sha = %s)"
            f" SELECT * FROM ({ranking}) AS ranked",
            [MATERIAL_SHA],
        )
        cursor.execute(tally_sql("simulated"))
        tally = cursor.fetchall()
        cursor.execute(bars_sql("simulated"))
        bars = cursor.fetchone()
        cursor.execute(movers_sql("simulated"))
        return read_simulation(tally, bars, cursor.fetchall())
