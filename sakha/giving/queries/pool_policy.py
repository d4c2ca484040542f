"""Reads of the nation's policy for free money: the version that counts on a day, and all of them for the office."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.pool_policy import PoolPolicyUnknown, PoolTerms, may_decide_pool

_CARDS: Final = """
    SELECT p.id, p.valid_from, p.reason, p.deprived_provinces, p.deprived_mille, p.poor_mille, p.poor_below_mille,
           p.proposed_by_id, proposer.display_name, p.proposed_at, p.effect, p.effect_at, confirmer.display_name,
           p.confirmed_at, p.withdrawn_at, p.withdrawal_asked_by_id, asker.display_name, p.withdrawal_reason,
           withdrawer.display_name
      FROM giving_pool_policy AS p
      JOIN access_user AS proposer ON proposer.id = p.proposed_by_id
      LEFT JOIN access_user AS confirmer ON confirmer.id = p.confirmed_by_id
      LEFT JOIN access_user AS asker ON asker.id = p.withdrawal_asked_by_id
      LEFT JOIN access_user AS withdrawer ON withdrawer.id = p.withdrawn_by_id
"""
_IN_USE: Final = f"""{_CARDS}
     WHERE p.confirmed_at IS NOT NULL AND p.withdrawn_at IS NULL AND p.valid_from <= %s
     ORDER BY p.valid_from DESC LIMIT 1
"""
_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPolicyCard:
    """A version and what it would change by the needs of `effect_at`."""

    id: int
    terms: PoolTerms
    proposed_by_id: int
    proposed_by: str
    proposed_at: datetime
    effect: dict[str, Any]
    effect_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawal_asked_by_id: int | None = None
    withdrawal_asked_by: str = ""
    withdrawal_reason: str = ""
    withdrawn_by: str = ""

    @property
    def waits(self) -> bool:
        """Nobody else has looked yet."""
        return self.confirmed_at is None and self.withdrawn_at is None

    def may_be_withdrawn(self, *, on: date) -> bool:
        """It was confirmed, and its first day is still to come."""
        return self.confirmed_at is not None and self.withdrawn_at is None and self.terms.valid_from > on


def find_pool_policy(*, on: date) -> PoolPolicyCard | None:
    """The version that counts on a day; without one the rule of fair shares alone."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_IN_USE, [on])
        row = cursor.fetchone()
    return _card(row) if row else None


def find_pool_terms(*, on: date) -> PoolTerms | None:
    """What the version of a day says."""
    found = find_pool_policy(on=on)
    return found.terms if found else None


def pool_policies(*, actor: Actor) -> tuple[PoolPolicyCard, ...]:
    """Versions, the newest first; to others than the nation's office only confirmed ones.

    Raises: PermissionMissing.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"{_CARDS} WHERE %s OR p.confirmed_at IS NOT NULL ORDER BY p.valid_from DESC, p.id DESC LIMIT {_MOST}",
            [may_decide_pool(actor)],
        )
        return tuple(_card(row) for row in cursor.fetchall())


def get_pool_policy(*, actor: Actor, policy_id: int) -> PoolPolicyCard:
    """One version. Raises: PermissionMissing, PoolPolicyUnknown."""
    actor.require(Permission.DECIDE_POLICY)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"{_CARDS} WHERE p.id = %s", [policy_id])
        row = cursor.fetchone()
    card = _card(row) if row else None
    if card is None or (card.confirmed_at is None and not may_decide_pool(actor)):
        raise PoolPolicyUnknown
    return card


def _card(row: tuple[Any, ...]) -> PoolPolicyCard:
    return PoolPolicyCard(
        id=row[0],
        terms=PoolTerms(
            valid_from=row[1],
            reason=row[2],
            deprived_provinces=tuple(row[3]),
            deprived_mille=row[4],
            poor_mille=row[5],
            poor_below_mille=row[6],
        ),
        proposed_by_id=row[7],
        proposed_by=row[8],
        proposed_at=row[9],
        effect=json.loads(row[10]),
        effect_at=row[11],
        confirmed_by=row[12] or "",
        confirmed_at=row[13],
        withdrawn_at=row[14],
        withdrawal_asked_by_id=row[15],
        withdrawal_asked_by=row[16] or "",
        withdrawal_reason=row[17],
        withdrawn_by=row[18] or "",
    )
