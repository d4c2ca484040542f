"""Who may become a user: the role must fit the organisation or the area. How passwords are kept is left to Django."""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from sakha.access.rules.organisations import OrganisationKind
from sakha.access.rules.roles import ROLES_OF_USERS, Role
from sakha.vocabulary.refusal import Refusal

PASSWORD_MINIMUM_LENGTH: Final = 10


class RoleMisplaced(Refusal):
    """The role needs another kind of organisation or an area."""

    code: ClassVar[str] = "ROLE_MISPLACED"
    sentence: ClassVar[str] = "این نقش با سازمان یا محدودهٔ انتخاب‌شده جور نیست."


class UsernameInvalid(Refusal):
    """A username is three to sixty letters, digits, dots, dashes or underscores."""

    code: ClassVar[str] = "USERNAME_INVALID"
    sentence: ClassVar[str] = "نام کاربری باید ۳ تا ۶۰ نویسه و فقط حرف لاتین، رقم، نقطه، خط تیره یا زیرخط باشد."


class PasswordTooShort(Refusal):
    """NIST SP 800-63B section 5.1.1: length is what matters; no composition rules."""

    code: ClassVar[str] = "PASSWORD_TOO_SHORT"
    sentence: ClassVar[str] = "گذرواژه باید دست‌کم ۱۰ نویسه باشد."


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user as told to the register. Without a password nobody can sign in as this user yet."""

    username: str
    role: Role
    display_name: str
    password: str | None = field(default=None, repr=False)
    organisation_id: int | None = None
    province: str = ""
    county: str = ""


_KINDS_OF_ROLE: Final[dict[Role, frozenset[OrganisationKind]]] = {
    Role.CHARITY_STAFF: frozenset({OrganisationKind.CHARITY, OrganisationKind.CHARITY_CENTRE}),
    Role.CHARITY_HEAD: frozenset({OrganisationKind.CHARITY, OrganisationKind.CHARITY_CENTRE}),
    Role.AGENCY_STAFF: frozenset({OrganisationKind.AGENCY}),
}
_USERNAME_SIGNS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")
_USERNAME_LENGTHS: Final = range(3, 61)


def clean_username(text: str) -> str:
    """Usernames are compared in lower case and without surrounding blanks."""
    return text.strip().lower()


def require_username(username: str) -> None:
    """Refuse a username that could not be typed again later."""
    if len(username) not in _USERNAME_LENGTHS or not _USERNAME_SIGNS.issuperset(username):
        raise UsernameInvalid(field="username")


def require_password(password: str) -> None:
    """Refuse a password that is too short to be one."""
    if len(password) < PASSWORD_MINIMUM_LENGTH:
        raise PasswordTooShort(field="password")


def require_place(user: NewUser, kind: OrganisationKind | None) -> None:
    """Refuse a role without the organisation or the area that gives it its scope."""
    if user.role not in ROLES_OF_USERS:
        raise RoleMisplaced(field="role")
    kinds = _KINDS_OF_ROLE.get(user.role)
    if kinds is not None and kind not in kinds:
        raise RoleMisplaced(field="organisation_id")
    if user.role is Role.PROVINCE_OFFICER and not user.province:
        raise RoleMisplaced(field="province")
    if user.role is Role.COUNTY_OFFICER and not (user.province and user.county):
        raise RoleMisplaced(field="county")
