"""Scheduled work of the ledger: freeing what was held too long, and each night who is who and the counters' sums."""

from datetime import UTC, datetime
from typing import Final

import structlog
from procrastinate.contrib.django import app
from prometheus_client import Gauge

from sakha.access.rules import SYSTEM
from sakha.ledger.actions import expire_holds, verify_counters
from sakha.ledger.actions.identity import link_identities
from sakha.registry.actions.answering import recheck_questions
from sakha.registry.actions.desk_keys import fill_desk_keys

SWEEP_SIZE: Final = 1000

DIFFERING_NEEDS = Gauge(
    "sakha_ledger_differing_needs",
    "Needs whose counters were not the sums of their holds at the last comparison.",
    multiprocess_mode="mostrecent",
)
_log = structlog.get_logger()


@app.periodic(cron="* * * * *")
@app.task(name="ledger_expire_holds", queueing_lock="ledger_expire_holds")
def expire_due_holds(timestamp: int) -> None:  # noqa: ARG001 -- the moment for which procrastinate planned the job
    """Free every hold whose time has passed, a batch a transaction."""
    at, freed_count = datetime.now(UTC), 0
    while freed := expire_holds(at=at, limit=SWEEP_SIZE):
        freed_count += freed
    if freed_count:
        _log.info("holds_expired", hold_count=freed_count)


@app.periodic(cron="0 23 * * *")  # 02:30 in Tehran
@app.task(name="ledger_verify_counters", queueing_lock="ledger_verify_counters")
def verify_counters_nightly(timestamp: int) -> None:  # noqa: ARG001 -- as above
    """Compare counters and holds; a difference is loud in log, metric and event."""
    differing_count = verify_counters(at=datetime.now(UTC))
    DIFFERING_NEEDS.set(differing_count)
    if differing_count:
        _log.error("ledger_counters_differ", need_count=differing_count)


@app.periodic(cron="40 23 * * *", periodic_id="registry_link")  # 03:10 in Tehran
@app.task(name="ledger_link_identities", queueing_lock="registry_link", pass_context=False)
def link_identities_nightly(timestamp: int) -> None:
    """Compare whoever is new with everybody, and withdraw the questions that nothing supports any more.

    Here and not in registry: whom it may merge by itself hangs on the aid that would come together.
    """
    at = datetime.now(UTC)
    while fill_desk_keys(actor=SYSTEM):
        pass
    linked = link_identities(actor=SYSTEM, at=at)
    withdrawn = recheck_questions(at=at)
    _log.info(
        "register_linked",
        due=timestamp,
        new_count=linked.new_count,
        merged_count=linked.merged_count,
        asked_count=linked.asked_count,
        busy_count=linked.busy_count,
        withdrawn_count=withdrawn,
    )
