"""Counts promises that nobody has paid, by keyed digests of browser, phone and address (rules/promises.py)."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, blind_indexes
from sakha.giving.rules.promises import DAY, MARKS_LIVE, GiverMarks, MarkKind, PromisesUnpaid, is_over_limit
from sakha.vocabulary.identifiers import parse_mobile

# Two promises of one browser are counted one after the other, so that many at once can't slip past the count.
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(encode(%s, 'hex'), 7))"
_COUNT: Final = """
    SELECT count(*) FILTER (WHERE gift.state = 'PLEDGED' AND gift.lapses_at > %(at)s), count(*)
      FROM giving_promise_mark AS mark
      JOIN giving_gift AS gift ON gift.id = mark.gift_id AND gift.state IN ('PLEDGED', 'LAPSED')
     WHERE mark.digest = ANY(%(digests)s) AND mark.kind = %(kind)s AND mark.at > %(since)s
"""
_MARK: Final = "INSERT INTO giving_promise_mark (gift_id, kind, digest, at) VALUES (%s, %s, %s, %s)"
_FORGET: Final = "DELETE FROM giving_promise_mark WHERE at < %s"

Marks = tuple[tuple[MarkKind, bytes], ...]


def count_promise(cursor: Any, at: datetime, giver: GiverMarks | None) -> Marks:
    """Refuse one promise too many; tells the marks to keep with the gift. Within the caller's transaction.

    Raises: PromisesUnpaid.
    """
    marks: list[tuple[MarkKind, bytes]] = []
    for kind, digests in sorted(_digests(giver), key=lambda one: one[1][0]):
        cursor.execute(_IN_TURN, [digests[0]])
        facts = {"at": at, "since": at - DAY, "digests": digests, "kind": kind.value}
        cursor.execute(_COUNT, facts)
        open_count, a_day_count = cursor.fetchone()
        if is_over_limit(kind, open_count=open_count, a_day_count=a_day_count):
            raise PromisesUnpaid(field="amount")
        marks.append((kind, digests[0]))
    return tuple(marks)


def keep_marks(cursor: Any, at: datetime, gift_id: int, marks: Marks) -> None:
    """Write by what the promise is counted."""
    for kind, digest in marks:
        cursor.execute(_MARK, [gift_id, kind.value, digest, at])


def forget_marks(*, at: datetime, after: timedelta = MARKS_LIVE) -> int:
    """Forget who promised what; tell how many marks."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FORGET, [at - after])
        return int(cursor.rowcount)


def _digests(giver: GiverMarks | None) -> list[tuple[MarkKind, list[bytes]]]:
    if giver is None:
        return []
    ring = key_ring()
    found: list[tuple[MarkKind, list[bytes]]] = []
    if giver.session:
        found.append((MarkKind.SESSION, blind_indexes(ring, IndexKind.DIGEST, f"giver\x1f{giver.session}")))
    if giver.address:
        found.append((MarkKind.ADDRESS, blind_indexes(ring, IndexKind.ADDRESS, giver.address)))
    if giver.mobile:
        found.append((MarkKind.PHONE, blind_indexes(ring, IndexKind.MOBILE, parse_mobile(giver.mobile))))
    return found
