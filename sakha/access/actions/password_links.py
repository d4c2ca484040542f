"""A one-time link to a new password, given by an administrator of one's own body or by a wider office; kept nowhere.

The link carries its end and a mark made with the present password's hash: used once, or the password changed
otherwise, it opens nothing. Whoever gives it learns no password, but could use it first: so who gave it is logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

import structlog
from django.contrib.auth.hashers import is_password_usable, make_password
from django.utils.crypto import constant_time_compare, salted_hmac

from sakha.access.actions.log import record_access
from sakha.access.models import User
from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Role, Scope, scope_of
from sakha.access.rules.users import require_password
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()
LINK_LIVES: Final = timedelta(hours=24)
# The first link of an account that nobody has used yet: a letter with it takes its days.
FIRST_LINK_LIVES: Final = timedelta(days=14)
_MARK_LENGTH: Final = 40  # of hexadecimal digits: 160 bits
_REACH: Final = (Scope.ORGANISATION, Scope.COUNTY, Scope.PROVINCE, Scope.NATION)


class PasswordLinkClosed(Refusal):
    """Unknown, used, too old, or the user is closed: one answer for all."""

    code: ClassVar[str] = "PASSWORD_LINK_CLOSED"
    sentence: ClassVar[str] = "این پیوند دیگر باز نیست. از مدیر خود پیوند تازه‌ای بخواهید."


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLine:
    """A user for whom the actor may give a link."""

    id: int
    username: str
    display_name: str
    role: Role
    organisation_name: str


def users_to_help(*, actor: Actor, text: str = "", limit: int = 30) -> tuple[UserLine, ...]:
    """The active users for whom the actor may give a link, by name; `text` is the beginning of a username."""
    actor.require(Permission.READ_ACCESS_LOG)
    roles = [role.value for role in Role if _may_help(actor, role)]
    with acting(actor):
        rows = (
            User.objects.select_related("organisation")
            .filter(is_active=True, role__in=roles, username__startswith=text.strip().lower())
            .exclude(id=actor.user_id or 0)
            .order_by("username")[:limit]
        )
        return tuple(
            UserLine(
                id=row.pk,
                username=row.username,
                display_name=row.display_name,
                role=Role(row.role),
                organisation_name=row.organisation.name if row.organisation else "",
            )
            for row in rows
        )


def give_password_link(*, actor: Actor, at: datetime, user_id: int) -> str:
    """Make the link's letters for a user of one's own body, or of a narrower reach that one oversees.

    Raises: PermissionMissing, PasswordLinkClosed (no such user, or none that the actor may help).
    """
    actor.require(Permission.READ_ACCESS_LOG)
    with acting(actor):
        user = User.objects.filter(id=user_id, is_active=True).exclude(id=actor.user_id or 0).first()
        if user is None or not _may_help(actor, Role(user.role)):
            raise PasswordLinkClosed(field="user_id")
        purpose = f"پیوند گذرواژه برای کاربر {user.pk}"
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=None, purpose=purpose)
    _log.info("password_link_given", user_id=user.pk, by=actor.user_id)
    until = int((at + LINK_LIVES).timestamp())
    return f"{user.pk:x}-{until:x}-{_mark(user, until)}"


def give_first_links(*, actor: Actor, at: datetime, usernames: Sequence[str]) -> dict[str, str]:
    """Make links for those of these users who never had a password, as the system on the installation's machine.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    until = int((at + FIRST_LINK_LIVES).timestamp())
    with acting(SYSTEM):
        rows = User.objects.filter(username__in=list(usernames), is_active=True).order_by("id")
        waiting = [row for row in rows if not is_password_usable(row.password)]
        for row in waiting:
            purpose = f"نخستین پیوند گذرواژه برای کاربر {row.pk}"
            record_access(actor=SYSTEM, at=at, action=AccessAction.WRITE, household_id=None, purpose=purpose)
    return {row.username: f"{row.pk:x}-{until:x}-{_mark(row, until)}" for row in waiting}


def check_password_link(*, at: datetime, link: str) -> str:
    """Whose link it is, by the name to sign in with. Raises: PasswordLinkClosed."""
    with acting(SYSTEM):
        return str(_find(at, link).username)


def set_password_by_link(*, at: datetime, link: str, new: str) -> None:
    """Set a new password; all sessions of the user end. Raises: PasswordLinkClosed, PasswordTooShort."""
    require_password(new)
    with acting(SYSTEM):
        user = _find(at, link, is_locked=True)
        user.password = make_password(new)
        user.save(update_fields=["password"])
    _log.info("password_set_by_link", user_id=user.pk)


def _may_help(actor: Actor, role: Role) -> bool:
    """A head helps the own body, an office whoever reaches less far. The rows close what lies elsewhere."""
    reach = scope_of(role)
    if reach not in _REACH or actor.scope not in _REACH or role is Role.OPERATOR:
        return False
    if actor.scope is Scope.ORGANISATION:
        return reach is Scope.ORGANISATION
    return _REACH.index(reach) < _REACH.index(actor.scope)


def _find(at: datetime, link: str, *, is_locked: bool = False) -> User:
    number, _, rest = link.partition("-")
    until, _, mark = rest.partition("-")
    try:
        user_id, ends = int(number, 16), int(until, 16)
        is_over = datetime.fromtimestamp(ends, UTC) < at
    except (ValueError, OverflowError, OSError):
        raise PasswordLinkClosed(field="link") from None
    rows = User.objects.select_for_update() if is_locked else User.objects.all()
    user = rows.filter(id=user_id, is_active=True).first() if user_id < 1 << 62 else None
    if user is None or is_over or not constant_time_compare(mark, _mark(user, ends)):
        raise PasswordLinkClosed(field="link")
    return user


def _mark(user: User, until: int) -> str:
    told = f"{user.pk}\x1f{until}\x1f{user.password}"
    return salted_hmac("sakha.access.password_link", told, algorithm="sha256").hexdigest()[:_MARK_LENGTH]
