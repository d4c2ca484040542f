"""Proving that nothing of a closed log was altered or removed: every block recomputed from its rows, in a stream.

Decides in which order things are compared; what a difference means is decided by the rules. Memory holds one block's
nodes, never its rows. Reads only: what is found is for people.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection
from psycopg import sql

from sakha.access.models import Block, BlockPart
from sakha.access.queries.chain import header_of, in_parts, marked_rows, open_secret, read_rows
from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.chain import NO_BLOCK, BlockHeader, Stream, fold, leaf_hashes, row_id, row_marks, secret_digest
from sakha.access.rules.chain_findings import Changes, Finding, FindingKind, MarkedRows
from sakha.access.rules.sealing import KeyMissing, SealBroken

Published = Mapping[tuple[str, int], BlockHeader]
_OPEN_COUNT: Final = "SELECT count(*) FROM {} WHERE id > {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was verified of a log, and what is wrong. `open_count`: rows of no block yet."""

    stream: str
    block_count: int
    row_count: int
    open_count: int
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Before:
    """What the next block has to carry on."""

    place: int
    last_id: int | None
    digest: bytes


def verify_stream(
    *,
    stream: Stream,
    from_place: int = 1,
    published: Published | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Recompute a log's blocks from one place on. `progress` is told the rows of each part as they pass."""
    before = _begin(stream, from_place)
    findings: list[Finding] = []
    block_count = row_count = 0
    for block_id in _block_ids(stream, from_place):
        with acting(SYSTEM):  # a block a transaction: the vacuum waits for none of them long
            block = Block.objects.get(id=block_id)
            header = header_of(block)
            findings += _check_header(block, header, before, published)
            found, count = _check_rows(stream, block, before.last_id, progress)
        findings += found
        block_count, row_count = block_count + 1, row_count + count
        before = _Before(header.place, header.last_id, bytes(block.digest))
    findings += _never_closed(stream, from_place, before.place, published)
    return Verified(
        stream=stream.name,
        block_count=block_count,
        row_count=row_count,
        open_count=_count_open(stream, before.last_id),
        findings=tuple(findings),
    )


def _begin(stream: Stream, from_place: int) -> _Before:
    with acting(SYSTEM):
        block = Block.objects.filter(stream=stream.name, place=from_place - 1).first()
    return (
        _Before(from_place - 1, None, NO_BLOCK)
        if block is None
        else _Before(block.place, block.last_id, bytes(block.digest))
    )


def _block_ids(stream: Stream, from_place: int) -> list[int]:
    with acting(SYSTEM):
        blocks = Block.objects.filter(stream=stream.name, place__gte=from_place).order_by("place")
        return list(blocks.values_list("id", flat=True))


def _check_header(block: Block, header: BlockHeader, before: _Before, published: Published | None) -> Iterator[Finding]:
    def found(kind: FindingKind) -> Finding:
        return Finding(kind=kind, stream=header.stream, place=header.place)

    if header.digest != bytes(block.digest):
        yield found(FindingKind.BLOCK_ALTERED)
    first_id = 1 if before.last_id is None else before.last_id + 1
    if (header.place, header.first_id, header.previous) != (before.place + 1, first_id, before.digest):
        yield found(FindingKind.BLOCK_MISSING)
    if published is not None and published.get((header.stream, header.place), header) != header:
        yield found(FindingKind.NOT_AS_PUBLISHED)


def _never_closed(stream: Stream, from_place: int, last_place: int, published: Published | None) -> list[Finding]:
    """Published blocks that are gone from the end of the chain."""
    places = sorted(place for name, place in published or () if name == stream.name and place >= from_place)
    return [
        Finding(kind=FindingKind.NOT_AS_PUBLISHED, stream=stream.name, place=place)
        for place in places
        if place > last_place
    ]


def _check_rows(
    stream: Stream, block: Block, after_id: int | None, progress: Callable[[int], None]
) -> tuple[list[Finding], int]:
    secret = _open_known_secret(block)
    if secret is None:
        return [Finding(kind=FindingKind.SECRET_LOST, stream=stream.name, place=block.place)], 0
    nodes, count, hidden_count = [], 0, len(stream.hidden)
    for lines in in_parts(read_rows(stream, after_id=after_id, until_id=block.last_id)):
        nodes.append(fold(leaf_hashes(lines, hidden_count, secret, count)))
        count += len(lines)
        progress(len(lines))
    if count == block.row_count and fold(nodes) == bytes(block.root):
        return [], count
    named = _name_rows(stream, block, after_id, secret)
    findings = [
        Finding(kind=kind, stream=stream.name, place=block.place, row_ids=tuple(ids)) for kind, ids in named.items()
    ]
    return findings or [Finding(kind=FindingKind.ROWS_DIFFER, stream=stream.name, place=block.place)], count


def _open_known_secret(block: Block) -> bytes | None:
    try:
        secret = open_secret(block)
    except (KeyMissing, SealBroken):
        return None
    return secret if secret is not None and secret_digest(secret) == bytes(block.secret_digest) else None


def _name_rows(stream: Stream, block: Block, after_id: int | None, secret: bytes) -> dict[FindingKind, list[int]]:
    """The rows that changed, by what was kept of them, a part at a time; nothing where that was changed too."""
    changes = Changes()
    numbers = list(BlockPart.objects.filter(block=block).order_by("number").values_list("number", flat=True))
    for number in numbers:
        part = BlockPart.objects.get(block=block, number=number)
        until_id = block.last_id if number == numbers[-1] else part.last_id
        ids: list[int] = []
        marks: list[bytes] = []
        for lines in in_parts(read_rows(stream, after_id=after_id, until_id=until_id)):
            ids += [row_id(line) for line in lines]
            marks.append(row_marks(lines, secret))
        try:
            changes.add(marked_rows(part), MarkedRows(ids, b"".join(marks)))
        except (zlib.error, ValueError):
            return {}
        after_id = until_id
    return changes.told()


def _count_open(stream: Stream, after_id: int | None) -> int:
    question = sql.SQL(_OPEN_COUNT).format(sql.Identifier(stream.table), sql.Literal(after_id or 0))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])
