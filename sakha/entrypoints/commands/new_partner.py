"""`sakha new-partner`: a client that speaks SP DCI, how it writes and is written to, and its first key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sakha.access.actions import acting, create_organisation, issue_client, issue_client_key
from sakha.access.rules import (
    SYSTEM,
    ClientLevel,
    ClientPurpose,
    ClientScope,
    NewClient,
    NewOrganisation,
    OrganisationKind,
)
from sakha.exchange.actions.partners import tell_partner
from sakha.exchange.rules.partners import Partner, Practice

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

SCOPES = (ClientScope.REGISTRY_SEARCH, ClientScope.REGISTRY_SUBSCRIBE, ClientScope.REGISTRY_ENROLLED)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whose it is, what it may see, and how it writes."""
    parser.add_argument("name", help="name of the program, as households read it")
    parser.add_argument("--organisation", type=int, help="number of its organisation; none: a new sandbox")
    parser.add_argument("--sandbox", action="store_true", help="simulated people only")
    parser.add_argument("--level", choices=[one.name.lower() for one in ClientLevel], default="verdict")
    parser.add_argument("--practice", choices=[one.value for one in Practice], default=Practice.NONE.value)
    parser.add_argument("--sender-id", default="", help="name under which it writes")
    parser.add_argument("--keys", type=Path, help="its public keys, a JWK set")
    parser.add_argument("--reply-origin", action="append", default=[], help="address under which answers are brought")


def run(arguments: argparse.Namespace) -> int:
    """Admit it and print its key, which is shown this once.

    Raises:
        Refusal: what was told does not go together.
    """
    at = timezone.now()
    is_sandbox = arguments.sandbox or arguments.organisation is None
    keys: list[Any] = [] if arguments.keys is None else json.loads(arguments.keys.read_text())["keys"]
    partner = Partner(
        sender_id=arguments.sender_id,
        practice=Practice(arguments.practice),
        public_keys=tuple(keys),
        reply_origins=tuple(arguments.reply_origin),
    )
    with acting(SYSTEM):
        client_id = issue_client(
            actor=SYSTEM,
            at=at,
            client=NewClient(
                organisation_id=arguments.organisation or _sandbox(at, arguments.name),
                name=arguments.name,
                purposes=(ClientPurpose.SERVICE,),
                scopes=SCOPES,
                level=ClientLevel[arguments.level.upper()],
                is_sandbox=is_sandbox,
            ),
        )
        tell_partner(actor=SYSTEM, at=at, client_id=client_id, partner=partner)
        key = issue_client_key(actor=SYSTEM, at=at, client_id=client_id)
    print(key.secret)  # noqa: T201 - the command line's answer
    return 0


def _sandbox(at: datetime, name: str) -> int:
    """A body for a sandbox alone, so that nothing simulated is ever counted with the real."""
    body = NewOrganisation(kind=OrganisationKind.CHARITY, name=f"آزمایش: {name}", province="23", county="2301")
    return create_organisation(actor=SYSTEM, at=at, organisation=body)
