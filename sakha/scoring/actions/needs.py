"""Opens in the ledger the needs that the rules find in what is known; opening twice changes nothing.

When a need is met, and by whom, is the ledger's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.scoring.actions.scoring import adopt_model, require_system
from sakha.scoring.queries.assessment import need_kinds, run_assessment, target_column
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
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
    then = (
        " SELECT household_id, need.kind, need.target"  # noqa: S608 (columns of the product's own documents)
        f" FROM assessed CROSS JOIN LATERAL (VALUES {pairs}) AS need(kind, target)"
        " WHERE need.target > 0 ORDER BY household_id, need.kind"
    )
    with acting(actor):
        adopt_model(card, at)
        run = run_assessment(then, at=at, household_ids=household_ids)
        needs = [
            NeedToOpen(household_id=household_id, kind=NeedKind(kind), period=periods[NeedKind(kind)], target=target)
            for household_id, kind, target in run.rows
        ]
        return OpenedNeeds(len(needs), open_needs(actor=actor, at=at, needs=needs))
