"""Saying of whom a database is: once, for ever."""

from __future__ import annotations

from datetime import datetime

from sakha.access.models import House
from sakha.access.queries.houses import HouseMixed, find_people
from sakha.access.queries.keys import key_ring
from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.access.rules.key_ring import People

_ONLY = 1


def say_house(*, actor: Actor, at: datetime, people: People) -> bool:
    """Say of whom this database is, with keys of the same; False where it was said before.

    Raises: PermissionMissing, HouseMixed (said otherwise before, or the keys are of others or of nobody said).
    """
    actor.require_scope(Scope.SYSTEM)
    keys, said = key_ring().people, find_people()
    if keys is not people or said not in {None, people}:
        raise HouseMixed(database=said or "?", keys=keys or "?", program=people)
    with acting(SYSTEM):
        _, is_new = House.objects.get_or_create(id=_ONLY, defaults={"people": people.value, "said_at": at})
    return is_new
