"""What the sending writes of each row, of invitations and notices alike: both have the same columns for it.

Decides no order of things; the steps stand in `sending`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.coordination.gateways import ProviderAnswer, SentMessage
from sakha.coordination.rules.states import NEVER_LEFT, UNSETTLED

INVITATIONS: Final = "coordination_invitation"
NOTICES: Final = "coordination_notice"
TABLES: Final = (NOTICES, INVITATIONS)

# In the order of their ids, for reports write them too: two with the same news wait for each other.
_LOCK: Final = "SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
# Told as one text: arrays of words are written into a statement letter by letter.
_ANSWERED: Final = """
    UPDATE {table} AS kept
       SET state = told.state, reason = told.reason, checked_at = %(at)s,
           provider_id = coalesce(nullif(told.provider_id, ''), kept.provider_id),
           cost_rial = coalesce(told.cost_rial, kept.cost_rial),
           sent_at = CASE WHEN told.state = ANY(%(never_left)s) THEN kept.sent_at
                          ELSE coalesce(kept.sent_at, kept.sending_at) END,
           settled_at = CASE WHEN told.state = ANY(%(unsettled)s) THEN NULL ELSE %(at)s END {forgets}
      FROM json_to_recordset(%(told)s::json)
           AS told(id bigint, state text, reason text, provider_id text, cost_rial bigint)
     WHERE kept.id = told.id AND kept.state IN ('SENDING', 'SENT')
"""
_BACK: Final = """
    UPDATE {table}
       SET state = CASE WHEN attempt_count >= %(attempts)s::int THEN 'FAILED' ELSE 'QUEUED' END, reason = %(reason)s,
           settled_at = CASE WHEN attempt_count >= %(attempts)s::int THEN %(at)s::timestamptz END
     WHERE id = ANY(%(ids)s) AND state = 'SENDING'
"""
_DOUBT: Final = """
    UPDATE {table} SET state = 'UNKNOWN', reason = 'IN_DOUBT', settled_at = %s {forgets}
     WHERE id = ANY(%s) AND state = 'SENDING'
"""
_UNANSWERED: Final = """
    SELECT id, sending_at FROM {table}
     WHERE state = 'SENDING' AND gateway = %s AND sending_at < %s ORDER BY id LIMIT %s
"""
_WITNESS: Final = """
    SELECT id FROM {table} WHERE gateway = %s AND provider_id <> '' AND sent_at > %s ORDER BY sent_at DESC LIMIT %s
"""
_DUE: Final = """
    SELECT id, provider_id FROM {table}
     WHERE state = 'SENT' AND gateway = %s AND sent_at > %s AND checked_at < %s ORDER BY checked_at, id LIMIT %s
"""
_TOO_OLD: Final = """
    UPDATE {table} SET state = 'UNKNOWN', reason = 'STATUS_EXPIRED', settled_at = %s
     WHERE state = 'SENT' AND gateway = %s AND sent_at <= %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Rows that a killed or unanswered run left, with the moment of their sending, and ids that the provider knows."""

    rows: dict[int, datetime]
    witnesses: list[int]


def write_answers(table: str, answers: Sequence[ProviderAnswer], at: datetime) -> int:
    """Write what the provider says; a row that is settled stays as it is. Tells how many were written."""
    if not answers:
        return 0
    told = [
        {
            "id": answer.local_id,
            "state": str(answer.state),
            "reason": answer.reason,
            "provider_id": answer.provider_id,
            "cost_rial": answer.cost_rial,
        }
        for answer in answers
    ]
    facts: dict[str, Any] = {
        "at": at,
        "unsettled": [state.value for state in UNSETTLED],
        "never_left": [state.value for state in NEVER_LEFT],
        "told": json.dumps(told),
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_of(_LOCK, table), [[answer.local_id for answer in answers]])
        cursor.execute(_of(_ANSWERED, table), facts)
        return int(cursor.rowcount)


def give_back(
    table: str, local_ids: Iterable[int], at: datetime, *, reason: str, attempts_max: int | None = None
) -> None:
    """Queue again what surely never arrived. What the account is to blame for is tried without end."""
    _execute(_BACK, table, {"attempts": attempts_max, "reason": reason, "at": at, "ids": list(local_ids)})


def doubt(table: str, local_ids: Iterable[int], at: datetime) -> None:
    """In doubt nobody gets a second SMS: the row ends as UNKNOWN."""
    _execute(_DOUBT, table, [at, list(local_ids)])


def find_left_behind(
    table: str, *, gateway: str, before: datetime, after: datetime, limit: int, witnesses: int
) -> LeftBehind:
    """What stayed SENDING since before a moment, and what else the provider took after another."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_of(_UNANSWERED, table), [gateway, before, limit])
        rows: dict[int, datetime] = dict(cursor.fetchall())
        known: list[int] = []
        if rows:
            for one in TABLES:
                cursor.execute(_of(_WITNESS, one), [gateway, after, witnesses])
                known += [row[0] for row in cursor.fetchall()]
    return LeftBehind(rows=rows, witnesses=known[:witnesses])


def find_due(
    table: str, *, gateway: str, at: datetime, kept_for: timedelta, again: timedelta, limit: int
) -> list[SentMessage]:
    """What is to be asked about; what the provider has forgotten meanwhile ends as UNKNOWN."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_of(_TOO_OLD, table), [at, gateway, at - kept_for])
        cursor.execute(_of(_DUE, table), [gateway, at - kept_for, at - again, limit])
        return [SentMessage(local_id=row[0], provider_id=row[1]) for row in cursor.fetchall()]


def _execute(statement: str, table: str, facts: Any) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_of(statement, table), facts)


def _of(statement: str, table: str) -> str:
    """A notice's text is forgotten once it is out of our hands; invitations keep none."""
    return statement.format(table=table, forgets=", text_sealed = NULL" if table == NOTICES else "")
