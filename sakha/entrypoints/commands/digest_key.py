"""`sakha digest-key`: a key under which a client asks by digest, drawn and filled, or ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from sakha.access.queries import ClientCard, ClientUnknown, clients_of
from sakha.access.rules import SYSTEM
from sakha.exchange.actions.matching import digest_persons, end_digest_key, issue_digest_key

if TYPE_CHECKING:
    import argparse

_EVERYBODY = 1_000_000_000
_PAGE = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whose key it is, and which one ends."""
    parser.add_argument("client_id", help="the client's public id, sakha-…")
    parser.add_argument("--end", type=int, default=None, metavar="NUMBER", help="end this key instead of drawing one")


def run(arguments: argparse.Namespace) -> int:
    """Draw a key, print it this once, and digest everybody under it; or end one.

    Raises:
        Refusal: no such client, or it has two keys.
    """
    card = _find(arguments.client_id)
    at = timezone.now()
    if arguments.end is not None:
        is_ended = end_digest_key(actor=SYSTEM, at=at, client_id=card.id, digest_key_id=arguments.end)
        print("ended" if is_ended else "no such key")  # noqa: T201 - the command line's answer
        return 0 if is_ended else 1
    key = issue_digest_key(actor=SYSTEM, at=at, client_id=card.id)
    print(f"number     {key.id}\ndigest_key  {key.key}", flush=True)  # noqa: T201 - the command line's answer
    count = digest_persons(limit=_EVERYBODY, is_demonstration=settings.SAKHA.is_demonstration)
    print(f"read       {count} identifiers")  # noqa: T201 - the command line's answer
    return 0


def _find(public_id: str) -> ClientCard:
    after = 0
    while page := clients_of(actor=SYSTEM, limit=_PAGE, after=after):
        for card in page:
            if card.public_id == public_id:
                return card
        after = page[-1].id
    raise ClientUnknown(field="client_id")
