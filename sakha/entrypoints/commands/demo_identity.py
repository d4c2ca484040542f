"""The demonstration asks who is who once the files are in: the certain become one, the likely wait for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sakha.access.rules import SYSTEM, Actor
from sakha.ledger.actions.identity import link_identities
from sakha.registry.queries.identity import identity_counts


@dataclass(frozen=True, slots=True)
class WhoIsWho:
    """What stands after the comparison, also when an earlier run made it."""

    merged_people: int
    merged_households: int
    waiting: int


def settle_who_is_who(*, at: datetime, tell: Callable[[int, int], object]) -> None:
    """Compare everybody new with everybody; a second run finds nobody new and merges nothing."""
    link_identities(actor=SYSTEM, at=at, progress=tell)
    tell(1, 1)


def count_who_is_who(officer: Actor) -> WhoIsWho:
    """How many were joined and how many questions wait in the officer's province."""
    counts = identity_counts(actor=officer)
    return WhoIsWho(counts.merged_people, counts.merged_households, counts.waiting)
