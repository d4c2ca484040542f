"""`sakha issue-client`: a client of the interface with its first key; without an organisation, a sandbox of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from sakha.access.actions import acting, create_organisation, issue_client, issue_client_key
from sakha.access.queries import get_client, organisations
from sakha.access.rules import (
    SYSTEM,
    Actor,
    ClientLevel,
    ClientPurpose,
    ClientScope,
    NewClient,
    NewOrganisation,
    OrganisationKind,
    Role,
    Scope,
)
from sakha.access.rules.clients import DAY_LIMIT, MINUTE_LIMIT
from sakha.registry.actions import register_household
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.vocabulary.identifiers import national_id_check_digit

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

LIVE_SCOPES = (ClientScope.AID_CHECK,)  # what else a live client may is named, one by one
_LICENSED_BY = "SAKHA-SANDBOX"
_PEOPLE = ("بهار", "خرداد", "مهر", "آبان", "دی")
_FIRST_NINE = 999_900_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what the client is called, whose it is and what it may."""
    parser.add_argument("name", help="what the client is called; a sandbox's organisation is called the same")
    parser.add_argument("--organisation", type=int, default=None, help="id of its organisation; none: a new sandbox")
    parser.add_argument("--province", default="23", help="province in whose figures a new sandbox stands (default 23)")
    parser.add_argument("--sandbox", action="store_true", help="simulated people only, also with --organisation")
    parser.add_argument("--level", type=int, choices=[level.value for level in ClientLevel], default=2)
    parser.add_argument("--purpose", action="append", choices=[one.value for one in ClientPurpose], default=None)
    scopes = [one.value for one in ClientScope]
    told = "default: aid.check; a sandbox all"
    parser.add_argument("--scope", action="append", choices=scopes, default=None, help=told)
    parser.add_argument("--minute-limit", type=int, default=MINUTE_LIMIT, help="requests a minute")
    parser.add_argument("--day-limit", type=int, default=DAY_LIMIT, help="requests a day")
    parser.add_argument("--certificate", default="", help="SHA-256 of the TLS certificate that it is bound to")


def run(arguments: argparse.Namespace) -> int:
    """Make the client and print its key, the only time that it is shown.

    Raises:
        Refusal: what was told does not go together, or the organisation has clients of the other kind.
    """
    at = timezone.now()
    is_sandbox = arguments.sandbox or arguments.organisation is None
    organisation_id = arguments.organisation or _sandbox_of(arguments.name, arguments.province, at)
    client_id = issue_client(
        actor=SYSTEM,
        at=at,
        client=NewClient(
            organisation_id=organisation_id,
            name=arguments.name,
            purposes=tuple(ClientPurpose(one) for one in arguments.purpose or ["AID"]),
            scopes=tuple(ClientScope(one) for one in arguments.scope or (ClientScope if is_sandbox else LIVE_SCOPES)),
            level=ClientLevel(arguments.level),
            is_sandbox=is_sandbox,
            minute_limit=arguments.minute_limit,
            day_limit=arguments.day_limit,
            certificate_fingerprint=arguments.certificate,
        ),
    )
    key = issue_client_key(actor=SYSTEM, at=at, client_id=client_id)
    card = get_client(actor=SYSTEM, client_id=client_id)
    lines = [f"client_id  {card.public_id}", f"key        {key.secret}", f"valid to   {key.expires_at:%Y-%m-%d}"]
    if is_sandbox:
        lines.append(f"people     {' '.join(sandbox_people())}")
    print("\n".join(lines))  # noqa: T201 - the command line's answer
    return 0


def sandbox_people() -> list[str]:
    """The national IDs of the simulated people whom every sandbox finds registered."""
    firsts = [str(_FIRST_NINE + place) for place in range(len(_PEOPLE))]
    return [first + national_id_check_digit(first) for first in firsts]


def _sandbox_of(name: str, province: str, at: datetime) -> int:
    """An agency of its own, with the simulated people registered. The same name gives the same sandbox."""
    with acting(SYSTEM):
        known = [one.id for one in organisations() if one.licence_issuer == _LICENSED_BY and one.name == name]
        if known:
            return known[0]
        organisation_id = create_organisation(
            actor=SYSTEM,
            at=at,
            organisation=NewOrganisation(
                kind=OrganisationKind.AGENCY,
                name=name,
                province=province,
                licence_issuer=_LICENSED_BY,
                licence_number=name,
            ),
        )
    staff = Actor(
        user_id=None,
        organisation_id=organisation_id,
        role=Role.AGENCY_STAFF,
        scope=Scope.ORGANISATION,
        province=province,
    )
    _register_people(staff, at)
    return organisation_id


def _register_people(actor: Actor, at: datetime) -> None:
    for name, number in zip(_PEOPLE, sandbox_people(), strict=True):
        head = PersonDeclaration(given_name=name, family_name="نمونه", national_id=number)
        register_household(actor=actor, at=at, declaration=HouseholdDeclaration(members=(head,)))
