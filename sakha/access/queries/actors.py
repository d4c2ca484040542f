"""From a user to the actor who works: role, scope, area, and what the organisation's standing takes away today.

Asked at every request, so in one plain statement; it reads under a scope of its own and needs none around it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from sakha.access.queries.scope import acting
from sakha.access.rules import SIGN_IN, Actor, Role, organisation_standing, scope_of
from sakha.access.rules.organisations import WITHHELD_PERMISSIONS, WITHHELD_SENTENCES, Standing

_SELECT: Final = (
    "SELECT one.id, one.password, one.role, one.province, one.county, one.display_name, one.organisation_id,"
    " body.name, body.approved_at, body.suspended_at, body.licence_valid_until"
    " FROM access_user AS one LEFT JOIN access_organisation AS body ON body.id = one.organisation_id"
    " WHERE one.is_active AND "
)
_BY_ID: Final = f"{_SELECT} one.id = %s"
_BY_NAME: Final = f"{_SELECT} one.username = %s"


@dataclass(frozen=True, slots=True)
class KnownUser:
    """An active user with the organisation, as the room itself needs them. It never leaves the room."""

    id: int
    password: str = field(repr=False)
    role: str
    province: str
    county: str
    display_name: str
    organisation_id: int | None
    organisation_name: str | None
    approved_at: datetime | None
    suspended_at: datetime | None
    licence_valid_until: date | None


def find_actor(user_id: int, *, at: datetime) -> Actor | None:
    """The actor of an active user, or None."""
    user = _find_by_id(user_id)
    return None if user is None else actor_of(user, at=at)


def session_stamp(user_id: int) -> str:
    """What a session keeps beside the user's id; it changes with the password, and so ends all other sessions."""
    user = _find_by_id(user_id)
    return "" if user is None else _stamp(user)


def find_signed_in(*, user_id: int, stamp: str, at: datetime) -> Actor | None:
    """The actor of a session, or None when the user was closed or the password changed since."""
    user = _find_by_id(user_id)
    if user is None or not constant_time_compare(stamp, _stamp(user)):
        return None
    return actor_of(user, at=at)


def find_user_by_name(username: str) -> KnownUser | None:
    """The active user of this name (for the room's own use)."""
    return _find(_BY_NAME, username)


def actor_of(user: KnownUser, *, at: datetime) -> Actor:
    """The actor that this user is at this moment (for the room's own use)."""
    standing = Standing.GOOD
    if user.organisation_id is not None:
        standing = organisation_standing(
            approved_at=user.approved_at,
            suspended_at=user.suspended_at,
            licence_valid_until=user.licence_valid_until,
            on=timezone.localdate(at),
        )
    role = Role(user.role)
    return Actor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        role=role,
        scope=scope_of(role),
        province=user.province,
        county=user.county,
        display_name=user.display_name,
        organisation_name=user.organisation_name or "",
        withheld=frozenset() if standing is Standing.GOOD else WITHHELD_PERMISSIONS,
        withheld_because=WITHHELD_SENTENCES[standing],
    )


def _find_by_id(user_id: int) -> KnownUser | None:
    return _find(_BY_ID, user_id)


def _find(statement: str, value: int | str) -> KnownUser | None:
    with acting(SIGN_IN), connection.cursor() as cursor:
        cursor.execute(statement, [value])
        row = cursor.fetchone()
    return None if row is None else KnownUser(*row)


def _stamp(user: KnownUser) -> str:
    return salted_hmac("sakha.access.session", user.password, algorithm="sha256").hexdigest()
