"""Closing blocks of the append-only logs: only what no open transaction can still write into.

Decides how far a log is settled; what is hashed is decided by the rules. Stopped anywhere, the next run goes on there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from os import urandom
from time import sleep
from typing import Final

from django.db import connection
from psycopg import sql

from sakha.access.actions.resealing import SealedColumn, renew_columns
from sakha.access.models import Block, BlockPart, BlockSecret
from sakha.access.queries.chain import SECRET_KIND, in_parts, pack_ids, read_rows
from sakha.access.queries.keys import key_ring
from sakha.access.queries.scope import acting
from sakha.access.queries.writers import writers_of
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.access.rules.chain import (
    BLOCK_ROWS_MAX,
    NO_BLOCK,
    PART_SIZE,
    SECRET_LENGTH,
    BlockHeader,
    Part,
    Stream,
    fold,
    make_part,
    secret_digest,
)
from sakha.access.rules.sealing import KeyRing, seal

_PAUSE_SECONDS: Final = 0.05
_SECRETS: Final = SealedColumn("access_block_secret", "secret_sealed", SECRET_KIND)
_TURN: Final = "SELECT pg_try_advisory_xact_lock(hashtext('access_close_blocks'), hashtext(%s))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a run closed. `is_busy`: somebody was still writing, or closing; the rest waits for the next run."""

    stream: str
    block_count: int
    row_count: int
    is_busy: bool


def close_blocks(*, actor: Actor, at: datetime, stream: Stream, patience_seconds: float = 60) -> Closed:
    """Close everything of a log that is settled, in blocks of at most `BLOCK_ROWS_MAX` rows."""
    if not actor.is_system:
        raise PermissionMissing
    settled_id = _find_settled_id(stream, patience_seconds)
    if settled_id is None:
        return Closed(stream=stream.name, block_count=0, row_count=0, is_busy=True)
    counts: list[int] = []
    while row_count := _close_one(at, stream, settled_id):
        if row_count < 0:
            return Closed(stream=stream.name, block_count=len(counts), row_count=sum(counts), is_busy=True)
        counts.append(row_count)
    return Closed(stream=stream.name, block_count=len(counts), row_count=sum(counts), is_busy=False)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal the blocks' secrets anew with the current key; returns how many, 0 when nothing is left."""
    return renew_columns((_SECRETS,), actor=actor, ring=ring, limit=limit)


def _find_settled_id(stream: Stream, patience_seconds: float) -> int | None:
    """The newest id below which nothing can appear any more; none while somebody from before is still writing.

    Nobody is held up by it: whoever begins later draws a higher id.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(stream.table)))
        newest_id = int(cursor.fetchone()[0])
        before = writers_of(stream.table)
    waited = 0.0
    while before:
        if waited >= patience_seconds:
            return None
        sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS
        with acting(SYSTEM):
            before &= writers_of(stream.table)
    return newest_id


def _close_one(at: datetime, stream: Stream, settled_id: int) -> int:
    """Close one block in one transaction; 0 when nothing is left, -1 when another run is at it."""
    with acting(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(_TURN, [stream.name])
            if not cursor.fetchone()[0]:
                return -1
        before = Block.objects.filter(stream=stream.name).order_by("place").last()
        after_id = before.last_id if before else None
        secret = urandom(SECRET_LENGTH)
        lines = read_rows(stream, after_id=after_id, until_id=settled_id, limit=BLOCK_ROWS_MAX)
        hidden_count = len(stream.hidden)
        parts = [
            make_part(some, hidden_count, secret, number * PART_SIZE) for number, some in enumerate(in_parts(lines))
        ]
        if not parts:
            return 0
        row_count = sum(len(part.ids) for part in parts)
        is_full = row_count == BLOCK_ROWS_MAX
        header = BlockHeader(
            stream=stream.name,
            place=before.place + 1 if before else 1,
            first_id=before.last_id + 1 if before else 1,
            last_id=parts[-1].ids[-1] if is_full else settled_id,
            row_count=row_count,
            root=fold([part.node for part in parts]),
            secret_digest=secret_digest(secret),
            previous=bytes(before.digest) if before else NO_BLOCK,
            closed_at=at,
        )
        _keep(header, parts, secret)
    return row_count


def _keep(header: BlockHeader, parts: Sequence[Part], secret: bytes) -> None:
    block = Block.objects.create(
        stream=header.stream,
        place=header.place,
        first_id=header.first_id,
        last_id=header.last_id,
        row_count=header.row_count,
        root=header.root,
        secret_digest=header.secret_digest,
        previous=header.previous,
        digest=header.digest,
        closed_at=header.closed_at,
    )
    BlockSecret.objects.create(block=block, secret_sealed=seal(key_ring(), secret.hex(), kind=SECRET_KIND))
    BlockPart.objects.bulk_create(
        BlockPart(
            block=block,
            number=number,
            first_id=part.ids[0],
            last_id=part.ids[-1],
            node=part.node,
            ids=pack_ids(part.ids),
            marks=part.marks,
        )
        for number, part in enumerate(parts)
    )
