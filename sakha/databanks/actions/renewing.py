"""Renewing the keys of this room: every sealed column, and the indexes that follow from them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index_many, open_many, seal_many, sealed_prefix
from sakha.databanks.rules import subject_indexes

Indexer = Callable[[KeyRing, Sequence[str]], list[Any]]


def _digests(ring: KeyRing, texts: Sequence[str]) -> list[bytes]:
    return blind_index_many(ring, IndexKind.DIGEST, texts)


# Table, sealed column, index column and how it is made ("" where none follows from it).
_COLUMNS: Final[tuple[tuple[str, str, str, Indexer | None], ...]] = (
    ("databanks_evidence", "subject_sealed", "subject_index", subject_indexes),
    ("databanks_subject", "subject_sealed", "subject_index", subject_indexes),
    ("databanks_question", "fillings_sealed", "fillings_index", _digests),
    ("databanks_evidence", "text_sealed", "", None),
    ("databanks_case", "words_sealed", "", None),
    ("databanks_case_step", "words_sealed", "", None),
    ("databanks_case_step", "proof_sealed", "", None),
    ("databanks_life_event", "told_sealed", "", None),
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal and index anew what older keys wrote; tells how many rows changed, 0 when nothing is left."""
    with acting(actor), connection.cursor() as cursor:
        for table, sealed, index, indexer in _COLUMNS:
            if count := _renew(cursor, (table, sealed, index), indexer, ring=ring, limit=limit):
                return count
    return 0


def _renew(
    cursor: CursorWrapper, column: tuple[str, str, str], indexer: Indexer | None, *, ring: KeyRing, limit: int
) -> int:
    table, sealed, index = column
    cursor.execute(
        f"SELECT id, {sealed} FROM {table} WHERE {sealed} IS NOT NULL AND substr({sealed}, 1, 3) <> %s"  # noqa: S608 -- names above
        " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
        [sealed_prefix(ring), limit],
    )
    rows = cursor.fetchall()
    if not rows:
        return 0
    texts = open_many(ring, (bytes(row[1]) for row in rows))
    indexes = [None] * len(texts) if indexer is None else indexer(ring, texts)
    setting = f"{sealed} = fresh.sealed" + (f", {index} = fresh.index" if index else "")
    cursor.execute(
        f"UPDATE {table} AS kept SET {setting}"  # noqa: S608 -- names above
        " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS fresh(id, sealed, index) WHERE kept.id = fresh.id",
        [[row[0] for row in rows], seal_many(ring, texts), indexes],
    )
    return len(rows)
