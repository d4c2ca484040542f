"""What providers bring: reports of where messages ended, each applied once, however often and early they come.

A report of a message whose provider's id is not written yet waits as an early one; `apply_early_reports` looks again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.coordination.actions.hearing import hear
from sakha.coordination.actions.sending_rows import TABLES
from sakha.coordination.gateways import InboundText, ProviderReport, named_address
from sakha.coordination.gateways.smpp import SmppGateway
from sakha.coordination.rules.states import UNSETTLED
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()

# Later than any provider's answer to a sending can be; what nobody waits for by then was never ours.
EARLY_KEPT_FOR: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsTaken:
    """How many reports ended a message, and how many came too early; the others repeated what is known."""

    written_count: int
    early_count: int


# Rows are locked in the order of their ids, as everywhere: two reporters with the same news wait for each other.
_WRITE: Final = """
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (provider_id) * FROM unnest(%(ids)s::text[], %(states)s::text[], %(reasons)s::text[])
               AS one(provider_id, state, reason) ORDER BY provider_id),
    mine AS MATERIALIZED (
        SELECT kept.id FROM {table} AS kept
         WHERE kept.provider_id <> '' AND kept.provider_id = ANY(%(ids)s) AND kept.gateway = %(provider)s
           AND kept.state IN ('SENDING', 'SENT') ORDER BY kept.id FOR UPDATE)
    UPDATE {table} AS kept
       SET state = told.state, reason = told.reason, checked_at = %(at)s, settled_at = %(at)s
      FROM told, mine
     WHERE kept.id = mine.id AND told.provider_id = kept.provider_id AND kept.state IN ('SENDING', 'SENT')
"""
_KEEP_EARLY: Final = """
    INSERT INTO coordination_early_report (provider, provider_id, state, reason, reported_at)
    SELECT %(provider)s, told.provider_id, told.state, told.reason, %(at)s
      FROM unnest(%(ids)s::text[], %(states)s::text[], %(reasons)s::text[]) AS told(provider_id, state, reason)
     WHERE NOT EXISTS (SELECT FROM coordination_invitation AS kept
                        WHERE kept.provider_id <> '' AND kept.provider_id = told.provider_id
                          AND kept.gateway = %(provider)s)
       AND NOT EXISTS (SELECT FROM coordination_notice AS kept
                        WHERE kept.provider_id <> '' AND kept.provider_id = told.provider_id
                          AND kept.gateway = %(provider)s)
    ON CONFLICT DO NOTHING
"""
# Taken and applied in one statement: a message that is written between two of them would lose its report.
_APPLY_EARLY: Final = """
    WITH early AS (
        DELETE FROM coordination_early_report AS one
         WHERE EXISTS (SELECT FROM {table} AS kept WHERE kept.provider_id <> ''
                          AND kept.provider_id = one.provider_id AND kept.gateway = one.provider)
        RETURNING one.*)
    UPDATE {table} AS kept
       SET state = early.state, reason = early.reason, checked_at = %(at)s, settled_at = %(at)s
      FROM early
     WHERE kept.provider_id <> '' AND kept.provider_id = early.provider_id AND kept.gateway = early.provider
       AND kept.state IN ('SENDING', 'SENT')
"""
_FORGET_EARLY: Final = "DELETE FROM coordination_early_report WHERE reported_at < %(before)s"


def receive_reports(*, actor: Actor, at: datetime, provider: str, reports: Sequence[ProviderReport]) -> ReportsTaken:
    """Write the ends that a provider tells by its own ids; a message that has ended stays as it is."""
    actor.require(Permission.INVITE)
    ends = [report for report in reports if report.state not in UNSETTLED]
    if not ends:
        return ReportsTaken(written_count=0, early_count=0)
    facts: dict[str, Any] = {
        "at": at,
        "provider": provider,
        "ids": [report.provider_id for report in ends],
        "states": [report.state.value for report in ends],
        "reasons": [report.reason[:40] for report in ends],
    }
    written = 0
    with acting(SYSTEM), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(_WRITE.format(table=table), facts)
            written += cursor.rowcount
        cursor.execute(_KEEP_EARLY, facts)
        return ReportsTaken(written_count=written, early_count=int(cursor.rowcount))


def apply_early_reports(*, actor: Actor, at: datetime) -> int:
    """Apply what came before its message's id was written, and forget what nobody waits for; tells how many ended."""
    actor.require(Permission.INVITE)
    applied = 0
    with acting(SYSTEM), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(_APPLY_EARLY.format(table=table), {"at": at})
            applied += cursor.rowcount
        cursor.execute(_FORGET_EARLY, {"before": at - EARLY_KEPT_FOR})
    return applied


def collect(*, actor: Actor, clock: Callable[[], datetime], gateway: SmppGateway, seconds: float = 20) -> int:
    """Take what an SMPP server brings; each is written before the server is told that it arrived."""
    actor.require(Permission.INVITE)
    return gateway.collect(_Written(clock, gateway.name), seconds=seconds)


@dataclass(frozen=True, slots=True)
class _Written:
    clock: Callable[[], datetime]
    provider: str

    def report(self, report: ProviderReport) -> None:
        receive_reports(actor=SYSTEM, at=self.clock(), provider=self.provider, reports=[report])

    def inbound(self, text: InboundText) -> None:
        try:
            hear(actor=SYSTEM, at=self.clock(), provider=self.provider, told=text, address=named_address())
        except Refusal as refusal:  # as from no mobile number; what comes after it must not wait for it
            _log.warning("inbound_refused", provider=self.provider, code=refusal.code)
