"""Telling the database for whom the transaction works, and stopping when the transaction ends.

Decides when the scope begins and ends; what it opens is decided by the policies of each room.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.db import connection, transaction

from sakha.access.rules.actor import NOBODY, Actor
from sakha.access.rules.roles import Scope

_TELL: Final = (
    "SELECT set_config('sakha.scope', %s, true), set_config('sakha.organisation_id', %s, true),"
    " set_config('sakha.user_id', %s, true), set_config('sakha.province', %s, true),"
    " set_config('sakha.county', %s, true)"
)
# Counts in the scope of a household alone; in any other it is not looked at.
_TELL_HOUSEHOLD: Final = "SELECT set_config('sakha.household_id', %s, true)"
_at_work: ContextVar[Actor] = ContextVar("sakha_actor_at_work", default=NOBODY)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Do the block's database work as this actor, in one transaction.

    The outermost block ends with its transaction, and the settings with it, whichever way it ends. An inner block is a
    savepoint: rolled back, the database restores the outer actor by itself; else it is told again here.
    """
    is_inner = connection.in_atomic_block
    outer = _at_work.get() if is_inner else NOBODY
    mark = _at_work.set(actor)
    try:
        with transaction.atomic():
            _tell(actor)
            yield actor
            if is_inner and not connection.needs_rollback:
                _tell(outer)
    finally:
        _at_work.reset(mark)


def _tell(actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            (
                actor.scope.value,
                "" if actor.organisation_id is None else str(actor.organisation_id),
                "" if actor.user_id is None else str(actor.user_id),
                actor.province,
                actor.county,
            ),
        )
        if actor.scope is Scope.HOUSEHOLD:
            cursor.execute(_TELL_HOUSEHOLD, ("" if actor.household_id is None else str(actor.household_id),))
