"""From a user to the actor who works: role, scope, area, and what the organisation's standing takes away today."""

from datetime import datetime

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from sakha.access.models import User
from sakha.access.queries.scope import acting
from sakha.access.rules import SIGN_IN, Actor, Role, organisation_standing, scope_of
from sakha.access.rules.organisations import WITHHELD_PERMISSIONS, WITHHELD_SENTENCES, Standing


def find_actor(user_id: int, *, at: datetime) -> Actor | None:
    """The actor of an active user, or None. Reads under a scope of its own, so it needs none."""
    user = _find_user(user_id)
    return None if user is None else actor_of(user, at=at)


def session_stamp(user_id: int) -> str:
    """What a session keeps beside the user's id; it changes with the password, and so ends all other sessions."""
    user = _find_user(user_id)
    return "" if user is None else _stamp(user)


def find_signed_in(*, user_id: int, stamp: str, at: datetime) -> Actor | None:
    """The actor of a session, or None when the user was closed or the password changed since."""
    user = _find_user(user_id)
    if user is None or not constant_time_compare(stamp, _stamp(user)):
        return None
    return actor_of(user, at=at)


def actor_of(user: User, *, at: datetime) -> Actor:
    """The actor that this user is at this moment (for the room's own use)."""
    organisation = user.organisation
    standing = Standing.GOOD
    if organisation is not None:
        standing = organisation_standing(
            approved_at=organisation.approved_at,
            suspended_at=organisation.suspended_at,
            licence_valid_until=organisation.licence_valid_until,
            on=timezone.localdate(at),
        )
    role = Role(user.role)
    return Actor(
        user_id=user.pk,
        organisation_id=user.organisation_id,
        role=role,
        scope=scope_of(role),
        province=user.province,
        county=user.county,
        display_name=user.display_name,
        organisation_name="" if organisation is None else organisation.name,
        withheld=frozenset() if standing is Standing.GOOD else WITHHELD_PERMISSIONS,
        withheld_because=WITHHELD_SENTENCES[standing],
    )


def _find_user(user_id: int) -> User | None:
    with acting(SIGN_IN):
        return User.objects.select_related("organisation").filter(id=user_id, is_active=True).first()


def _stamp(user: User) -> str:
    return salted_hmac("sakha.access.session", user.password, algorithm="sha256").hexdigest()
