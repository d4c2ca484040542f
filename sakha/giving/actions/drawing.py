"""Money reaches a need: a charity holds the need in the ledger and draws the gifts whose givers allow it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.giving.actions.raised import told_as_refusal
from sakha.giving.rules.terms import GIVEN_KINDS, MoneyShort
from sakha.ledger.actions import hold_aid
from sakha.ledger.rules.results import RequestReused
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind

_DRAW: Final = "SELECT giving_draw_money(%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class MoneyDrawn:
    """A hold in the ledger, and the money that is held for it."""

    hold_id: int
    draw_id: int


def hold_with_gifts(
    *, actor: Actor, at: datetime, household_id: int, kind: NeedKind, amount_rial: int, request_id: UUID
) -> MoneyDrawn:
    """Hold a need with givers' money: the hold and the money, or neither. The same request again gives the same.

    Raises: MoneyShort, NeedUnverified, and what `hold_aid` and its result refuse with.
    """
    if kind not in GIVEN_KINDS:
        raise MoneyShort(field="amount")
    draw_id: int | None = None
    with told_as_refusal(field="amount"), acting(actor), connection.cursor() as cursor:
        held = hold_aid(
            actor=actor, at=at, household_id=household_id, kind=kind, quantity=amount_rial, request_id=request_id
        )
        if held.is_held:
            cursor.execute(_DRAW, [at, at.astimezone(TEHRAN).date(), held.hold_id])
            draw_id = cursor.fetchone()[0]
    # After the transaction: that the ledger refused is on record and stays there.
    hold_id = held.require_held()
    if draw_id is None:  # the request was another's: a hold without money, and settled since
        raise RequestReused
    return MoneyDrawn(hold_id, draw_id)


def settle_draws(*, at: datetime, limit: int = 1000) -> int:
    """Let money follow its holds: delivered with them, or back where it lay. Tell how many were settled."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT giving_settle_draws(%s, %s) + giving_return_taken_back(%s, %s)", [at, limit, at, limit])
        return int(cursor.fetchone()[0])
