"""The demonstration loads the charities' files through the same intake as the site, one file after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sakha.access.rules import PermissionMissing
from sakha.entrypoints.commands.demo_bodies import Body
from sakha.registry.actions import check_file, load_file, receive_file, set_mapping
from sakha.registry.queries import IntakeFileCard, intake_columns
from sakha.registry.rules.states import IntakeState
from sakha.vocabulary.refusal import Refusal


@dataclass(frozen=True, slots=True)
class FileLoaded:
    """What became of one charity's file; `refused` holds a refusal's code, or nothing."""

    charity: str
    row_count: int = 0
    record_count: int = 0
    problem_count: int = 0
    person_count: int = 0
    refused: str = ""


def load_charity_file(*, body: Body, pilot: Path, at: datetime, progress: Callable[[int], None]) -> FileLoaded:
    """Take one file in as its charity would: receive, accept the proposed columns, check, load the good rows.

    Repeating it finds the file loaded. A refusal is what the charity would read on the site; it stops this file alone.
    """
    path = pilot / body.file
    try:
        card = receive_file(actor=body.staff, at=at, name=path.name, content=path.read_bytes())
        if card.state is not IntakeState.LOADED:
            card = _carry_through(body, card, at, progress)
    except PermissionMissing as refusal:
        return FileLoaded(body.code, refused=refusal.message)
    except Refusal as refusal:
        return FileLoaded(body.code, refused=f"{refusal.code}: {refusal.message}")
    progress(card.row_count)
    return FileLoaded(body.code, card.row_count, card.record_count, card.problem_count, card.person_count)


def _carry_through(body: Body, card: IntakeFileCard, at: datetime, progress: Callable[[int], None]) -> IntakeFileCard:
    if card.state is IntakeState.UPLOADED:
        columns = intake_columns(actor=body.staff, file_id=card.id, sample_count=0)
        fields = {column.place: column.field for column in columns if column.field}
        card = set_mapping(actor=body.staff, at=at, file_id=card.id, fields=fields)
    if card.state in {IntakeState.MAPPED, IntakeState.CHECKING}:
        card = check_file(
            actor=body.staff, at=at, file_id=card.id, progress=lambda checked: progress(checked.checked_count)
        )
    return load_file(actor=body.staff, at=at, file_id=card.id)
