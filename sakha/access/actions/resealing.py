"""Sealing anew, column by column, what older keys have sealed, with the indexes that follow from it.

A room lists its columns; whatever follows from more than one column of a row it renews itself (registry).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from sakha.access.queries.scope import acting
from sakha.access.rules import Actor
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index_many, open_many, seal_many, sealed_prefix

Indexer = Callable[[KeyRing, Sequence[str]], list[Any]]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A sealed column, as what it was sealed, and the index column that is made of the same text ('' where none is)."""

    table: str
    sealed: str
    kind: str = ""
    index: str = ""
    indexer: Indexer | None = None


def index_mobiles(ring: KeyRing, texts: Sequence[str]) -> list[bytes]:
    """The indexes of mobile numbers."""
    return blind_index_many(ring, IndexKind.MOBILE, texts)


def index_digests(ring: KeyRing, texts: Sequence[str]) -> list[bytes]:
    """The indexes of texts that are only compared."""
    return blind_index_many(ring, IndexKind.DIGEST, texts)


def renew_columns(columns: Iterable[SealedColumn], *, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Renew up to `limit` rows of the first column that has older ones; tells how many, 0 when nothing is left."""
    with acting(actor):
        for column in columns:
            if count := _renew(column, ring, limit):
                return count
    return 0


def _renew(column: SealedColumn, ring: KeyRing, limit: int) -> int:
    table, sealed, index = column.table, column.sealed, column.index
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {sealed} FROM {table} WHERE {sealed} IS NOT NULL AND substr({sealed}, 1, 3) <> %s"  # noqa: S608 -- names of columns
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [sealed_prefix(ring), limit],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        texts = open_many(ring, (bytes(row[1]) for row in rows), kind=column.kind)
        indexes = [None] * len(texts) if column.indexer is None else column.indexer(ring, texts)
        setting = f"{sealed} = fresh.sealed" + (f", {index} = fresh.index" if index else "")
        cursor.execute(
            f"UPDATE {table} AS kept SET {setting}"  # noqa: S608 -- names of columns
            " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS fresh(id, sealed, index) WHERE kept.id = fresh.id",
            [[row[0] for row in rows], seal_many(ring, texts, kind=column.kind), indexes],
        )
    return len(rows)
