"""Who names no organisation gets a sandbox."""

from __future__ import annotations

import argparse

import pytest
from django.utils import timezone

from sakha.access.queries import find_client_by_key
from sakha.access.rules import Client
from sakha.entrypoints.commands import new_partner
from tests.ledger_cast import given_charity


def made(capsys: pytest.CaptureFixture[str], *words: str) -> Client:
    parser = argparse.ArgumentParser()
    new_partner.add_arguments(parser)
    assert new_partner.run(parser.parse_args(["برنامهٔ وام", *words])) == 0
    client = find_client_by_key(capsys.readouterr().out.strip(), at=timezone.now())
    assert client is not None
    return client


def test_a_partner_without_an_organisation_is_a_sandbox(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    body = given_charity("نهاد وام").organisation_id

    assert made(capsys).is_sandbox
    assert not made(capsys, "--organisation", str(body)).is_sandbox
