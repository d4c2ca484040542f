"""Writes of access: organisations, users, sign-in, the log, the renewal of keys; `acting` frames all work."""

from sakha.access.actions.client_use import (
    KeptAnswer,
    add_client_use,
    begin_answer,
    forget_client_use,
    keep_answer,
)
from sakha.access.actions.clients import (
    TooManyKeys,
    issue_client,
    issue_client_key,
    resume_client,
    revoke_client_key,
    suspend_client,
)
from sakha.access.actions.log import record_access, record_access_many
from sakha.access.actions.opened_files import close_files, open_files
from sakha.access.actions.organisations import (
    OrganisationExists,
    approve_organisation,
    create_organisation,
    create_organisations,
    renew_licence,
    resume_organisation,
    suspend_organisation,
)
from sakha.access.actions.rotation import ResealBatch, RotationStep, rotate_keys
from sakha.access.actions.signing_in import sign_in
from sakha.access.actions.users import UsernameTaken, change_password, close_user, create_user, create_users
from sakha.access.queries.scope import acting

__all__ = [
    "KeptAnswer",
    "OrganisationExists",
    "ResealBatch",
    "RotationStep",
    "TooManyKeys",
    "UsernameTaken",
    "acting",
    "add_client_use",
    "approve_organisation",
    "begin_answer",
    "change_password",
    "close_files",
    "close_user",
    "create_organisation",
    "create_organisations",
    "create_user",
    "create_users",
    "forget_client_use",
    "issue_client",
    "issue_client_key",
    "keep_answer",
    "open_files",
    "record_access",
    "record_access_many",
    "renew_licence",
    "resume_client",
    "resume_organisation",
    "revoke_client_key",
    "rotate_keys",
    "sign_in",
    "suspend_client",
    "suspend_organisation",
]
