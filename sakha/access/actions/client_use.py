"""What clients called and what their writes were answered: added to, kept once, swept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM

USE_KEPT: Final = timedelta(days=30)
ANSWERS_KEPT: Final = timedelta(days=2)
# In the order of the key, so that two processes never wait for each other in a ring. Who was undone is not counted.
_ADD: Final = """
    INSERT INTO access_client_use AS kept (client_id, minute_at, route, code, request_count)
    SELECT told.* FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::int[])
             AS told(client_id, minute_at, route, code, request_count)
      JOIN access_client AS client ON client.id = told.client_id
     ORDER BY told.client_id, told.minute_at, told.route, told.code
    ON CONFLICT (client_id, minute_at, route, code)
    DO UPDATE SET request_count = kept.request_count + excluded.request_count
"""
_BEGIN: Final = """
    INSERT INTO access_client_answer (client_id, request_key, request_digest, status, body, created_at)
    VALUES (%s, %s, %s, 0, '', %s) ON CONFLICT (client_id, request_key) DO NOTHING RETURNING id
"""
_KEPT: Final = """
    SELECT request_digest, status, body FROM access_client_answer WHERE client_id = %s AND request_key = %s
"""
_KEEP: Final = "UPDATE access_client_answer SET status = %s, body = %s WHERE client_id = %s AND request_key = %s"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that was given before, and the digest of the request that it answered."""

    request_digest: bytes
    status: int
    body: str


def add_client_use(*, counts: Mapping[tuple[int, datetime, str, str], int]) -> None:
    """Add requests by client, minute, route and code of refusal; an empty code counts every request."""
    rows = sorted((*key, count) for key, count in counts.items())
    columns = [list(column) for column in zip(*rows, strict=True)]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ADD, columns)


def begin_answer(*, client_id: int, request_key: str, request_digest: bytes, at: datetime) -> KeptAnswer | None:
    """Take a key for this transaction, or give what it was answered. Of two at once the second waits for the first.

    Call it inside `acting(the client's actor)`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [client_id, request_key, request_digest, at])
        if cursor.fetchone() is not None:
            return None
        cursor.execute(_KEPT, [client_id, request_key])
        digest, status, body = cursor.fetchone()
    return KeptAnswer(bytes(digest), status, body)


def keep_answer(*, client_id: int, request_key: str, status: int, body: str) -> None:
    """Keep the answer in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [status, body, client_id, request_key])


def forget_client_use(*, at: datetime) -> int:
    """Remove counts and answers that nobody needs any more; tell how many."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_client_use WHERE minute_at < %s", [at - USE_KEPT])
        swept = cursor.rowcount
        cursor.execute("DELETE FROM access_client_answer WHERE created_at < %s", [at - ANSWERS_KEPT])
        return int(swept + cursor.rowcount)
