"""Receipts of a household, and the rounds of calls with what they say.

A round is read by the offices of its area (row-level security); a household's receipts are read for that household.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.ledger.rules.receipts import (
    ASKED_WITHIN,
    CallOutcome,
    CallUnknown,
    Estimate,
    ReceiptState,
    ReceiptUnknown,
    estimate_all,
    estimate_one,
    receipt_code,
)
from sakha.vocabulary.need_kinds import NeedKind

_DELIVERY: Final = """
    SELECT id, household_id, organisation_id, kind, quantity, province, county FROM ledger_hold
     WHERE id = %s AND status = 2
"""
_OF_HOUSEHOLD: Final = """
    SELECT receipt.hold_id, receipt.state
      FROM ledger_receipt AS receipt JOIN ledger_hold AS hold ON hold.id = receipt.hold_id
     WHERE hold.household_id = %s
"""
_BY_CODE: Final = """
    SELECT id FROM ledger_hold WHERE household_id = ANY(%s) AND status = 2 AND settled_at > %s
     ORDER BY settled_at DESC, id DESC
"""
_BY_ORGANISATION: Final = """
    SELECT organisation_id, count(*) FROM ledger_hold
     WHERE status = 2 AND province = %s AND (%s = '' OR county = %s) AND settled_at >= %s AND settled_at < %s
     GROUP BY 1 ORDER BY 1
"""
_ROUNDS: Final = """
    SELECT r.id, r.province, r.county, r.from_at, r.until_at, r.seed, r.drawn_at, r.strata,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(c.organisation_id, c.outcome, c.number)), '[]')
              FROM (SELECT organisation_id, outcome, count(*) AS number FROM ledger_call
                     WHERE round_id = r.id GROUP BY 1, 2) c)
      FROM ledger_call_round r
"""
_CALLS: Final = """
    SELECT c.id, c.place, h.household_id, registry_household_code(h.household_id), h.kind, h.quantity, h.settled_at,
           c.organisation_id, c.outcome
      FROM ledger_call c JOIN ledger_hold h ON h.id = c.hold_id
     WHERE c.round_id = %s ORDER BY c.outcome IS NOT NULL, c.place LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery, for whoever looks into it."""

    hold_id: int
    household_id: int
    organisation_id: int
    kind: NeedKind
    quantity: int
    province: str
    county: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRoundCard:
    """A round of calls: which deliveries, how far it is, and what it says of each organisation and of all."""

    id: int
    province: str
    county: str
    from_at: datetime
    until_at: datetime
    seed: int
    drawn_at: datetime
    drawn_count: int
    called_count: int
    by_organisation: Mapping[int, Estimate]
    overall: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A delivery to call about."""

    id: int
    place: int
    household_id: int
    household_code: str
    kind: NeedKind
    quantity: int
    delivered_at: datetime
    organisation_id: int
    outcome: CallOutcome | None


def get_delivery(*, hold_id: int) -> Delivery:
    """One delivery, for a room that looks into it on somebody's behalf. Raises: ReceiptUnknown."""
    rows = _rows(SYSTEM, _DELIVERY, [hold_id])
    if not rows:
        raise ReceiptUnknown(field="hold_id")
    row = rows[0]
    return Delivery(
        hold_id=row[0],
        household_id=row[1],
        organisation_id=row[2],
        kind=NeedKind(row[3]),
        quantity=row[4],
        province=row[5],
        county=row[6],
    )


def receipts_of_household(*, household_id: int) -> Mapping[int, ReceiptState]:
    """What is known of the arrival of a household's deliveries, by hold; for that household's own pages."""
    return {row[0]: ReceiptState(row[1]) for row in _rows(SYSTEM, _OF_HOUSEHOLD, [household_id])}


def find_delivery_by_code(*, at: datetime, household_ids: Sequence[int], code: int) -> int | None:
    """The newest delivery of these households whose notice had this code."""
    found = _rows(SYSTEM, _BY_CODE, [list(household_ids), at - ASKED_WITHIN])
    return next((row[0] for row in found if receipt_code(row[0]) == code), None)


def delivered_by_organisation(
    *, actor: Actor, province: str, county: str, from_at: datetime, until_at: datetime
) -> Mapping[int, int]:
    """How many deliveries each organisation made in an area in some days, as far as the actor sees them."""
    return dict(_rows(actor, _BY_ORGANISATION, [province, county, county, from_at, until_at]))


def call_rounds(*, actor: Actor, limit: int = 20) -> tuple[CallRoundCard, ...]:
    """The rounds of the actor's area, the newest first."""
    actor.require(Permission.READ_PROVINCE)
    return tuple(_round(row) for row in _rows(actor, _ROUNDS + " ORDER BY r.id DESC LIMIT %s", [limit]))


def get_call_round(*, actor: Actor, round_id: int) -> CallRoundCard:
    """One round of the actor's area. Raises: CallUnknown."""
    actor.require(Permission.READ_PROVINCE)
    rows = _rows(actor, _ROUNDS + " WHERE r.id = %s", [round_id])
    if not rows:
        raise CallUnknown(field="round_id")
    return _round(rows[0])


def calls_of_round(*, actor: Actor, round_id: int, limit: int = 50) -> tuple[CallLine, ...]:
    """The calls of a round, those still to be made first, in the order they were drawn."""
    actor.require(Permission.READ_PROVINCE)
    return tuple(
        CallLine(
            id=row[0],
            place=row[1],
            household_id=row[2],
            household_code=row[3],
            kind=NeedKind(row[4]),
            quantity=row[5],
            delivered_at=row[6],
            organisation_id=row[7],
            outcome=None if row[8] is None else CallOutcome(row[8]),
        )
        for row in _rows(actor, _CALLS, [round_id, limit])
    )


def _round(row: tuple[Any, ...]) -> CallRoundCard:
    counted = {(one[0], one[1]): one[2] for one in json.loads(row[8])}
    strata = {
        organisation: estimate_one(
            population=population,
            received_count=counted.get((organisation, CallOutcome.RECEIVED), 0),
            answered_count=counted.get((organisation, CallOutcome.RECEIVED), 0)
            + counted.get((organisation, CallOutcome.NOT_RECEIVED), 0),
        )
        for organisation, population, _ in json.loads(row[7])
    }
    return CallRoundCard(
        id=row[0],
        province=row[1],
        county=row[2],
        from_at=row[3],
        until_at=row[4],
        seed=row[5],
        drawn_at=row[6],
        drawn_count=sum(counted.values()),
        called_count=sum(number for (_, outcome), number in counted.items() if outcome is not None),
        by_organisation=strata,
        overall=estimate_all(tuple(strata.values())),
    )


def _rows(actor: Actor, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
