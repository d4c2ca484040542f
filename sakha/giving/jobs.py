"""Scheduled work of giving: places given back, payments asked about, money, months, the list, the books."""

from datetime import UTC, datetime

import structlog
from procrastinate.contrib.django import app
from prometheus_client import Gauge

from sakha.coordination.gateways import named_address
from sakha.giving.actions import (
    ask_months,
    forget_giver_codes,
    forget_marks,
    lapse_pledges,
    reconcile_payments,
    refresh_listings,
    settle_draws,
    settle_goods,
    tell_arrivals,
    verify_books,
)
from sakha.giving.actions.identity import forget_identities
from sakha.giving.actions.refunding import send_refunds
from sakha.giving.actions.statements import compare_statements
from sakha.giving.queries.refunds import money_waiting, uneven_refunds
from sakha.giving.queries.statements import late_from, open_case_count
from sakha.giving.rules.refunds import WaitsFor

DIFFERING_BALANCES = Gauge(
    "sakha_giving_differing_balances",
    "Balances of gifts that were not the sums of their transfers at the last comparison.",
    multiprocess_mode="mostrecent",
)
_log = structlog.get_logger()


@app.periodic(cron="* * * * *")
@app.task(name="giving_follow_money", queueing_lock="giving_follow_money")
def follow_money(timestamp: int) -> None:  # noqa: ARG001 -- the moment for which procrastinate planned the job
    """Settle what was delivered, released or expired; give back the places of gifts that were not paid."""
    at = datetime.now(UTC)
    lapse_pledges(at=at)
    settle_draws(at=at)
    settle_goods(at=at)


@app.periodic(cron="*/10 * * * *")
@app.task(name="giving_reconcile", queueing_lock="giving_reconcile")
def reconcile(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Ask the gateway about payments whose callback never came, and for refunds that it has not answered yet."""
    paid_count, unpaid_count = reconcile_payments(at=datetime.now(UTC))
    send_refunds(at=datetime.now(UTC))
    if paid_count:
        _log.info("payments_found", paid_count=paid_count, unpaid_count=unpaid_count)


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="giving_tell_arrivals", queueing_lock="giving_tell_arrivals")
def tell_arrived(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Tell givers what arrived; whatever is wrong with a phone keeps no payment waiting."""
    tell_arrivals(at=datetime.now(UTC))


@app.periodic(cron="20 * * * *")
@app.task(name="giving_refresh_listings", queueing_lock="giving_refresh_listings")
def refresh_hourly(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Show what may be shown; forget who promised without paying, and who a giver was once it counts no more."""
    at = datetime.now(UTC)
    refresh_listings(at=at)
    forget_marks(at=at)
    forget_giver_codes(at=at)
    forget_identities(at=at)


@app.periodic(cron="35 * * * *")
@app.task(name="giving_ask_months", queueing_lock="giving_ask_months")
def ask_monthly(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Send the links of the month that has begun, and a reminder once."""
    told = ask_months(at=datetime.now(UTC), address=named_address())
    if told.another_count:
        _log.info("sponsorships_moved", another_count=told.another_count, asked_count=told.asked_count)


@app.periodic(cron="40 22 * * *")  # 02:10 in Tehran
@app.task(name="giving_verify_books", queueing_lock="giving_verify_books")
def verify_books_nightly(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Compare the books with themselves; a difference is loud in log and metric, and never repaired by itself.

    Money that waits to go back is no difference, but somebody has to send it.
    """
    told = verify_books()
    DIFFERING_BALANCES.set(told.differing_count)
    if told.differing_count or told.sum_rial:
        _log.error("giving_books_differ", balance_count=told.differing_count, sum_rial=told.sum_rial)
    if uneven_count := uneven_refunds():
        _log.error("giving_refunds_differ", gift_count=uneven_count)
    waiting = money_waiting(at=datetime.now(UTC))
    if waiting.rial:
        counts = {f"{why.value.lower()}_count": waiting.counts.get(why, 0) for why in WaitsFor}
        _log.warning("giving_money_waits_to_go_back", rial=waiting.rial, **counts)


@app.periodic(cron="50 22 * * *")  # 02:20 in Tehran
@app.task(name="giving_compare_gateway", queueing_lock="giving_compare_gateway")
def compare_gateway_nightly(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Compare the gateway's own books of yesterday with ours; what differs is loud, and a case on the desk."""
    at = datetime.now(UTC)
    told = compare_statements(at=at)
    if late := late_from(at=at):
        _log.error("gateway_books_late", since=late.isoformat())
    if told.case_count:
        _log.error("gateway_differs", case_count=told.case_count, open_count=open_case_count())
    elif told.day_count:
        _log.info("gateway_compared", day_count=told.day_count, booked_count=told.booked_count)
