"""`sakha rotate-keys`: every room seals and indexes anew, in batches, what older keys have written.

Decides which rooms are asked; what each renews is its own. Stopped anywhere, the next run goes on there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from sakha.access import actions as access_actions
from sakha.access.actions.closing_blocks import reseal_batch as reseal_access
from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import drop_keys
from sakha.coordination import actions as coordination_actions
from sakha.databanks import actions as databanks_actions
from sakha.entrypoints.commands.key_file import change_keys, find_key_file
from sakha.exchange.actions.resealing import reseal_batch as reseal_exchange
from sakha.giving.actions.donors import reseal_batch as reseal_giving
from sakha.registry.actions.resealing import reseal_batch as reseal_registry
from sakha.scoring.actions.resealing import reseal_batch as reseal_scoring

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from sakha.access.actions import ResealBatch, RotationStep

BATCH_SIZE: Final = 2000

# The registry first: what others have copied from it is copied again, instead of being opened again.
ROOMS: Final[dict[str, ResealBatch]] = {
    "registry": reseal_registry,
    "databanks": databanks_actions.reseal_batch,
    "scoring": reseal_scoring,
    "coordination": coordination_actions.reseal_batch,
    "exchange": reseal_exchange,
    "giving": reseal_giving,
    "access": reseal_access,
}


def rotate_keys(
    *, actor: Actor, at: datetime, batch_size: int, progress: Callable[[RotationStep], None]
) -> dict[str, int]:
    """Renew everything sealed in any room; returns the rows renewed by room."""
    return access_actions.rotate_keys(actor=actor, at=at, rooms=ROOMS, batch_size=batch_size, progress=progress)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the size of a batch, and whether the old keys may go."""
    parser.add_argument("--batch-size", type=int, default=BATCH_SIZE, help=f"rows a transaction (default {BATCH_SIZE})")
    parser.add_argument(
        "--drop-old", action="store_true", help="drop the old keys, when this run finds nothing left to renew"
    )


def run(arguments: argparse.Namespace) -> int:
    """Rotate with a line of progress for each room.

    Raises:
        Refusal: a key is missing, or the old keys should go and can't be taken out of the environment.
    """
    ring, file = key_ring(), find_key_file() if arguments.drop_old else None
    renewed = _rotate_shown(arguments.batch_size)
    lines = [f"{room}: {count} rows renewed" for room, count in renewed.items()]
    if file is not None and any(renewed.values()):
        lines.append("The old keys stay: run this again tomorrow, when nothing is left to renew")
    elif file is not None:
        change_keys(file, partial(drop_keys, seal_below=ring.seal_key_id, index_below=ring.index_key_id))
        lines.append(f"{file}: the old keys are dropped. Backups made before today still need them")
    print("\n".join(lines))  # noqa: T201 - the command line's answer
    return 0


def _rotate_shown(batch_size: int) -> dict[str, int]:
    columns = TextColumn("{task.description}"), TextColumn("{task.completed:.0f} rows"), TimeElapsedColumn()
    with Progress(*columns) as shown:
        lines = {room: shown.add_task(room, total=None) for room in ROOMS}

        def step(one: RotationStep) -> None:
            shown.update(lines[one.room], completed=one.renewed_count)

        return rotate_keys(actor=SYSTEM, at=timezone.now(), batch_size=batch_size, progress=step)
