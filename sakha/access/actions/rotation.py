"""Renewing the keys: every room seals anew, batch by batch, what older keys have sealed.

Decides the order and when it is finished; each room's `actions.reseal_batch` knows its own columns. Stopped anywhere,
it goes on where it was: a batch is a transaction, and what is renewed is not asked for again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from sakha.access.queries.keys import key_ring
from sakha.access.rules import Actor, PermissionMissing
from sakha.access.rules.sealing import KeyRing

_log = structlog.get_logger()


class ResealBatch(Protocol):
    """A room's renewal: seal and index anew up to `limit` rows and return how many; 0 when nothing is left."""

    def __call__(self, *, actor: Actor, ring: KeyRing, limit: int) -> int:
        """Renew one batch in one transaction."""


@dataclass(frozen=True, slots=True)
class RotationStep:
    """What the progress bar is told after each batch."""

    room: str
    renewed_count: int


def rotate_keys(
    *,
    actor: Actor,
    at: datetime,
    rooms: Mapping[str, ResealBatch],
    batch_size: int,
    progress: Callable[[RotationStep], None],
) -> dict[str, int]:
    """Renew everything that these rooms have sealed; returns the rows renewed by room."""
    if not actor.is_system:
        raise PermissionMissing
    ring = key_ring()
    renewed = dict.fromkeys(rooms, 0)
    for room, reseal_batch in rooms.items():
        for count in _batches(reseal_batch, actor, ring, batch_size):
            renewed[room] += count
            progress(RotationStep(room, renewed[room]))
    _log.info("keys_rotated", asked_at=at.isoformat(), seal_key_id=ring.seal_key_id, renewed_counts=renewed)
    return renewed


def _batches(reseal_batch: ResealBatch, actor: Actor, ring: KeyRing, batch_size: int) -> Iterator[int]:
    while count := reseal_batch(actor=actor, ring=ring, limit=batch_size):
        yield count
