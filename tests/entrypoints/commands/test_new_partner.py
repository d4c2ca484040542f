"""Who names no organisation gets a sandbox; a live program may little by default, and proves its messages."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import pytest
from django.http import HttpRequest
from django.utils import timezone

from sakha.access.queries import find_client_by_key
from sakha.access.rules import Client, ClientPurpose, ClientScope
from sakha.entrypoints.commands import issue_client, new_partner
from sakha.entrypoints.partner_door.dci_door import Call, reply_base
from sakha.entrypoints.program_gate.door import Caller, forget_clients
from sakha.entrypoints.program_gate.limits import Allowance
from sakha.exchange.rules.asking import Registry
from sakha.exchange.rules.envelope import Header
from sakha.exchange.rules.partners import Partner, Practice, require_proof
from sakha.exchange.rules.refusals import MessageRefused
from tests.exchange_cast import REPLIES, Program, by_number, search_of
from tests.ledger_cast import a_national_id, given_charity


@pytest.fixture(autouse=True)
def _unknown_clients() -> Iterator[None]:
    forget_clients()
    yield
    forget_clients()


def made(capsys: pytest.CaptureFixture[str], command: ModuleType, *words: str) -> Program:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["برنامهٔ وام", *words])) == 0
    key = next(word for word in capsys.readouterr().out.split() if word.startswith("sakha_"))
    client = find_client_by_key(key, at=timezone.now())
    assert client is not None
    return Program(client, key)


def a_call(client: Client, partner: Partner, *, sender_uri: str) -> Call:
    at = timezone.now()
    return Call(
        request=HttpRequest(),
        caller=Caller(client=client, purpose=ClientPurpose.SERVICE, route="", at=at, allowance=Allowance(1, 1, 1)),
        partner=partner,
        registry=Registry.SOCIAL,
        header=Header(message_id="m", message_ts=at.isoformat(), sender_id="s", sender_uri=sender_uri),
        message={},
        at=at,
    )


def test_a_partner_without_an_organisation_is_a_sandbox(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    body = str(given_charity("نهاد وام").organisation_id)

    assert made(capsys, new_partner).client.is_sandbox
    assert not made(capsys, new_partner, "--organisation", body).client.is_sandbox


def test_a_live_client_may_little_by_default(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    body = str(given_charity("نهاد وام").organisation_id)

    assert made(capsys, issue_client, "--organisation", body).client.scopes == {ClientScope.AID_CHECK}
    assert made(capsys, issue_client).client.scopes == set(ClientScope)


def test_a_live_client_signs_or_has_a_certificate_and_is_answered_at_registered_addresses(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    body = str(given_charity("نهاد وام").organisation_id)
    live, trial = made(capsys, new_partner, "--organisation", body), made(capsys, new_partner)
    path, told = "/dci/social/registry/sync/search", search_of(by_number(a_national_id()))

    refused = live.post(path, told)
    assert (refused.status_code, refused.json()["message"]["error"]["code"]) == (401, "err.signature.missing")
    assert trial.post(path, told).status_code == 200

    bound = replace(live.client, certificate_fingerprint="0" * 64)
    for partner, client in ((Partner(practice=Practice.JWS), live.client), (Partner(), bound)):
        require_proof(partner, client, is_demonstration=False)
    require_proof(Partner(), live.client, is_demonstration=True)
    with pytest.raises(MessageRefused):
        require_proof(Partner(), live.client, is_demonstration=False)
    for client, partner, brought in (
        (live.client, Partner(), None),
        (live.client, Partner(reply_origins=(REPLIES,)), REPLIES),
        (trial.client, Partner(), REPLIES),
    ):
        call = a_call(client, partner, sender_uri=REPLIES)
        if brought is None:
            with pytest.raises(MessageRefused, match="DCI_REFUSED"):
                reply_base(call)
            assert reply_base(a_call(client, partner, sender_uri="")) == "", "it waits to be asked for"
        else:
            assert reply_base(call) == brought
