"""Reads of access: the actor of a user, the directory of organisations, who looked at a household, the key ring."""

from sakha.access.queries.actors import find_actor, find_signed_in, session_stamp
from sakha.access.queries.alone import fetch_alone, write_list
from sakha.access.queries.client_use import (
    UseDay,
    UseHistory,
    client_use_counts,
    use_history,
)
from sakha.access.queries.clients import (
    ClientCard,
    ClientUnknown,
    clients_of,
    find_client_by_key,
    find_client_by_token,
    get_client,
    make_client_token,
)
from sakha.access.queries.keys import key_ring
from sakha.access.queries.looks import Look, who_looked
from sakha.access.queries.organisations import (
    OrganisationCard,
    OrganisationUnknown,
    get_organisation,
    organisation_names,
    organisations,
)
from sakha.access.queries.scope import acting
from sakha.access.queries.users import user_ids
from sakha.access.queries.writers import writers_of

__all__ = [
    "ClientCard",
    "ClientUnknown",
    "Look",
    "OrganisationCard",
    "OrganisationUnknown",
    "UseDay",
    "UseHistory",
    "acting",
    "client_use_counts",
    "clients_of",
    "fetch_alone",
    "find_actor",
    "find_client_by_key",
    "find_client_by_token",
    "find_signed_in",
    "get_client",
    "get_organisation",
    "key_ring",
    "make_client_token",
    "organisation_names",
    "organisations",
    "session_stamp",
    "use_history",
    "user_ids",
    "who_looked",
    "write_list",
    "writers_of",
]
