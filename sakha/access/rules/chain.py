"""The audit chain: how a row of a log becomes a leaf, leaves a root, and roots a chain that can't be rewritten unseen.

Decides the bytes that are hashed (docs/proof.md says the same in words); which logs there are is left to their rooms.
The tree is that of RFC 6962, section 2.1: domain bytes part leaves from nodes, a node without a sibling is promoted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PART_SIZE: Final = 1024  # leaves whose node is kept, so that a proof reads so many rows and not a whole block
PART_COUNT_MAX: Final = 1024
BLOCK_ROWS_MAX: Final = PART_SIZE * PART_COUNT_MAX
SECRET_LENGTH: Final = 32
DIGEST_LENGTH: Final = 32
NONCE_LENGTH: Final = 16
MARK_LENGTH: Final = 8
NO_BLOCK: Final = bytes(DIGEST_LENGTH)  # what stands before the first block

_LEAF, _NODE, _BLOCK, _HIDDEN, _SECRET = b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"
_PAIR: Final = 2 * NONCE_LENGTH
_AES_BLOCK: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """An append-only log that is chained, as its room declares it; the name ends in the version of its columns.

    A proof shows `id` and the `shown` columns; of the `hidden` ones it carries a digest only. The columns are never
    changed: a log with other columns is another version of the stream.
    """

    name: str
    table: str
    shown: tuple[str, ...]
    hidden: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order in which they are hashed."""
        return ("id", *self.shown, *self.hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockHeader:
    """A closed range of a log: what is published of it, and what the next block carries on."""

    stream: str
    place: int
    first_id: int
    last_id: int
    row_count: int
    root: bytes
    secret_digest: bytes
    previous: bytes
    closed_at: datetime

    @property
    def digest(self) -> bytes:
        """The hash of the block: of all its parts and the hash of the block before."""
        told = (
            self.previous.hex(),
            self.stream,
            str(self.place),
            str(self.first_id),
            str(self.last_id),
            str(self.row_count),
            self.root.hex(),
            self.secret_digest.hex(),
            show_moment(self.closed_at),
        )
        return sha256(_BLOCK + "\n".join(told).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Up to `PART_SIZE` rows of a block: their node in the tree, and by what a changed row is named later."""

    ids: tuple[int, ...]
    node: bytes
    marks: bytes


def show_moment(at: datetime) -> str:
    """A moment as it is hashed and published."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def secret_digest(secret: bytes) -> bytes:
    """By what a block's secret is known without being told."""
    return sha256(_SECRET + secret).digest()


def row_nonces(secret: bytes, first_index: int, count: int) -> bytes:
    """Two nonces for each row from its place in the block on: AES-256 in counter mode under the block's secret.

    Rows have little entropy: without a nonce the neighbours in a proof's path could be found by guessing.
    """
    counter = (first_index * _PAIR // _AES_BLOCK).to_bytes(_AES_BLOCK, "big")
    return Cipher(algorithms.AES256(secret), modes.CTR(counter)).encryptor().update(bytes(count * _PAIR))


def split_row(line: bytes, hidden_count: int) -> tuple[bytes, bytes]:
    """The shown and the hidden part of a row as COPY writes it: columns by tabs, no tab inside a value."""
    shown = line.rsplit(b"\t", hidden_count)[0]
    return shown, line[len(shown) + 1 :]


def hidden_digest(nonce: bytes, hidden: bytes) -> bytes:
    """What a proof carries in place of the hidden columns."""
    return sha256(_HIDDEN + nonce + hidden).digest()


def leaf_hash(nonce: bytes, hidden: bytes, shown: bytes) -> bytes:
    """The leaf of a row; `hidden` is the digest of its hidden columns."""
    return sha256(_LEAF + nonce + hidden + shown).digest()


def leaf_hashes(lines: Sequence[bytes], hidden_count: int, secret: bytes, first_index: int) -> list[bytes]:
    """The leaves of consecutive rows. Written out in one loop: this is where verifying spends its time."""
    nonces = row_nonces(secret, first_index, len(lines))
    leaves: list[bytes] = []
    add, at = leaves.append, 0
    for line in lines:
        shown = line.rsplit(b"\t", hidden_count)[0]
        middle, end = at + NONCE_LENGTH, at + _PAIR
        hidden = sha256(_HIDDEN + nonces[middle:end] + line[len(shown) + 1 :]).digest()
        add(sha256(_LEAF + nonces[at:middle] + hidden + shown).digest())
        at = end
    return leaves


def fold(nodes: Sequence[bytes]) -> bytes:
    """The root over these nodes; of one node itself, of none the hash of nothing."""
    if not nodes:
        return sha256(b"").digest()
    level = list(nodes)
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def path_of(nodes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings that lead from one of these nodes to their root, the nearest first."""
    path: list[bytes] = []
    level = list(nodes)
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        level, index = _next_level(level), index // 2
    return path


def follow_path(leaf: bytes, *, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads from the leaf of this place; None where the path has not its length."""
    if not 0 <= index < count:
        return None
    node, siblings = leaf, iter(path)
    while count > 1:
        if index ^ 1 < count:
            sibling = next(siblings, None)
            if sibling is None:
                return None
            node = sha256(_NODE + (sibling + node if index & 1 else node + sibling)).digest()
        index, count = index // 2, (count + 1) // 2
    return node if next(siblings, None) is None else None


def row_marks(lines: Iterable[bytes], secret: bytes) -> bytes:
    """Eight bytes for each row's content without its id, by which altered and reordered rows are told apart."""
    return b"".join(blake2b(line[line.index(b"\t") :], digest_size=MARK_LENGTH, key=secret).digest() for line in lines)


def row_id(line: bytes) -> int:
    """The id of a row, which stands first."""
    return int(line[: line.index(b"\t")])


def make_part(lines: Sequence[bytes], hidden_count: int, secret: bytes, first_index: int) -> Part:
    """A part of a block being closed."""
    return Part(
        ids=tuple(row_id(line) for line in lines),
        node=fold(leaf_hashes(lines, hidden_count, secret, first_index)),
        marks=row_marks(lines, secret),
    )


def _next_level(level: list[bytes]) -> list[bytes]:
    above = [sha256(_NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above
