"""The chained logs and their closed blocks, the rows of a log as they are hashed, and proofs of single rows.

Which logs there are is declared by the rooms that own them (`chained_logs` in their apps.py), as their privileges are.
"""

import zlib
from array import array
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from django.apps import apps
from django.db import connection
from psycopg import Connection, sql

from sakha.access.models import Block, BlockPart, BlockSecret
from sakha.access.queries.keys import key_ring
from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.chain import (
    NONCE_LENGTH,
    PART_SIZE,
    BlockHeader,
    Stream,
    fold,
    hidden_digest,
    leaf_hashes,
    path_of,
    row_nonces,
    split_row,
)
from sakha.access.rules.chain_findings import MarkedRows
from sakha.access.rules.proofs import Proof, ProofInvalid, check_proof
from sakha.access.rules.sealing import open_sealed
from sakha.vocabulary.refusal import Refusal

SECRET_KIND: Final = "chain"  # noqa: S105 -- the name of a kind, not a secret
# The text of a moment must not hang on who asks.
_PLAIN: Final = "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true)"


class StreamUnknown(Refusal):
    """No room declares a log of this name."""

    code: ClassVar[str] = "STREAM_UNKNOWN"
    sentence: ClassVar[str] = "دفتری با این نام زنجیر نمی‌شود: {name}"


class LogBrokenError(RuntimeError):
    """A log no longer leads to its root. No refusal, for nobody at a page can mend it; `sakha verify` says where."""


def chained_logs() -> tuple[Stream, ...]:
    """Every log that is chained, by name."""
    found = [one for config in apps.get_app_configs() for one in getattr(config, "chained_logs", ())]
    return tuple(sorted(found, key=lambda one: one.name))


def get_stream(name: str) -> Stream:
    """The log of this name. Raises: StreamUnknown."""
    for one in chained_logs():
        if one.name == name:
            return one
    raise StreamUnknown(name=name[:40])


def block_headers(*, stream: str = "", from_place: int = 1, newest: int | None = None) -> tuple[BlockHeader, ...]:
    """The closed blocks of a log, or of all; oldest first, or only the newest of them, newest first."""
    with acting(SYSTEM):
        found = Block.objects.filter(place__gte=from_place)
        if stream:
            found = found.filter(stream=stream)
        found = found.order_by("stream", "place") if newest is None else found.order_by("-id")[:newest]
        return tuple(header_of(block) for block in found)


def find_block(*, stream: str, digest: bytes) -> BlockHeader | None:
    """The block of this hash, as it is published."""
    with acting(SYSTEM):
        found = Block.objects.filter(stream=stream, digest=digest).first()
    return None if found is None else header_of(found)


def header_of(block: Block) -> BlockHeader:
    """What is published of a block."""
    return BlockHeader(
        stream=block.stream,
        place=block.place,
        first_id=block.first_id,
        last_id=block.last_id,
        row_count=block.row_count,
        root=bytes(block.root),
        secret_digest=bytes(block.secret_digest),
        previous=bytes(block.previous),
        closed_at=block.closed_at,
    )


def read_rows(
    stream: Stream, *, after_id: int | None, until_id: int | None, limit: int | None = None
) -> Iterator[bytes]:
    """Rows by id, each as COPY writes it in text. Call it inside `acting(SYSTEM)`; nothing is gathered in memory."""
    bounds = [
        sql.SQL("id {} {}").format(sql.SQL(sign), sql.Literal(bound))
        for sign, bound in ((">", after_id), ("<=", until_id))
        if bound is not None
    ]
    question = sql.SQL("COPY (SELECT {} FROM {} {} ORDER BY id {}) TO STDOUT").format(
        sql.SQL(", ").join(sql.Identifier(column) for column in stream.columns),
        sql.Identifier(stream.table),
        sql.SQL("WHERE {}").format(sql.SQL(" AND ").join(bounds)) if bounds else sql.SQL(""),
        sql.SQL("LIMIT {}").format(sql.Literal(limit)) if limit is not None else sql.SQL(""),
    )
    connection.ensure_connection()
    raw: Connection = connection.connection
    with raw.cursor() as cursor:
        cursor.execute(_PLAIN)
        with cursor.copy(question) as rows:
            for line in rows:
                yield bytes(line)[:-1]


def in_parts(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The rows by `PART_SIZE`."""
    part: list[bytes] = []
    for line in lines:
        part.append(line)
        if len(part) == PART_SIZE:
            yield part
            part = []
    if part:
        yield part


def pack_ids(ids: Sequence[int]) -> bytes:
    """Ids as they are kept: the steps between them, which are nearly all one."""
    steps = array("q", [later - earlier for earlier, later in zip((0, *ids), ids, strict=False)])
    return zlib.compress(steps.tobytes(), 1)


def marked_rows(part: BlockPart) -> MarkedRows:
    """What was kept of a part's rows."""
    steps, ids, last = array("q"), [], 0
    steps.frombytes(zlib.decompress(bytes(part.ids)))
    for step in steps:
        last += step
        ids.append(last)
    return MarkedRows(ids, bytes(part.marks))


def open_secret(block: Block) -> bytes | None:
    """The secret of a block, or none where it is gone. Raises: KeyMissing, SealBroken."""
    kept = BlockSecret.objects.filter(block=block).first()
    return None if kept is None else bytes.fromhex(open_sealed(key_ring(), bytes(kept.secret_sealed), kind=SECRET_KIND))


def prove_rows(*, stream: str, row_ids: Sequence[int]) -> tuple[Proof, ...]:
    """Proofs of these rows, as far as they stand in closed blocks. Who may have them is decided by who asks.

    Raises:
        LogBrokenError: the log no longer leads to its root.
    """
    log = get_stream(stream)
    with acting(SYSTEM):
        found = (_prove_one(log, row_id) for row_id in row_ids)
        return tuple(proof for proof in found if proof is not None)


def _prove_one(stream: Stream, row_id: int) -> Proof | None:
    block = Block.objects.filter(stream=stream.name, first_id__lte=row_id, last_id__gte=row_id).first()
    if block is None:
        return None
    nodes = dict(BlockPart.objects.filter(block=block).order_by("number").values_list("number", "node"))
    part = BlockPart.objects.filter(block=block, first_id__lte=row_id, last_id__gte=row_id).first()
    secret = open_secret(block)
    if part is None or secret is None:
        raise LogBrokenError(stream.name, block.place)
    lines = list(read_rows(stream, after_id=part.first_id - 1, until_id=part.last_id))
    place = next((number for number, line in enumerate(lines) if line.startswith(b"%d\t" % row_id)), None)
    first_index = part.number * PART_SIZE
    leaves = leaf_hashes(lines, len(stream.hidden), secret, first_index)
    if fold(leaves) != bytes(part.node):
        raise LogBrokenError(stream.name, block.place)
    if place is None:
        return None
    nonces = row_nonces(secret, first_index + place, 1)
    shown, hidden = split_row(lines[place], len(stream.hidden))
    proof = Proof(
        columns=("id", *stream.shown),
        row=shown.decode(),
        nonce=nonces[:NONCE_LENGTH],
        hidden=hidden_digest(nonces[NONCE_LENGTH:], hidden),
        index=first_index + place,
        path=(*path_of(leaves, place), *path_of([bytes(node) for node in nodes.values()], part.number)),
        block=header_of(block),
    )
    try:
        check_proof(proof)
    except ProofInvalid:
        raise LogBrokenError(stream.name, block.place) from None
    return proof
