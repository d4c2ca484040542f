"""Reads for comparing the gateway's books with ours, and the days and cases for offices of the nation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.refunds import RefundState
from sakha.giving.rules.statements import LATE_DAYS, REFUND_KEY, CaseKind, OurPayment, OurRefund, may_see_gateway
from sakha.giving.rules.states import PaymentState
from sakha.vocabulary.jalali import TEHRAN

_PAYMENTS: Final = """
    SELECT payment.authority, payment.gift_id, payment.state, payment.reference,
           (SELECT sum(gift.amount_rial) FROM giving_gift AS gift
             WHERE gift.id = payment.gift_id OR gift.led_by_id = payment.gift_id)::bigint, payment.fee_rial
      FROM giving_payment AS payment WHERE payment.gateway = %(gateway)s
"""
_NAMED: Final = f"{_PAYMENTS} AND payment.authority = ANY(%(authorities)s)"
_OF_DAY: Final = f"""{_PAYMENTS} AND payment.state = 'VERIFIED'
       AND payment.settled_at >= %(since)s AND payment.settled_at < %(until)s"""
_ASKED: Final = """
    SELECT authority FROM giving_payment WHERE gateway = %s AND state = 'ASKED' AND authority = ANY(%s) ORDER BY id
"""
_REFUNDS: Final = """
    SELECT refund.id, refund.gift_id, refund.state, refund.reference, refund.amount_rial,
           coalesce(payment.authority, ''), refund.is_by_hand, refund.asked_at
      FROM giving_refund AS refund
      JOIN giving_gift AS gift ON gift.id = refund.gift_id
      LEFT JOIN giving_payment AS payment ON payment.gift_id = coalesce(gift.led_by_id, gift.id)
"""
_REFUNDS_NAMED: Final = f"{_REFUNDS} WHERE refund.id = ANY(%(ids)s)"
# By the bank they went past the gateway.
_REFUNDS_OF_DAY: Final = f"""{_REFUNDS}
     WHERE refund.state = 'SENT' AND NOT refund.is_by_hand AND payment.gateway = %(gateway)s
       AND refund.sent_at >= %(since)s AND refund.sent_at < %(until)s"""
# Named in their books on whatever day, and then by the bank.
_REFUNDS_TWICE: Final = f"""{_REFUNDS}
     WHERE refund.is_by_hand AND refund.named_at IS NOT NULL AND payment.gateway = %(gateway)s"""
# Where nothing is written: it begins after the last day that was compared, else with our first payment there.
_DUE: Final = """
    SELECT (SELECT due_from FROM giving_statement_due WHERE gateway = %(gateway)s),
           (SELECT max(day) + 1 FROM giving_statement_day WHERE gateway = %(gateway)s),
           (SELECT min(asked_at) FROM giving_payment WHERE gateway = %(gateway)s)
"""
_LATE: Final = "SELECT min(due_from) FROM giving_statement_due WHERE due_from <= %s"
_DAYS: Final = """
    SELECT day, their_count, their_rial, our_count, our_rial, their_refund_rial, our_refund_rial, booked_count
      FROM giving_statement_day ORDER BY day DESC, id DESC LIMIT 31
"""
_CASES: Final = """
    SELECT one.id, one.kind, one.is_refund, one.key, one.reference, one.theirs_rial, one.ours_rial, one.gift_id,
           one.day, one.settled_at, settler.display_name, one.note
      FROM giving_gateway_case AS one LEFT JOIN access_user AS settler ON settler.id = one.settled_by_id
     ORDER BY one.settled_at IS NOT NULL, one.day DESC, one.id DESC LIMIT 100
"""
_ID_MOST: Final = 18


@dataclass(frozen=True, slots=True)
class DayOfOurs:
    """What we booked in a day: payments by their authority, refunds by our key."""

    payments: dict[str, OurPayment]
    refunds: dict[str, OurRefund]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCard:
    """A day whose books were compared."""

    day: date
    their_count: int
    their_rial: int
    our_count: int
    our_rial: int
    their_refund_rial: int
    our_refund_rial: int
    booked_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCaseCard:
    """What differs, of a payment or refund; no giver stands here."""

    id: int
    kind: CaseKind
    is_refund: bool
    key: str
    reference: str
    theirs_rial: int | None
    ours_rial: int | None
    gift_id: int | None
    day: date
    settled_at: datetime | None
    settled_by: str
    note: str


def due_from(*, gateway: str) -> tuple[date | None, date | None]:
    """The first day whose books it owes, if any was written; else where that could begin, if anywhere."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DUE, {"gateway": gateway})
        owed, after_last, asked_at = cursor.fetchone()
    return owed, after_last or (asked_at.astimezone(TEHRAN).date() if asked_at else None)


def late_from(*, at: datetime) -> date | None:
    """The first day whose books are owed for more than two days, of any gateway that tells them."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LATE, [at.astimezone(TEHRAN).date() - timedelta(days=LATE_DAYS)])
        found: date | None = cursor.fetchone()[0]
    return found


def still_asked(*, gateway: str, authorities: Sequence[str]) -> list[str]:
    """Of these payments those that we don't know yet how they ended."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ASKED, [gateway, list(authorities)])
        return [row[0] for row in cursor.fetchall()]


def our_payments(*, gateway: str, authorities: Sequence[str]) -> dict[str, OurPayment]:
    """These payments as our books have them; those that we don't know are missing."""
    return _payments(_NAMED, {"gateway": gateway, "authorities": list(authorities)})


def our_refunds(*, keys: Sequence[str]) -> dict[str, OurRefund]:
    """These refunds as our books have them; those that we don't know are missing."""
    numbers = [key.removeprefix(REFUND_KEY) for key in keys if key.startswith(REFUND_KEY)]
    ids = [int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) <= _ID_MOST]
    return _refunds(_REFUNDS_NAMED, {"ids": ids})


def our_day(*, gateway: str, since: datetime, until: datetime) -> DayOfOurs:
    """What we booked between two moments."""
    asked = {"gateway": gateway, "since": since, "until": until}
    return DayOfOurs(_payments(_OF_DAY, asked), _refunds(_REFUNDS_OF_DAY, asked))


def refunds_twice(*, gateway: str) -> dict[str, OurRefund]:
    """Refunds that its books name and the bank paid, or is to."""
    return _refunds(_REFUNDS_TWICE, {"gateway": gateway})


def statement_days(*, actor: Actor) -> tuple[StatementCard, ...]:
    """The last days that were compared; nothing for offices below the nation's. Raises: PermissionMissing."""
    actor.require(Permission.DECIDE_POLICY)
    if not may_see_gateway(actor):
        return ()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DAYS)
        return tuple(
            StatementCard(
                day=row[0],
                their_count=row[1],
                their_rial=row[2],
                our_count=row[3],
                our_rial=row[4],
                their_refund_rial=row[5],
                our_refund_rial=row[6],
                booked_count=row[7],
            )
            for row in cursor.fetchall()
        )


def gateway_cases(*, actor: Actor) -> tuple[GatewayCaseCard, ...]:
    """Cases, the open ones first; nothing for offices below the nation's. Raises: PermissionMissing."""
    actor.require(Permission.DECIDE_POLICY)
    if not may_see_gateway(actor):
        return ()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CASES)
        return tuple(_case(row) for row in cursor.fetchall())


def open_case_count() -> int:
    """Cases that nobody cleared up yet."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM giving_gateway_case WHERE settled_at IS NULL")
        return int(cursor.fetchone()[0])


def _payments(statement: str, values: dict[str, Any]) -> dict[str, OurPayment]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {
            row[0]: OurPayment(
                gift_id=row[1], state=PaymentState(row[2]), reference=row[3], amount_rial=row[4], fee_rial=row[5]
            )
            for row in cursor.fetchall()
        }


def _refunds(statement: str, values: dict[str, Any]) -> dict[str, OurRefund]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {
            f"{REFUND_KEY}{row[0]}": OurRefund(
                gift_id=row[1],
                state=RefundState(row[2]),
                reference=row[3],
                amount_rial=row[4],
                authority=row[5],
                is_by_hand=row[6],
                asked_at=row[7],
            )
            for row in cursor.fetchall()
        }


def _case(row: tuple[Any, ...]) -> GatewayCaseCard:
    return GatewayCaseCard(
        id=row[0],
        kind=CaseKind(row[1]),
        is_refund=row[2],
        key=row[3],
        reference=row[4],
        theirs_rial=row[5],
        ours_rial=row[6],
        gift_id=row[7],
        day=row[8],
        settled_at=row[9],
        settled_by=row[10] or "",
        note=row[11],
    )
