"""Who acts: the one value that every query and action is given.

Decides whether the actor may; the row-level policies decide what the actor sees.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sakha.access.rules.roles import Permission, Role, Scope, permissions_of
from sakha.vocabulary.refusal import Refusal


class PermissionMissing(Refusal):
    """The role does not include what was asked for."""

    code: ClassVar[str] = "PERMISSION_MISSING"
    sentence: ClassVar[str] = "نقش شما اجازهٔ این کار را ندارد."


class PermissionWithheld(PermissionMissing):
    """The role includes it, but the organisation's licence or standing takes it away for now."""

    code: ClassVar[str] = "PERMISSION_WITHHELD"
    sentence: ClassVar[str] = "{reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user at work, a household that reads its own file, or the system itself.

    `withheld` are permissions of the role that the organisation's standing takes away; `withheld_because` says why, in
    a sentence for the user. `household_id` stands in the scope of a household alone.
    """

    user_id: int | None
    organisation_id: int | None
    role: Role
    scope: Scope
    province: str = ""
    county: str = ""
    display_name: str = ""
    organisation_name: str = ""
    withheld: frozenset[Permission] = frozenset()
    withheld_because: str = ""
    household_id: int | None = None

    @property
    def is_system(self) -> bool:
        """Whether no person acts, but the system."""
        return self.scope is Scope.SYSTEM

    @property
    def is_of_nation(self) -> bool:
        """Whether the actor decides for the whole nation: an office of it, or the system."""
        return self.scope in {Scope.NATION, Scope.SYSTEM}

    def can(self, permission: Permission) -> bool:
        """Whether the actor may do this now."""
        if self.scope in {Scope.SIGN_IN, Scope.NONE}:
            return False
        return self.is_system or (permission in permissions_of(self.role) and permission not in self.withheld)

    def require(self, permission: Permission) -> None:
        """Refuse when the actor may not."""
        if self.can(permission):
            return
        if permission in self.withheld:
            raise PermissionWithheld(reason=self.withheld_because)
        raise PermissionMissing

    def require_scope(self, scope: Scope) -> None:
        """Refuse an actor of any other reach: the statement that follows tells the database of this one."""
        if self.scope is not scope:
            raise PermissionMissing


def _bodiless(scope: Scope, display_name: str = "") -> Actor:
    return Actor(user_id=None, organisation_id=None, role=Role.OPERATOR, scope=scope, display_name=display_name)


SYSTEM: Final = _bodiless(Scope.SYSTEM, "سامانه")
# Only to read the user who is about to sign in, and to write the attempt: it can do nothing and sees no household.
SIGN_IN: Final = _bodiless(Scope.SIGN_IN)
NOBODY: Final = _bodiless(Scope.NONE)


def household_actor(household_id: int) -> Actor:
    """The people of this household, reading their own file."""
    return Actor(
        user_id=None,
        organisation_id=None,
        role=Role.HOUSEHOLD,
        scope=Scope.HOUSEHOLD,
        display_name="خود خانوار",
        household_id=household_id,
        # Its own words go by the sheet and by ways made for it, never by what a body writes about a household.
        withheld=frozenset({Permission.WRITE_HOUSEHOLD}),
        withheld_because="این کار با نهادی است که خانوار را می‌شناسد.",
    )
