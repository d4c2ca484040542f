"""Admitting users and closing them; passwords are hashed by Django's hashers as the settings name them."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from sakha.access.models import Organisation, User
from sakha.access.rules import Actor, NewUser, OrganisationKind, Permission, PermissionMissing, Role, Scope
from sakha.access.rules.attempts import SignInRefused
from sakha.access.rules.users import clean_username, require_password, require_place, require_username
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal


class UsernameTaken(Refusal):
    """Somebody has this username already."""

    code: ClassVar[str] = "USERNAME_TAKEN"
    sentence: ClassVar[str] = "این نام کاربری پیش‌تر گرفته شده است."


class UserUnknown(Refusal):
    """No user has this id, or the actor may not see it."""

    code: ClassVar[str] = "USER_UNKNOWN"
    sentence: ClassVar[str] = "این کاربر پیدا نشد."


def create_user(*, actor: Actor, at: datetime, user: NewUser) -> int:
    """Admit one user and return the id."""
    return create_users(actor=actor, at=at, users=[user])[0]


def create_users(*, actor: Actor, at: datetime, users: Sequence[NewUser]) -> list[int]:
    """Admit many, all or none; their ids come back in the order given. Hashing a password takes its time by design."""
    actor.require(Permission.ADMIT_USER)
    wanted = {user.organisation_id for user in users if user.organisation_id is not None}
    organisations = {row.id: row for row in Organisation.objects.filter(id__in=wanted)}
    rows = [_row(user, organisations.get(user.organisation_id or 0), actor, at) for user in users]
    try:
        with transaction.atomic():
            return [row.pk for row in User.objects.bulk_create(rows)]
    except IntegrityError as error:
        raise UsernameTaken(field="username") from error


def close_user(*, actor: Actor, user_id: int) -> None:
    """Let a user sign in no more; what the user did stays in the log."""
    actor.require(Permission.ADMIT_USER)
    if not User.objects.filter(id=user_id).update(is_active=False):
        raise UserUnknown(field="user_id")


def change_password(*, actor: Actor, old: str, new: str) -> None:
    """Change one's own password; all other sessions of the user end with it."""
    require_password(new)
    user = User.objects.filter(id=actor.user_id).first() if actor.user_id else None
    if user is None or not check_password(old, user.password):
        raise SignInRefused(field="old")
    user.password = make_password(new)
    user.save(update_fields=["password"])


def _row(new: NewUser, organisation: Organisation | None, actor: Actor, at: datetime) -> User:
    username = clean_username(new.username)
    require_username(username)
    if new.password is not None:
        require_password(new.password)
    require_place(new, None if organisation is None else OrganisationKind(organisation.kind))
    if actor.scope is Scope.ORGANISATION and (
        new.organisation_id != actor.organisation_id or new.role not in {Role.CHARITY_STAFF, Role.CHARITY_HEAD}
    ):
        raise PermissionMissing(field="role")
    return User(
        username=username,
        password=make_password(new.password),
        role=new.role.value,
        organisation=organisation,
        # The staff's area is the organisation's; an office has its own.
        province=new.province or (organisation.province if organisation else ""),
        county=new.county or (organisation.county if organisation else ""),
        display_name=clean_text(new.display_name),
        created_at=at,
    )
