"""The scheduled work of coordination, in batches: sending, asking where messages are, searching.

Reads the clock for the actions; decides nothing else.
"""

from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.coordination import actions
from sakha.coordination.actions.grievance_desk import close_answered_grievances, escalate_overdue_grievances
from sakha.coordination.actions.introducing import introduce_households
from sakha.coordination.actions.receipts import tell_of_deliveries
from sakha.coordination.actions.settling_introductions import follow_introductions
from sakha.coordination.gateways import named_address, opened_smpp

_log = structlog.get_logger()

# Large enough for a campaign in a few runs, small enough that a run ends before the next one begins.
SENDING_LIMIT = 25_000
STATUS_LIMIT = 10_000
ASKING_LIMIT = 2_000
TELLING_LIMIT = 2_000


@app.periodic(cron="*/10 * * * *", periodic_id="coordination_send")
@app.task(queueing_lock="coordination_send", pass_context=False)
def send_invitations(timestamp: int) -> None:
    """Send what is queued, unless it is night."""
    run = actions.send_invitations(actor=SYSTEM, clock=timezone.now, limit=SENDING_LIMIT)
    _log.info("sending_run", due=timestamp, sent_count=run.sent_count, stopped_by=run.stopped_by)


@app.periodic(cron="*/2 * * * *", periodic_id="coordination_send_notices")
@app.task(queueing_lock="coordination_send_notices", pass_context=False)
def send_notices(timestamp: int) -> None:
    """Send notices: by day all, by night only answers to whoever has just asked."""
    run = actions.send_notices(actor=SYSTEM, clock=timezone.now, limit=SENDING_LIMIT)
    _log.info("notices_run", due=timestamp, sent_count=run.sent_count, stopped_by=run.stopped_by)


@app.task(pass_context=False)
def send_sign_in_code(*, code_id: int) -> None:
    """Send a code that somebody waits for."""
    actions.send_sign_in_code(at=timezone.now(), code_id=code_id)


@app.periodic(cron="5,35 * * * *", periodic_id="coordination_statuses")
@app.task(queueing_lock="coordination_statuses", pass_context=False)
def refresh_statuses(timestamp: int) -> None:
    """Ask the provider where sent messages are."""
    answered_count = actions.refresh_statuses(actor=SYSTEM, at=timezone.now(), limit=STATUS_LIMIT)
    _log.info("statuses_refreshed", due=timestamp, answered_count=answered_count)


@app.periodic(cron="7,37 * * * *", periodic_id="coordination_coverage")
@app.task(queueing_lock="coordination_coverage", pass_context=False)
def record_charity_coverage(timestamp: int) -> None:
    """Let coverage follow the register's records."""
    recorded = actions.record_charity_coverage(actor=SYSTEM, at=timezone.now())
    _log.info("charity_coverage", due=timestamp, added_count=recorded.added_count, moved_count=recorded.moved_count)


@app.periodic(cron="3-59/10 * * * *", periodic_id="coordination_ask_banks")
@app.task(queueing_lock="coordination_ask_banks", pass_context=False)
def ask_banks(timestamp: int) -> None:
    """Queue questions about those of whom something is about to be decided."""
    asked = actions.ask_about_those_first_in_line(actor=SYSTEM, at=timezone.now(), limit=ASKING_LIMIT)
    _log.info("banks_asked_for", due=timestamp, person_count=asked.person_count, queued_count=asked.queued_count)


@app.periodic(cron="1-59/10 * * * *", periodic_id="coordination_tell_deliveries")
@app.task(queueing_lock="coordination_tell_deliveries", pass_context=False)
def tell_deliveries(timestamp: int) -> None:
    """Ask the households of new deliveries whether they arrived."""
    told_count = tell_of_deliveries(actor=SYSTEM, at=timezone.now(), limit=STATUS_LIMIT)
    _log.info("deliveries_told", due=timestamp, told_count=told_count)


@app.periodic(cron="25 * * * *", periodic_id="coordination_grievances")
@app.task(queueing_lock="coordination_grievances", pass_context=False)
def move_grievances(timestamp: int) -> None:
    """Send up what is late, close what nobody objected to."""
    at = timezone.now()
    late_count = escalate_overdue_grievances(actor=SYSTEM, at=at)
    closed_count = close_answered_grievances(actor=SYSTEM, at=at)
    _log.info("grievances_moved", due=timestamp, late_count=late_count, closed_count=closed_count)


@app.periodic(cron="12 * * * *", periodic_id="coordination_introductions")
@app.task(queueing_lock="coordination_introductions", pass_context=False)
def move_introductions(timestamp: int) -> None:
    """Introduce what is new, let lapse, climb and close what time says."""
    at = timezone.now()
    introduced = introduce_households(actor=SYSTEM, at=at)
    followed = follow_introductions(actor=SYSTEM, at=at)
    _log.info(
        "introductions_moved",
        due=timestamp,
        introduction_count=introduced.introduction_count,
        lapsed_count=followed.lapsed_count,
        climbed_count=followed.climbed_count,
    )


@app.task(queueing_lock="coordination_search", pass_context=False)
def search_uncovered(*, extract: str, province: str, deciles_max: int) -> None:
    """Bring charity coverage up to date, then search one province."""
    at = timezone.now()
    actions.record_charity_coverage(actor=SYSTEM, at=at)
    search = actions.find_uncovered(
        actor=SYSTEM,
        at=at,
        extract=Path(extract),
        province=province,
        deciles_max=deciles_max,
        progress=lambda done, total: _log.debug("search_progress", done_count=done, total_count=total),
    )
    _log.info("search_ended", province=province, found_count=search.found_count, added_count=search.added_count)


@app.periodic(cron="4-59/10 * * * *", periodic_id="coordination_tell")
@app.task(queueing_lock="coordination_tell", pass_context=False)
def tell_what_waits(timestamp: int) -> None:
    """Queue links for confirmers, steps of appeals and reminders."""
    told = actions.tell_what_waits(actor=SYSTEM, at=timezone.now(), limit=TELLING_LIMIT, address=named_address())
    _log.info(
        "told",
        due=timestamp,
        link_count=told.links.queued_count,
        appeal_count=told.appeals.queued_count,
        reminder_count=told.reminders.queued_count,
    )


@app.periodic(cron="* * * * *", periodic_id="coordination_collect")
@app.task(queueing_lock="coordination_collect", pass_context=False)
def collect_arrivals(timestamp: int) -> None:
    """Take receipts and texts from the SMPP server, and apply what came too early."""
    way = opened_smpp()
    taken_count = 0 if way is None else actions.collect(actor=SYSTEM, clock=timezone.now, gateway=way)
    applied_count = actions.apply_early_reports(actor=SYSTEM, at=timezone.now())
    _log.debug("arrivals_collected", due=timestamp, taken_count=taken_count, applied_count=applied_count)


@app.periodic(cron="11 9 * * *", periodic_id="coordination_waves")
@app.task(queueing_lock="coordination_waves", pass_context=False)
def queue_due_waves(timestamp: int) -> None:
    """Queue the waves of today."""
    queued_count = actions.queue_due_waves(actor=SYSTEM, at=timezone.now())
    _log.info("waves_queued", due=timestamp, queued_count=queued_count)


@app.periodic(cron="41 2 * * *", periodic_id="coordination_standing")
@app.task(queueing_lock="coordination_search", pass_context=False)
def search_again(timestamp: int) -> None:
    """Bring coverage that ended back into view; search again where the extract is newer or a month has passed."""
    at = timezone.now()
    actions.record_charity_coverage(actor=SYSTEM, at=at)
    reopened_count = actions.reopen_uncovered(actor=SYSTEM, at=at)
    extract, added_count = settings.SAKHA.extract, None
    if extract is not None:
        deciles_max = settings.SAKHA.extract_deciles
        added_count = actions.search_again(actor=SYSTEM, at=at, extract=extract, deciles_max=deciles_max)
    _log.info("searched_again", due=timestamp, reopened_count=reopened_count, added_count=added_count)


@app.periodic(cron="23 3 * * *", periodic_id="coordination_forget")
@app.task(queueing_lock="coordination_forget", pass_context=False)
def forget_old_tries(timestamp: int) -> None:
    """Forget knocks, misses and heard texts after thirty days."""
    gone_count = actions.forget_old_tries(actor=SYSTEM, at=timezone.now())
    _log.info("tries_forgotten", due=timestamp, gone_count=gone_count)
