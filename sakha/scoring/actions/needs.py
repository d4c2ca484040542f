"""Opens in the ledger the needs that the rules find in what is known; opening twice changes nothing.

When a need is met, and by whom, is the ledger's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.scoring.actions.scoring import adopt_model, require_system
from sakha.scoring.queries.assessment import assessment_sql, need_kinds, target_column
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN, facts_parameters
from sakha.vocabulary.jalali import jalali_year
from sakha.vocabulary.periods import period_of


@dataclass(frozen=True, slots=True)
class OpenedNeeds:
    """What was assessed, and how many of those needs were new or raised in the ledger."""

    assessed_count: int
    opened_count: int


def open_assessed_needs(*, actor: Actor, at: datetime, household_ids: Iterable[int] | None = None) -> OpenedNeeds:
    """Assess the needs of these households, or of all, and open them for the current period of each kind."""
    require_system(actor)
    on = at.astimezone(TEHRAN).date()
    card = card_on(on)
    periods = {kind: period_of(kind, on) for kind in need_kinds()}
    pairs = ", ".join(f"({kind.value}, {target_column(kind)})" for kind in periods)
    query = (
        f"{assessment_sql(jalali_year(on))} SELECT household_id, need.kind, need.target"  # noqa: S608 (own documents)
        f" FROM assessed CROSS JOIN LATERAL (VALUES {pairs}) AS need(kind, target)"
        " WHERE need.target > 0 ORDER BY household_id, need.kind"
    )
    with acting(actor):
        adopt_model(card, at)
        with connection.cursor() as cursor:
            cursor.execute(query, facts_parameters(at=at, household_ids=household_ids) | {"sha": card.sha})
            by_number = {kind.value: (kind, period) for kind, period in periods.items()}
            needs = [
                NeedToOpen(household_id=household_id, kind=by_number[kind][0], period=by_number[kind][1], target=target)
                for household_id, kind, target in cursor.fetchall()
            ]
        return OpenedNeeds(len(needs), open_needs(actor=actor, at=at, needs=needs))
