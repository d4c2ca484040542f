"""The standing search: again when the extract is newer or a month has passed, and daily where coverage has ended."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection
from django.utils import timezone

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.coordination.actions.searching import find_uncovered_everywhere

SEARCH_EVERY: Final = timedelta(days=30)

_NEWEST: Final = "SELECT stamp, deciles_max, searched_at FROM coordination_search ORDER BY searched_at DESC, id LIMIT 1"
_KEEP: Final = """
    INSERT INTO coordination_search (province, stamp, deciles_max, found_count, added_count, left_count, searched_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_IS_ACTIVE: Final = "covered.from_on <= %(on)s AND (covered.to_on IS NULL OR covered.to_on > %(on)s)"
_MEANT: Final = """(covered.subject_index = kept.subject_index OR covered.household_id = kept.household_id
                    OR covered.person_id IN (SELECT one.person_id FROM registry_membership AS one
                                              WHERE one.household_id = kept.household_id AND one.to_on IS NULL))"""
# Whoever was covered and is no longer, as far as we know without the extract, which then looks at the whole household.
_REOPEN: Final = f"""
    UPDATE coordination_candidate AS kept SET state = 'OPEN', left_at = NULL
     WHERE kept.state = 'COVERED'
       AND EXISTS (SELECT FROM coordination_coverage AS covered WHERE {_MEANT} AND covered.to_on <= %(on)s)
       AND NOT EXISTS (SELECT FROM coordination_coverage AS covered WHERE {_MEANT} AND {_IS_ACTIVE})
       AND NOT EXISTS (SELECT FROM registry_household AS home WHERE home.id = kept.household_id AND home.is_protected)
"""  # noqa: S608 -- constants


def search_again(*, actor: Actor, at: datetime, extract: Path, deciles_max: int) -> int | None:
    """Search every province where the extract is newer than the last search, or that is a month ago.

    Tells how many candidates were added, None where nothing was due.

    Raises: what `find_uncovered_everywhere` raises.
    """
    actor.require(Permission.INVITE)
    stamp = _stamp(extract)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        newest = cursor.fetchone()
    if newest is not None and newest[:2] == (stamp, deciles_max) and at - newest[2] < SEARCH_EVERY:
        return None
    found = find_uncovered_everywhere(
        actor=SYSTEM, at=at, extract=extract, deciles_max=deciles_max, progress=lambda _done, _all: None
    )
    with acting(SYSTEM), connection.cursor() as cursor:
        for province, one in found.items():
            counts = (one.found_count, one.added_count, one.left_count)
            cursor.execute(_KEEP, [province, stamp, deciles_max, *counts, at])
    return sum(one.added_count for one in found.values())


def reopen_uncovered(*, actor: Actor, at: datetime) -> int:
    """Bring back into view those whose coverage has ended; tells how many."""
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_REOPEN, {"on": timezone.localdate(at)})
        return int(cursor.rowcount)


def _stamp(extract: Path) -> str:
    """What changes when the extract does, without reading it: newest change, number and size of its files."""
    files = sorted(extract.glob("**/*.parquet")) if extract.is_dir() else [extract]
    told = [one.stat() for one in files]
    return f"{max((one.st_mtime_ns for one in told), default=0)}:{len(told)}:{sum(one.st_size for one in told)}"
