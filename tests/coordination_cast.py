"""The cast of the tests of coordination and databanks: extracts of a few families, an agency, candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import duckdb
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, OrganisationKind
from sakha.coordination.actions import CampaignToOpen, UncoveredSearch, find_uncovered, invite_candidates
from sakha.coordination.actions.inviting import InvitationsQueued
from tests.ledger_cast import AT, COUNTY, PROVINCE, a_national_id, given_charity

DECILE_ON = date(2026, 8, 23)
NOON = AT
MIDNIGHT = AT + timedelta(hours=12)
_numbers = count(1)

_COLUMNS = (
    "national_id VARCHAR, is_head BOOLEAN, household_no VARCHAR, household_size SMALLINT, official_decile SMALLINT,"
    " decile_on DATE, county VARCHAR, province VARCHAR, urban BOOLEAN, mobile VARCHAR, given_name VARCHAR,"
    " family_name VARCHAR, birth_on DATE, gender VARCHAR"
)


def a_mobile() -> str:
    """A number that no other test has."""
    return f"+98990{next(_numbers):07d}"


@dataclass(slots=True)
class Family:
    """A family of the extract: a head and others, all of one decile."""

    decile: int | None = 1
    mobile: str | None = field(default_factory=a_mobile)
    other_mobile: str | None = None
    county: str = COUNTY
    province: str = PROVINCE
    decile_on: date = DECILE_ON
    head: str = field(default_factory=a_national_id)
    others: list[str] = field(default_factory=lambda: [a_national_id()])
    number: str = field(default_factory=lambda: f"H{next(_numbers):07d}")
    has_head: bool = True

    def rows(self) -> list[tuple[object, ...]]:
        people = [(self.head, self.has_head, self.mobile), *((one, False, self.other_mobile) for one in self.others)]
        return [
            (
                national_id, is_head, self.number, len(people), self.decile, self.decile_on, self.county, self.province,
                True, mobile, "نمونه", "نمونه", date(1980, 1, 1), "F",
            )
            for national_id, is_head, mobile in people
        ]  # fmt: skip


def write_extract(path: Path, families: Sequence[Family]) -> Path:
    with duckdb.connect() as duck:
        duck.execute(f"CREATE TABLE extract ({_COLUMNS})")
        rows = [row for family in families for row in family.rows()]
        if rows:
            duck.executemany(f"INSERT INTO extract VALUES ({', '.join('?' * 14)})", rows)
        duck.execute(f"COPY extract TO '{path}' (FORMAT PARQUET)")
    return path


def given_agency(name: str = "امداد") -> Actor:
    return given_charity(name, kind=OrganisationKind.AGENCY)


def a_list(*people: str, since: str = "2024-03-20", until: str = "", kind: str = "مستمری") -> bytes:
    lines = [f"{person},{since},{until},{kind}" for person in people]
    return "\n".join(["national_id,from,to,kind", *lines, ""]).encode()


def search(extract: Path, *, at: datetime = NOON, deciles_max: int = 3, actor: Actor = SYSTEM) -> UncoveredSearch:
    return find_uncovered(
        actor=actor,
        at=at,
        extract=extract,
        province=PROVINCE,
        deciles_max=deciles_max,
        progress=lambda _done, _all: None,
    )


def invite(*, limit: int = 100, at: datetime = NOON, name: str = "پاییز", county: str = "") -> InvitationsQueued:
    campaign = CampaignToOpen(name=name, province=PROVINCE, limit=limit, address="sakha.example", county=county)
    return invite_candidates(actor=SYSTEM, at=at, campaign=campaign)


def rows(sql: str, *parameters: object) -> list[tuple[object, ...]]:
    """What stands in the database, past all policies."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def invitation_states() -> dict[str, int]:
    return dict(rows("SELECT state, count(*) FROM coordination_invitation GROUP BY state"))


def candidate_states() -> dict[str, int]:
    return dict(rows("SELECT state, count(*) FROM coordination_candidate GROUP BY state"))


_MODEL = """
    INSERT INTO scoring_model (sha, name, version, document, adopted_at) VALUES ('test', 'test', 1, '{}', %(at)s)
    ON CONFLICT DO NOTHING
"""
_SCORE = """
    INSERT INTO scoring_score (household_id, model_sha, price_year, score, known_count, decile, poor20_share,
                               poor40_share, expected_gap_rial, priority, scored_at)
    VALUES (%(household_id)s, 'test', 1405, 0, 1, %(decile)s, 0, 0, 0, 0, %(at)s)
    ON CONFLICT (household_id) DO UPDATE SET decile = excluded.decile
"""


def score(household_id: int, decile: int) -> None:
    """Give a household a score of our own, of this decile."""
    facts = {"household_id": household_id, "decile": decile, "at": NOON}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_MODEL, facts)
        cursor.execute(_SCORE, facts)
