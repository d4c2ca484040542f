"""Writing the access log, in the transaction of what it tells of: either both are kept or neither."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries.alone import write_list
from sakha.access.rules import AccessAction, Actor

_INSERT_ONE: Final = (
    "INSERT INTO access_entry"
    " (at, action, user_id, organisation_id, province, county, purpose, person_count, household_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_INSERT_MANY: Final = (
    "INSERT INTO access_entry"
    " (at, action, user_id, organisation_id, province, county, purpose, person_count, household_id)"
    " SELECT %s, %s, %s, %s, %s, %s, %s, 1, one.household_id FROM unnest(%s::bigint[]) AS one(household_id)"
)


def record_access(
    *,
    actor: Actor,
    at: datetime,
    action: AccessAction,
    household_id: int | None,
    purpose: str,
    person_count: int = 1,
) -> None:
    """Write one entry. Call it inside `acting(actor)`: the database refuses an entry in another's name."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ONE, [*_who(actor, at, action, purpose), person_count, household_id])


def record_access_many(
    *, actor: Actor, at: datetime, action: AccessAction, household_ids: Sequence[int], purpose: str
) -> None:
    """Write an entry for each household, in one statement."""
    if not household_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_MANY, [*_who(actor, at, action, purpose), write_list(household_ids)])


def _who(actor: Actor, at: datetime, action: AccessAction, purpose: str) -> list[datetime | str | int | None]:
    return [at, action.value, actor.user_id, actor.organisation_id, actor.province, actor.county, purpose]
