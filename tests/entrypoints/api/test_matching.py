"""Asking by keyed digest: the same answer as by identifier, under one's own key alone, until it ends."""

from __future__ import annotations

import hmac
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.exchange.actions.matching import digest_persons, end_digest_key, issue_digest_key
from sakha.exchange.actions.resealing import reseal_batch
from sakha.exchange.rules.matching import TooManyDigestKeys, digest_identifier
from tests.api_cast import given_caller, given_place, registered
from tests.ledger_cast import a_national_id, given_charity

FOOD = {"kind": "FOOD", "quantity": 1}
VECTOR_KEY = bytes(range(32)).hex()


def test_the_formula_is_the_documented_one() -> None:
    told = digest_identifier(VECTOR_KEY, "9990000015").hex()
    assert told == hmac.new(bytes.fromhex(VECTOR_KEY), b"9990000015", sha256).hexdigest()
    assert told == "ab31091a96d461b74976b586a3a2e863a70fb33679f842c3db42351dc57f6fb4"


@pytest.mark.django_db
def test_a_digest_is_answered_as_its_identifier_under_its_own_key_until_that_ends(client: Browser) -> None:
    caller, home = given_place(client)
    hidden = registered(given_charity("نور"), is_protected=True)
    at = timezone.now()
    key = issue_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id)

    def digest(number: str) -> str:
        return digest_identifier(key.key, number).hex()

    unknown = caller.post("check", {**FOOD, "digest": digest(home.national_id)}).json()
    assert (unknown["verdict"], unknown["household_id"]) == ("UNKNOWN", None)
    assert digest_persons(limit=1000, is_demonstration=False) >= 2
    told = caller.post("check", {**FOOD, "digest": digest(home.national_id)}).json()
    assert told == caller.post("check", {**FOOD, "national_id": home.national_id}).json()
    asked = [digest(one) for one in (hidden.national_id, a_national_id(), home.national_id)]
    lines = caller.post("check/batch", {**FOOD, "digests": asked}).json()["answers"]
    assert [one["verdict"] for one in lines] == ["PROTECTED", "UNKNOWN", "CLEAR"]
    stranger = caller.post("check", {**FOOD, "digest": asked[0]}).json()
    assert (stranger["province"], stranger["needs"], stranger.keys()) == (None, None, told.keys())

    other = given_caller(client, given_charity("ماه"))
    assert other.post("check", {**FOOD, "digest": asked[2]}).json()["verdict"] == "UNKNOWN"
    assert caller.post("check", {**FOOD, "digest": "AB"}).json()["code"] == "BODY_INVALID"
    both = {**FOOD, "digest": asked[2], "national_id": home.national_id}
    assert caller.post("check", both).json()["code"] == "PERSON_MISSING"

    follower = issue_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id)
    with pytest.raises(TooManyDigestKeys):
        issue_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id)
    digest_persons(limit=1000, is_demonstration=False)
    assert end_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id, digest_key_id=key.id)
    assert not end_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id, digest_key_id=key.id)
    assert caller.post("check", {**FOOD, "digest": asked[2]}).json()["verdict"] == "UNKNOWN"
    newer = digest_identifier(follower.key, home.national_id).hex()
    assert caller.post("check", {**FOOD, "digest": newer}).json()["verdict"] == "CLEAR"
    assert reseal_batch(actor=SYSTEM, ring=key_ring(), limit=10) == 0


@pytest.mark.django_db
def test_a_sandbox_has_digests_of_simulated_people_alone_and_nobody_reads_the_tables(client: Browser) -> None:
    caller, _ = given_place(client, is_sandbox=False)
    issue_digest_key(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id)
    read_count = digest_persons(limit=1000, is_demonstration=False)
    counts = []
    for actor in (SYSTEM, caller.charity):
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM exchange_digest), (SELECT count(*) FROM exchange_digestkey)")
            counts.append(cursor.fetchone())
    assert read_count >= 1
    assert counts == [(0, 1), (0, 0)]
    digest_persons(limit=1000, is_demonstration=True, is_anew=True)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_digest")
        assert cursor.fetchone()[0] == read_count
