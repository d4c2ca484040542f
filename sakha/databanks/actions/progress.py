"""Taking questions back that nobody needs any more, and noting which answers the register has taken over."""

from collections.abc import Collection, Sequence
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission

_CANCEL: Final = """
    UPDATE databanks_question SET state = 'CANCELLED'
     WHERE state = 'WAITING' AND (%(all)s OR bank = ANY(%(banks)s))
       AND (%(households)s::bigint[] IS NULL OR household_id = ANY(%(households)s::bigint[]))
"""
_APPLIED: Final = """
    UPDATE databanks_question SET is_applied = true WHERE household_id = ANY(%s) AND NOT is_applied
"""
_CASES_APPLIED: Final = """
    UPDATE databanks_case SET is_applied = true WHERE household_id = ANY(%s) AND NOT is_applied
"""


def cancel_questions(*, actor: Actor, banks: Collection[str] = (), household_ids: Sequence[int] | None = None) -> int:
    """Take back what waits: of these banks, or of all. What is being asked goes on. Tells how many.

    Raises: PermissionMissing.
    """
    actor.require(Permission.INVITE)
    households = None if household_ids is None else list(household_ids)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CANCEL, {"all": not banks, "banks": list(banks), "households": households})
        return int(cursor.rowcount)


def mark_applied(*, household_ids: Sequence[int]) -> None:
    """The register takes over the answers and ended cases about these households, in the caller's transaction."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_APPLIED, [list(household_ids)])
        cursor.execute(_CASES_APPLIED, [list(household_ids)])
