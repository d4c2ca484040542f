"""Compares the gateway's own books with ours, day by day, in both directions; what differs is a case for people.

Runs in transactions of its own, for the gateway is asked between them. What they took and we still ask about is booked
first, by the same way as ever; nothing else is repaired.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, PermissionMissing
from sakha.giving.actions.payments import settle_payment
from sakha.giving.gateways import (
    PaymentGateway,
    PaymentRefused,
    PaymentUncertain,
    StatementsMissing,
    open_payment_gateway,
)
from sakha.giving.queries.statements import (
    DayOfOurs,
    due_from,
    our_day,
    our_payments,
    our_refunds,
    refunds_twice,
    still_asked,
)
from sakha.giving.rules.statements import (
    DAYS_MOST,
    NOTE_MAX,
    NOTE_MIN,
    REFUND_KEY,
    THEIRS_AFTER,
    THEIRS_BEFORE,
    CaseKind,
    CaseUnknown,
    Finding,
    NoteMissing,
    OurPayment,
    OurRefund,
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
# Never back: two nights may run at once.
_DUE: Final = """
    INSERT INTO giving_statement_due AS one (gateway, due_from) VALUES (%s, %s)
    ON CONFLICT (gateway) DO UPDATE SET due_from = greatest(one.due_from, EXCLUDED.due_from)
"""
_DUE_NO_MORE: Final = "DELETE FROM giving_statement_due WHERE gateway = %s"
_NAMED: Final = "UPDATE giving_refund SET named_at = %s WHERE id = ANY(%s) AND named_at IS NULL"
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
    today = at.astimezone(TEHRAN).date()
    first, done = _first_day(way.name, at, today), Compared()
    for number in range((today - first).days):
        try:
            one = _compare_day(way, at, first + timedelta(days=number))
        except StatementsMissing:
            with acting(SYSTEM), connection.cursor() as cursor:
                cursor.execute(_DUE_NO_MORE, [way.name])
            break
        except PaymentRefused as refusal:
            _log.error("gateway_statement_refused", gateway=way.name, status=refusal.status)
            break
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
        raise NoteMissing(field="note", least=NOTE_MIN)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SETTLE, [at, actor.user_id, told, case_id])
        if cursor.fetchone() is None:
            raise CaseUnknown


def _first_day(gateway: str, at: datetime, today: date) -> date:
    """The first day that is owed, written down before it is asked about; what is too old is given up, loudly."""
    owed, began = due_from(gateway=gateway)
    yesterday, earliest = today - timedelta(days=1), today - timedelta(days=DAYS_MOST)
    # A payment of today's alone: yesterday's books come first all the same.
    first = owed or max(min(began or yesterday, yesterday), earliest)
    with acting(SYSTEM), connection.cursor() as cursor:
        if first < earliest:
            last = earliest - timedelta(days=1)
            _log.error("gateway_days_given_up", gateway=gateway, first=first.isoformat(), last=last.isoformat())
            given_up = Finding(kind=CaseKind.NOT_COMPARED, is_refund=False, key=f"{first}/{last}")
            _open(cursor, gateway, at, first, given_up)
        cursor.execute(_DUE, [gateway, max(first, earliest)])
    return max(first, earliest)


def _compare_day(way: PaymentGateway, at: datetime, day: date) -> tuple[int, int]:
    since, until = (datetime.combine(one, time(), TEHRAN) for one in (day, day + timedelta(days=1)))
    told = way.statement(since=since - THEIRS_BEFORE, until=min(until + THEIRS_AFTER, at))
    payments = [one for one in told.payments if since <= one.at < until]
    refunds = [one for one in told.refunds if since <= one.at < until]
    booked_count = _book_missing(way, at, payments)
    authorities = {one.authority for one in payments}
    known = our_payments(gateway=way.name, authorities=sorted(authorities))
    findings = compare_payments(told.payments, known, of_day=authorities)
    named = our_refunds(keys=[one.key for one in told.refunds])
    _note_named(at, named)
    findings += compare_refunds(told.refunds, named, of_day={one.key for one in refunds})
    twice = refunds_twice(gateway=way.name)
    findings += [_refund_finding(CaseKind.UNKNOWN_HERE, key, one) for key, one in twice.items()]
    ours = our_day(gateway=way.name, since=since, until=until)
    findings += _payments_unknown_there(way, ours, told)
    findings += _refunds_unknown_there(way, ours, told, until=since - THEIRS_BEFORE)
    return booked_count, _write(way.name, at, day, (payments, refunds, ours, booked_count), findings)


def _book_missing(way: PaymentGateway, at: datetime, payments: Sequence[StatedPayment]) -> int:
    """What they took and we still ask about: the callback got lost, or the machine died.

    One that they say nothing about when asked holds up no other: it stays as it is, and is a case.
    """
    booked_count = 0
    for one in still_asked(gateway=way.name, authorities=[one.authority for one in payments]):
        try:
            booked_count += settle_payment(at=at, authority=one, gateway=way).is_first
        except PaymentUncertain as silence:
            _log.warning("gateway_payment_unanswered", gateway=way.name, reason=silence.reason)
    return booked_count


def _note_named(at: datetime, named: Collection[str]) -> None:
    """Remember which of our refunds their books name: the bank may be about to pay one."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_NAMED, [at, [int(key.removeprefix(REFUND_KEY)) for key in named]])


def _payments_unknown_there(way: PaymentGateway, ours: DayOfOurs, told: Statement) -> Iterator[Finding]:
    """What we booked that day and their books of the days around don't name.

    A payment may stand on another of their days: it is asked about itself before anybody is called.
    """
    named = {one.authority for one in told.payments}
    for authority, own in ours.payments.items():
        if authority not in named and not _is_paid(way, authority, own):
            yield Finding(
                kind=CaseKind.UNKNOWN_THERE,
                is_refund=False,
                key=authority,
                reference=own.reference,
                ours_rial=own.amount_rial,
                gift_id=own.gift_id,
            )


def _is_paid(way: PaymentGateway, authority: str, own: OurPayment) -> bool:
    try:
        return way.verify(authority=authority, amount_rial=own.amount_rial).reference == own.reference
    except PaymentRefused:
        return False
    except PaymentUncertain as silence:
        _log.warning("gateway_payment_unanswered", gateway=way.name, reason=silence.reason)
        return False


def _refunds_unknown_there(
    way: PaymentGateway, ours: DayOfOurs, told: Statement, *, until: datetime
) -> Iterator[Finding]:
    sent = {one.key for one in told.refunds}
    missing = {key: one for key, one in ours.refunds.items() if key not in sent}
    sent = _sent_before(way, missing, until)
    for key, one in missing.items():
        if key not in sent:
            yield _refund_finding(CaseKind.UNKNOWN_THERE, key, one)


def _sent_before(way: PaymentGateway, missing: Mapping[str, OurRefund], until: datetime) -> set[str]:
    """What their older books name, back to when they were first asked: the answers to a yes may get lost for long.

    Asking for the refund again would send what they truly lost.
    """
    asked = [one.asked_at for one in missing.values() if one.asked_at]
    since = max(min(asked, default=until) - THEIRS_AFTER, until - timedelta(days=DAYS_MOST))
    found: set[str] = set()
    while since < until and not found.issuperset(missing):
        end = min(since + THEIRS_BEFORE, until)
        try:
            found |= {one.key for one in way.statement(since=since, until=end).refunds}
        except (PaymentRefused, PaymentUncertain):
            _log.warning("gateway_older_books_missing", gateway=way.name)
            break
        since = end
    return found


def _refund_finding(kind: CaseKind, key: str, own: OurRefund) -> Finding:
    return Finding(
        kind=kind,
        is_refund=True,
        key=key,
        reference=own.reference,
        ours_rial=own.amount_rial,
        gift_id=own.gift_id,
    )


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
    with acting(SYSTEM), connection.cursor() as cursor:
        opened_count = sum(_open(cursor, gateway, at, day, one) for one in findings)
        cursor.execute(_COMPARED, [gateway, day, at, *sums, booked_count])
        cursor.execute(_DUE, [gateway, day + timedelta(days=1)])
    return opened_count


def _open(cursor: Any, gateway: str, at: datetime, day: date, one: Finding) -> bool:
    values: list[Any] = [gateway, one.kind, one.is_refund, one.key, one.reference, one.theirs_rial, one.ours_rial]
    cursor.execute(_OPEN, [*values, one.gift_id, day, at])
    return cursor.fetchone() is not None
