"""Which role may do what, and how far its eyes reach.

Decides permissions and scopes; which rows a scope may see is decided by the policies in the database.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a user is to the register; one user has one role."""

    CHARITY_STAFF = "CHARITY_STAFF"
    CHARITY_HEAD = "CHARITY_HEAD"
    AGENCY_STAFF = "AGENCY_STAFF"
    COUNTY_OFFICER = "COUNTY_OFFICER"
    PROVINCE_OFFICER = "PROVINCE_OFFICER"
    NATION_OFFICER = "NATION_OFFICER"
    OPERATOR = "OPERATOR"
    # Not a user's: the people of a household, who came in by their own telephone and see their own file alone.
    HOUSEHOLD = "HOUSEHOLD"


# Who may have a user name and a password.
ROLES_OF_USERS: Final = tuple(role for role in Role if role is not Role.HOUSEHOLD)


class Scope(StrEnum):
    """How far the eyes reach. The words are read by the SQL functions of this room: change both or none."""

    NONE = ""
    ORGANISATION = "ORGANISATION"
    COUNTY = "COUNTY"
    PROVINCE = "PROVINCE"
    NATION = "NATION"
    SYSTEM = "SYSTEM"
    SIGN_IN = "SIGN_IN"
    HOUSEHOLD = "HOUSEHOLD"


class Permission(StrEnum):
    """What an actor may be asked for, whatever the rows it can see."""

    CHECK_AID = "CHECK_AID"
    READ_HOUSEHOLD = "READ_HOUSEHOLD"
    WRITE_HOUSEHOLD = "WRITE_HOUSEHOLD"
    IMPORT_FILE = "IMPORT_FILE"
    HOLD_AID = "HOLD_AID"
    DELIVER_AID = "DELIVER_AID"
    READ_PROVINCE = "READ_PROVINCE"
    READ_OUTBOX = "READ_OUTBOX"
    READ_BANKS = "READ_BANKS"
    INVITE = "INVITE"
    READ_ACCESS_LOG = "READ_ACCESS_LOG"
    DECIDE_IDENTITY = "DECIDE_IDENTITY"
    ADMIT_USER = "ADMIT_USER"
    ADMIT_ORGANISATION = "ADMIT_ORGANISATION"
    DECIDE_POLICY = "DECIDE_POLICY"
    ANSWER_GRIEVANCE = "ANSWER_GRIEVANCE"
    ADMIT_CLIENT = "ADMIT_CLIENT"
    KEEP_CLIENT_KEYS = "KEEP_CLIENT_KEYS"


_GIVING: Final = frozenset(
    {
        Permission.CHECK_AID,
        Permission.READ_HOUSEHOLD,
        Permission.WRITE_HOUSEHOLD,
        Permission.IMPORT_FILE,
        Permission.HOLD_AID,
        Permission.DELIVER_AID,
    }
)
_OVERSEEING: Final = frozenset(
    {
        Permission.CHECK_AID,
        Permission.READ_HOUSEHOLD,
        Permission.READ_PROVINCE,
        Permission.READ_BANKS,
        Permission.INVITE,
        Permission.READ_ACCESS_LOG,
        Permission.DECIDE_IDENTITY,
        Permission.ANSWER_GRIEVANCE,
    }
)

_DECIDING: Final = frozenset(
    {
        Permission.ADMIT_ORGANISATION,
        Permission.DECIDE_POLICY,
        Permission.ADMIT_CLIENT,
        Permission.KEEP_CLIENT_KEYS,
    }
)

_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.CHARITY_STAFF: _GIVING,
    Role.CHARITY_HEAD: _GIVING
    | {
        Permission.READ_ACCESS_LOG,
        Permission.ADMIT_USER,
        Permission.DECIDE_IDENTITY,
        Permission.KEEP_CLIENT_KEYS,
    },
    # A program keeps the keys of none: its actor has this withheld.
    Role.AGENCY_STAFF: _GIVING | {Permission.KEEP_CLIENT_KEYS},
    Role.COUNTY_OFFICER: _OVERSEEING,
    Role.PROVINCE_OFFICER: _OVERSEEING | _DECIDING,
    Role.NATION_OFFICER: _OVERSEEING | _DECIDING,
    # An operator keeps the house running and has no business with anybody's file.
    Role.OPERATOR: frozenset(
        {
            Permission.READ_OUTBOX,
            Permission.READ_BANKS,
            Permission.ADMIT_USER,
            Permission.ADMIT_ORGANISATION,
            Permission.ADMIT_CLIENT,
            Permission.KEEP_CLIENT_KEYS,
        }
    ),
    # One's own file; the scope closes all others. Not what data banks answered: a code proves the telephone, not whose
    # numbers were typed into the file. An office that has seen the person prints with them.
    Role.HOUSEHOLD: frozenset({Permission.READ_HOUSEHOLD, Permission.WRITE_HOUSEHOLD}),
}

_SCOPES: Final[dict[Role, Scope]] = {
    Role.CHARITY_STAFF: Scope.ORGANISATION,
    Role.CHARITY_HEAD: Scope.ORGANISATION,
    Role.AGENCY_STAFF: Scope.ORGANISATION,
    Role.COUNTY_OFFICER: Scope.COUNTY,
    Role.PROVINCE_OFFICER: Scope.PROVINCE,
    Role.NATION_OFFICER: Scope.NATION,
    Role.OPERATOR: Scope.NATION,
    Role.HOUSEHOLD: Scope.HOUSEHOLD,
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """What the role may do while nothing is withheld."""
    return _PERMISSIONS[role]


def scope_of(role: Role) -> Scope:
    """How far the role's eyes reach."""
    return _SCOPES[role]
