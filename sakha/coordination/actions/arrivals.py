"""What providers bring: reports of where messages ended, each applied once, however often and early they come.

A report of a message whose provider's id is not written yet waits as an early one; `apply_early_reports` looks again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.coordination.actions.hearing import hear
from sakha.coordination.actions.sending_rows import TABLES, write_answers
from sakha.coordination.gateways import InboundText, ProviderAnswer, ProviderReport, named_address
from sakha.coordination.gateways.smpp import SmppGateway
from sakha.coordination.rules.states import UNSETTLED, InvitationState
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()

# Later than any provider's answer to a sending can be; what nobody waits for by then was never ours.
EARLY_KEPT_FOR: Final = timedelta(days=3)
REASON_LENGTH_MAX: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsTaken:
    """How many reports ended a message, and how many came too early; the others repeated what is known."""

    written_count: int
    early_count: int


# By constants and not by a join: while most messages have no provider's id yet, a join looks to the planner as if it
# met them all, and each batch of reports would read the whole table.
_FOUND: Final = """
    SELECT id, provider_id, state IN ('SENDING', 'SENT') FROM {table}
     WHERE provider_id = ANY(%(ids)s) AND provider_id <> '' AND gateway = %(provider)s
"""
_KEEP_EARLY: Final = """
    INSERT INTO coordination_early_report (provider, provider_id, state, reason, reported_at)
    SELECT %(provider)s, told.provider_id, told.state, told.reason, %(at)s
      FROM json_to_recordset(%(told)s::json) AS told(provider_id text, state text, reason text)
    ON CONFLICT DO NOTHING
"""
_EARLY: Final = """
    SELECT id, provider, provider_id, state, reason FROM coordination_early_report
     WHERE id > %s ORDER BY id LIMIT %s
"""
_APPLIED: Final = "DELETE FROM coordination_early_report WHERE id = ANY(%s)"
_EARLY_AT_ONCE: Final = 2_000
_FORGET_EARLY: Final = "DELETE FROM coordination_early_report WHERE reported_at < %(before)s"


def receive_reports(*, actor: Actor, at: datetime, provider: str, reports: Sequence[ProviderReport]) -> ReportsTaken:
    """Write the ends that a provider tells by its own ids; a message that has ended stays as it is."""
    actor.require(Permission.INVITE)
    ends: dict[str, ProviderReport] = {}
    for report in reports:
        if report.state not in UNSETTLED:
            ends.setdefault(report.provider_id, report)
    if not ends:
        return ReportsTaken(written_count=0, early_count=0)
    with acting(SYSTEM), connection.cursor() as cursor:
        written, found = _write(cursor, at, provider, ends)
        early = [
            {"provider_id": one.provider_id, "state": one.state.value, "reason": one.reason[:REASON_LENGTH_MAX]}
            for one in ends.values()
            if one.provider_id not in found
        ]
        if not early:
            return ReportsTaken(written_count=written, early_count=0)
        cursor.execute(_KEEP_EARLY, {"provider": provider, "at": at, "told": json.dumps(early)})
        return ReportsTaken(written_count=written, early_count=int(cursor.rowcount))


def apply_early_reports(*, actor: Actor, at: datetime) -> int:
    """Apply what came before its message's id was written, and forget what nobody waits for; tells how many ended.

    Only what has found its message goes: one that is written this very moment finds its report the next time.
    """
    actor.require(Permission.INVITE)
    applied = after = 0
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_EARLY, [after, _EARLY_AT_ONCE])
        while rows := cursor.fetchall():
            for provider in sorted({row[1] for row in rows}):
                of_provider = [row for row in rows if row[1] == provider]
                ends = {
                    row[2]: ProviderReport(provider_id=row[2], state=InvitationState(row[3]), reason=row[4])
                    for row in of_provider
                }
                written, found = _write(cursor, at, provider, ends)
                applied += written
                cursor.execute(_APPLIED, [[row[0] for row in of_provider if row[2] in found]])
            after = rows[-1][0]
            cursor.execute(_EARLY, [after, _EARLY_AT_ONCE])
        cursor.execute(_FORGET_EARLY, {"before": at - EARLY_KEPT_FOR})
    return applied


def _write(cursor: Any, at: datetime, provider: str, ends: Mapping[str, ProviderReport]) -> tuple[int, set[str]]:
    """Write these ends; tells how many messages they ended, and of which of them there is a message."""
    written, found = 0, set[str]()
    for table in TABLES:
        cursor.execute(_FOUND.format(table=table), {"ids": list(ends), "provider": provider})
        rows = cursor.fetchall()
        found |= {row[1] for row in rows}
        answers = [
            ProviderAnswer(local_id=row[0], state=ends[row[1]].state, reason=ends[row[1]].reason[:REASON_LENGTH_MAX])
            for row in rows
            if row[2]
        ]
        written += write_answers(table, answers, at)
    return written, found


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
