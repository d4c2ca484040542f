"""The inbox of life events, for the room that applies them; and what became of those about a household."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_sealed
from sakha.databanks.banks.catalogue import banks
from sakha.databanks.rules.bank import LifeEventKind
from sakha.databanks.rules.events import ToldEvent, event_from_text
from sakha.databanks.rules.states import EventState

_LOCKED: Final = """
    SELECT id, event_name, kind, happened_on, told_sealed FROM databanks_life_event
     WHERE id = %s AND state = 'RECEIVED' FOR UPDATE SKIP LOCKED
"""
_INBOX: Final = "SELECT id FROM databanks_life_event WHERE state = 'RECEIVED' ORDER BY received_at, id LIMIT %s"
_OF_HOUSEHOLD: Final = """
    SELECT bank, kind, happened_on, received_at, state, outcome FROM databanks_life_event
     WHERE household_id = %s ORDER BY received_at DESC, id DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeEventLine:
    """What was told of a household, and what came of it."""

    bank_label: str
    kind: LifeEventKind
    happened_on: date
    received_at: datetime
    state: EventState
    outcome: str


def received_event_ids(*, limit: int) -> list[int]:
    """Events that wait to be applied, the oldest first."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_INBOX, [limit])
        return [row[0] for row in cursor.fetchall()]


def find_received_event(event_id: int) -> ToldEvent | None:
    """An event that waits, locked until the caller's transaction ends; None where another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED, [event_id])
        row = cursor.fetchone()
    return None if row is None else _event(row)


def events_of_household(*, household_id: int) -> tuple[LifeEventLine, ...]:
    """The events about a household, newest first. Whoever calls has checked that the asker may see it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OF_HOUSEHOLD, [household_id])
        rows = cursor.fetchall()
    labels = {name: bank.label for name, bank in banks().items()}
    return tuple(
        LifeEventLine(
            bank_label=labels.get(row[0], row[0]),
            kind=LifeEventKind(row[1]),
            happened_on=row[2],
            received_at=row[3],
            state=EventState(row[4]),
            outcome=row[5],
        )
        for row in rows
    )


def _event(row: Any) -> ToldEvent:
    text = open_sealed(key_ring(), bytes(row[4]))
    return event_from_text(text, name=row[1], kind=LifeEventKind(row[2]), happened_on=row[3])
