"""The rules of access: roles, permissions, the actor, organisations' standing, sealing, sign-in limits, redaction."""

from sakha.access.rules.actor import SIGN_IN, SYSTEM, Actor, PermissionMissing, household_actor
from sakha.access.rules.clients import (
    PURPOSE_SENTENCES,
    Client,
    ClientInvalid,
    ClientLevel,
    ClientPurpose,
    ClientScope,
    ClientStatus,
    LevelMissing,
    NewClient,
    NewKey,
    PurposeMissing,
    SandboxMixed,
    ScopeMissing,
)
from sakha.access.rules.entries import AccessAction
from sakha.access.rules.organisations import (
    NewOrganisation,
    OrganisationKind,
    Standing,
    organisation_standing,
)
from sakha.access.rules.roles import ROLES_OF_USERS, Permission, Role, Scope, permissions_of, scope_of
from sakha.access.rules.users import NewUser

__all__ = [
    "PURPOSE_SENTENCES",
    "ROLES_OF_USERS",
    "SIGN_IN",
    "SYSTEM",
    "AccessAction",
    "Actor",
    "Client",
    "ClientInvalid",
    "ClientLevel",
    "ClientPurpose",
    "ClientScope",
    "ClientStatus",
    "LevelMissing",
    "NewClient",
    "NewKey",
    "NewOrganisation",
    "NewUser",
    "OrganisationKind",
    "Permission",
    "PermissionMissing",
    "PurposeMissing",
    "Role",
    "SandboxMixed",
    "Scope",
    "ScopeMissing",
    "Standing",
    "household_actor",
    "organisation_standing",
    "permissions_of",
    "scope_of",
]
