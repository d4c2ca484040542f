"""Asking by keyed digest: the same answer as by identifier, under one's own key alone, until it ends."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import add_keys, drop_keys, seal
from sakha.entrypoints.commands import keys
from sakha.exchange.actions import matching
from sakha.exchange.actions.matching import begin_anew, digest_persons, end_digest_key, issue_digest_key
from sakha.exchange.rules.matching import TooManyDigestKeys, digest_identifier
from sakha.registry.queries.identifiers_kept import kept_identifiers
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
    kept = rows("SELECT purpose FROM access_entry WHERE purpose LIKE %s ORDER BY id", ["%چکیدهٔ%"])
    drawn = (f"کلید چکیدهٔ تازه برای برنامهٔ {caller.client_id}",)
    assert kept == [drawn, drawn, (f"پایان کلید چکیدهٔ {key.id} برنامه",)], "who draws and ends keys is on record"


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
    begin_anew()
    digest_persons(limit=1000, is_demonstration=True)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_digest")
        assert cursor.fetchone()[0] == read_count


class _Rekeyed:
    """The settings with another ring of keys."""

    def __init__(self, kept: Any, text: str) -> None:
        self._kept, self._text = kept, text

    def keys_text(self) -> str:
        return self._text

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)


def rows(statement: str, asked: Sequence[Any] = ()) -> list[Any]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db
def test_a_digest_is_answered_while_and_after_our_own_keys_are_renewed_and_not_once_the_number_is_another(
    client: Browser, settings: Any
) -> None:
    caller, home = given_place(client)
    at = timezone.now()
    key = issue_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id)
    digest_persons(limit=1000, is_demonstration=False)

    def verdict() -> str:
        asked = {**FOOD, "digest": digest_identifier(key.key, home.national_id).hex()}
        return str(caller.post("check", asked).json()["verdict"])

    def renew(text: str) -> None:
        settings.SAKHA = _Rekeyed(kept, text)

    kept = settings.SAKHA
    both = add_keys(settings.SAKHA.keys_text())
    renew(both)
    before = rows("SELECT id_index FROM registry_person ORDER BY id")
    assert verdict() == "CLEAR", "a new key, and nothing renewed yet"
    assert keys.ROOMS["registry"](actor=SYSTEM, ring=key_ring(), limit=1000)
    assert rows("SELECT id_index FROM registry_person ORDER BY id") != before
    assert verdict() == "CLEAR", "persons are renewed, the room of digests isn't"
    keys.rotate_keys(actor=SYSTEM, at=at, batch_size=1000, progress=lambda _: None)
    ring = key_ring()
    renew(drop_keys(both, seal_below=ring.seal_key_id, index_below=ring.index_key_id))
    assert verdict() == "CLEAR", "the old keys are gone"
    begin_anew()
    digest_persons(limit=1000, is_demonstration=False)
    assert verdict() == "CLEAR"
    other = seal(key_ring(), a_national_id())
    rows("UPDATE registry_person SET id_sealed = %s", [other])
    assert verdict() == "UNKNOWN", "a corrected number is another's"


@pytest.mark.django_db
def test_one_broken_row_stops_nobody_and_the_nights_pass_keeps_nobody_new_waiting(client: Browser) -> None:
    caller, _ = given_place(client)
    at = timezone.now()
    key = issue_digest_key(actor=SYSTEM, at=at, client_id=caller.client_id)
    people = [registered(caller.charity) for _ in range(3)]
    numbers = [one for (one,) in rows("SELECT id FROM registry_person WHERE id_sealed IS NOT NULL ORDER BY id")]
    broken, nameless = numbers[-2:]
    rows(
        "UPDATE registry_person SET id_sealed = set_byte(id_sealed, 30, 255 - get_byte(id_sealed, 30)) WHERE id = %s",
        [broken],
    )
    words = seal(key_ring(), "زهرا نزد مهر")
    rows("UPDATE registry_person SET id_kind = 'NONE', id_sealed = %s WHERE id = %s", [words, nameless])

    assert digest_persons(limit=1000, is_demonstration=False) == len(numbers)
    digested = {one for (one,) in rows("SELECT person_id FROM exchange_digest")}
    assert digested == set(numbers) - {broken, nameless}
    stop = digest_identifier(key.key, people[1].national_id).hex()
    assert caller.post("check", {**FOOD, "digest": stop}).json()["verdict"] == "UNKNOWN"

    begin_anew()
    newest = registered(caller.charity)
    assert digest_persons(limit=1, is_demonstration=False) == 1, "the new one before the night's pass"
    asked = {**FOOD, "digest": digest_identifier(key.key, newest.national_id).hex()}
    assert caller.post("check", asked).json()["verdict"] == "CLEAR"
    assert digest_persons(limit=2, is_demonstration=False) == 2
    begin_anew()
    assert rows("SELECT renewed_to FROM exchange_digestkey") == [(numbers[1],)], "a pass that is under way goes on"
    rows("UPDATE exchange_digest SET digest = 'old'")
    digest_persons(limit=1000, is_demonstration=False)
    assert rows("SELECT count(*) FROM exchange_digest WHERE digest = 'old'") == [(2,)], "from where it was"
    assert rows("SELECT renewed_to FROM exchange_digestkey") == [(None,)]
    assert digest_persons(limit=1000, is_demonstration=False) == 0


@pytest.mark.django_db
def test_a_key_that_ends_between_two_batches_leaves_no_digest(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, _ = given_place(client)
    registered(caller.charity)
    key = issue_digest_key(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id)
    monkeypatch.setattr(matching, "PERSONS_A_BATCH", 1)
    walked: list[int] = []

    def kept(*, after: int, limit: int) -> list[Any]:
        found = kept_identifiers(after=after, limit=limit)
        walked.extend(one.person_id for one in found)
        return found

    def end(batch: Any, *asked: Any) -> int:
        if walked:
            end_digest_key(actor=SYSTEM, at=timezone.now(), client_id=caller.client_id, digest_key_id=key.id)
        return int(batch(*asked))

    monkeypatch.setattr(matching, "kept_identifiers", kept)
    monkeypatch.setattr(matching, "_digest_batch", partial(end, matching._digest_batch))
    assert digest_persons(limit=1000, is_demonstration=False) == 1
    assert len(walked) == 1, "the second batch found the key ended"
    assert rows("SELECT count(*) FROM exchange_digest") == [(0,)]
    rows("UPDATE exchange_digestkey SET ended_at = NULL")
    monkeypatch.undo()
    assert digest_persons(limit=1000, is_demonstration=False) >= 1
    rows("UPDATE exchange_digestkey SET ended_at = now()")
    monkeypatch.setattr(matching, "DIGESTS_A_DELETION", 1)
    assert matching.forget_ended_digests() >= 1, "what a stop has left"
    assert rows("SELECT count(*) FROM exchange_digest") == [(0,)]
