"""Compares the gateway's own books with ours, day by day, in both directions; what differs is a case for people.

Runs in transactions of its own, for the gateway is asked between them. What they took and we still ask about is booked
first, by the same way as ever; nothing else is repaired.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, PermissionMissing
from sakha.giving.actions.payments import settle_payment
from sakha.giving.gateways import PaymentGateway, PaymentRefused, PaymentUncertain, open_payment_gateway
from sakha.giving.queries.statements import (
    DayOfOurs,
    last_compared,
    our_day,
    our_payments,
    our_refunds,
    still_asked,
)
from sakha.giving.rules.statements import (
    DAYS_MOST,
    NOTE_MAX,
    NOTE_MIN,
    THEIRS_AFTER,
    THEIRS_BEFORE,
    CaseKind,
    CaseUnknown,
    Finding,
    NoteMissing,
    StatedPayment,
    StatedRefund,
    Statement,
    compare_payments,
    compare_refunds,
    may_see_gateway,
)
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.persian_text import clean_text

_log = structlog.get_logger()
_OPEN: Final = """
    INSERT INTO giving_gateway_case (gateway, kind, is_refund, key, reference, theirs_rial, ours_rial, gift_id, day,
                                     opened_at, note)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (gateway, kind, is_refund, key) DO NOTHING RETURNING id
"""
_COMPARED: Final = """
    INSERT INTO giving_statement_day (gateway, day, compared_at, their_count, their_rial, our_count, our_rial,
                                      their_refund_rial, our_refund_rial, booked_count)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (gateway, day) DO NOTHING
"""
_SETTLE: Final = """
    UPDATE giving_gateway_case SET settled_at = %s, settled_by_id = %s, note = %s
     WHERE id = %s AND settled_at IS NULL RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many days were compared, payments booked by it, and cases opened."""

    day_count: int = 0
    booked_count: int = 0
    case_count: int = 0


def compare_statements(*, at: datetime, gateway: PaymentGateway | None = None) -> Compared:
    """Compare each day up to yesterday that was not compared yet; a day of which the gateway says nothing stays due."""
    way = gateway or open_payment_gateway()
    today, last = at.astimezone(TEHRAN).date(), last_compared(gateway=way.name)
    first = max(last + timedelta(days=1), today - timedelta(days=DAYS_MOST)) if last else today - timedelta(days=1)
    done = Compared()
    for number in range((today - first).days):
        try:
            one = _compare_day(way, at, first + timedelta(days=number))
        except PaymentRefused:
            break  # it tells no books
        except PaymentUncertain as silence:
            _log.warning("gateway_statement_missing", gateway=way.name, reason=silence.reason)
            break
        done = Compared(done.day_count + 1, done.booked_count + one[0], done.case_count + one[1])
    return done


def settle_case(*, actor: Actor, at: datetime, case_id: int, note: str) -> None:
    """Close a case with a word of how it was cleared up. Raises: PermissionMissing, CaseUnknown, NoteMissing."""
    actor.require(Permission.DECIDE_POLICY)
    if not may_see_gateway(actor):
        raise CaseUnknown
    if actor.user_id is None:
        raise PermissionMissing(field="actor")
    told = clean_text(note)
    if not NOTE_MIN <= len(told) <= NOTE_MAX:
        raise NoteMissing(field="note")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SETTLE, [at, actor.user_id, told, case_id])
        if cursor.fetchone() is None:
            raise CaseUnknown


def _compare_day(way: PaymentGateway, at: datetime, day: date) -> tuple[int, int]:
    since, until = (datetime.combine(one, time(), TEHRAN) for one in (day, day + timedelta(days=1)))
    told = way.statement(since=since - THEIRS_BEFORE, until=min(until + THEIRS_AFTER, at))
    payments = [one for one in told.payments if since <= one.at < until]
    refunds = [one for one in told.refunds if since <= one.at < until]
    booked_count = _book_missing(way, at, payments)
    findings = compare_payments(
        payments, our_payments(gateway=way.name, authorities=[one.authority for one in payments])
    )
    findings += compare_refunds(refunds, our_refunds(keys=[one.key for one in refunds]))
    ours = our_day(gateway=way.name, since=since, until=until)
    findings += [*_unknown_there(way, ours, told)]
    return booked_count, _write(way.name, at, day, (payments, refunds, ours, booked_count), findings)


def _book_missing(way: PaymentGateway, at: datetime, payments: Sequence[StatedPayment]) -> int:
    """What they took and we still ask about: the callback got lost, or the machine died. Raises: PaymentUncertain."""
    waiting = still_asked(gateway=way.name, authorities=[one.authority for one in payments])
    return sum(settle_payment(at=at, authority=one, gateway=way).is_first for one in waiting)


def _unknown_there(way: PaymentGateway, ours: DayOfOurs, told: Statement) -> Iterable[Finding]:
    """What we booked that day and their books of the days around don't name.

    A payment may stand on another of their days: it is asked about itself before anybody is called.
    Raises: PaymentUncertain.
    """
    named = {one.authority for one in told.payments}
    for authority, own in ours.payments.items():
        if authority in named or _is_paid(way, authority, own.amount_rial, own.reference):
            continue
        yield Finding(
            kind=CaseKind.UNKNOWN_THERE,
            is_refund=False,
            key=authority,
            reference=own.reference,
            ours_rial=own.amount_rial,
            gift_id=own.gift_id,
        )
    sent = {one.key for one in told.refunds}
    for key, refund in ours.refunds.items():
        if key not in sent:
            yield Finding(
                kind=CaseKind.UNKNOWN_THERE,
                is_refund=True,
                key=key,
                reference=refund.reference,
                ours_rial=refund.amount_rial,
                gift_id=refund.gift_id,
            )


def _is_paid(way: PaymentGateway, authority: str, amount_rial: int, reference: str) -> bool:
    try:
        return way.verify(authority=authority, amount_rial=amount_rial).reference == reference
    except PaymentRefused:
        return False


def _write(
    gateway: str,
    at: datetime,
    day: date,
    books: tuple[Sequence[StatedPayment], Sequence[StatedRefund], DayOfOurs, int],
    findings: Sequence[Finding],
) -> int:
    payments, refunds, ours, booked_count = books
    sums: list[Any] = [len(payments), sum(one.amount_rial for one in payments)]
    sums += [len(ours.payments), sum(one.amount_rial for one in ours.payments.values())]
    sums += [sum(one.amount_rial for one in refunds), sum(one.amount_rial for one in ours.refunds.values())]
    opened_count = 0
    with acting(SYSTEM), connection.cursor() as cursor:
        for one in findings:
            values: list[Any] = [
                gateway,
                one.kind,
                one.is_refund,
                one.key,
                one.reference,
                one.theirs_rial,
                one.ours_rial,
            ]
            cursor.execute(_OPEN, [*values, one.gift_id, day, at])
            opened_count += cursor.fetchone() is not None
        cursor.execute(_COMPARED, [gateway, day, at, *sums, booked_count])
    return opened_count
