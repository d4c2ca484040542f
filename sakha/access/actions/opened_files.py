"""Opening a household's file to an organisation that keeps no record of it, and closing it again.

Why it is opened is decided by the room that asks; the policies then show the file as they show one's own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM

_OPEN: Final = """
    INSERT INTO access_opened_file (organisation_id, household_id, opened_at)
    SELECT organisation, household, %s FROM unnest(%s::int[], %s::bigint[]) AS one(organisation, household)
    ON CONFLICT DO NOTHING
"""
_CLOSE: Final = """
    UPDATE access_opened_file AS kept SET closed_at = greatest(%s, kept.opened_at)
      FROM unnest(%s::int[], %s::bigint[]) AS one(organisation, household)
     WHERE kept.organisation_id = one.organisation AND kept.household_id = one.household AND kept.closed_at IS NULL
"""


def open_files(*, at: datetime, files: Sequence[tuple[int, int]]) -> None:
    """Open these files, each told as (organisation, household); what is open stays open."""
    _change(_OPEN, at, files)


def close_files(*, at: datetime, files: Sequence[tuple[int, int]]) -> None:
    """Close these files, each told as (organisation, household)."""
    _change(_CLOSE, at, files)


def _change(statement: str, at: datetime, files: Sequence[tuple[int, int]]) -> None:
    if files:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(statement, [at, [one[0] for one in files], [one[1] for one in files]])
