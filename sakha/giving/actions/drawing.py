"""Money reaches a need: a charity holds the need in the ledger and draws the gifts whose givers allow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import psycopg
from django.db import connection
from django.db.utils import Error as DatabaseError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.giving.rules.terms import GIVEN_KINDS, MoneyShort, NeedUnverified
from sakha.ledger.actions import hold_aid
from sakha.ledger.rules.results import RequestReused
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

_DRAW: Final = "SELECT giving_draw_money(%s, %s, %s)"
# By the states that the function raises.
_REFUSED: Final[Mapping[str, type[Refusal]]] = MappingProxyType({"SK010": MoneyShort, "SK011": NeedUnverified})


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
    try:
        with acting(actor), connection.cursor() as cursor:
            held = hold_aid(
                actor=actor, at=at, household_id=household_id, kind=kind, quantity=amount_rial, request_id=request_id
            )
            if held.is_held:
                cursor.execute(_DRAW, [at, at.astimezone(TEHRAN).date(), held.hold_id])
                draw_id = cursor.fetchone()[0]
    except DatabaseError as refused:
        if isinstance(refused.__cause__, psycopg.Error) and (refused.__cause__.sqlstate or "") in _REFUSED:
            raise _REFUSED[refused.__cause__.sqlstate or ""](field="amount") from None
        raise
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
