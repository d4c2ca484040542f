"""Check, hold, deliver, release over HTTP: what each level shows, what is done once, what the household sees."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from django.db import connection
from django.test import Client as Browser

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, ClientLevel
from sakha.entrypoints.api.once import request_id, request_ids
from tests.api_cast import Caller, given_caller, given_place, registered
from tests.ledger_cast import a_national_id, given_charity, given_household

FOOD = {"kind": "FOOD", "quantity": 1}


def looks(household_id: int) -> list[tuple[str, str]]:
    """What the household can read of who looked at it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, purpose FROM access_entry WHERE household_id = %s AND user_id IS NULL"
            " AND purpose LIKE '%%برنامهٔ آزمون%%' ORDER BY id",
            [household_id],
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_a_program_checks_holds_and_delivers_and_the_household_sees_each_step(client: Browser) -> None:
    caller, home = given_place(client)

    told = caller.post("check", {**FOOD, "national_id": home.national_id}).json()
    assert (told["verdict"], told["may_hold"], told["household_id"]) == ("CLEAR", True, home.id)
    assert told["open_quantity"] == 1
    assert told["province"]

    held = caller.post("holds", {**FOOD, "household_id": home.id})
    hold_id = held.json()["hold_id"]
    assert held.status_code == 200
    assert caller.get(f"holds/{hold_id}").json()["status"] == "HELD"
    assert caller.post(f"holds/{hold_id}/deliver").json() == {"done": True}
    assert caller.get(f"holds/{hold_id}").json()["status"] == "DELIVERED"
    assert [action for action, _ in looks(home.id)] == ["CHECK", "WRITE"]

    again = caller.post("holds", {**FOOD, "household_id": home.id})
    assert (again.status_code, again.json()["code"]) == (409, "NEED_COVERED")
    assert again["Content-Type"] == "application/problem+json"
    assert caller.post("check", {**FOOD, "household_id": home.id}).json()["verdict"] == "HARD"
    other = caller.post("holds", {"kind": "CASH", "quantity": 1000, "household_id": home.id}).json()
    assert caller.post(f"holds/{other['hold_id']}/release").status_code == 200
    assert caller.post(f"holds/{other['hold_id']}/deliver").json()["code"] == "HOLD_SETTLED"
    assert caller.post("holds/77/deliver").status_code == 404


@pytest.mark.django_db
def test_the_same_key_is_answered_the_same_and_another_body_is_refused(client: Browser) -> None:
    caller, home = given_place(client)
    body = {**FOOD, "household_id": home.id}
    first = caller.post("holds", body, **{"Idempotency-Key": "one"})
    second = caller.post("holds", body, **{"Idempotency-Key": "one"})
    assert (first.json(), second["Idempotency-Replayed"]) == (second.json(), "true")
    reused = caller.post("holds", {**body, "kind": "CASH"}, **{"Idempotency-Key": "one"})
    assert (reused.status_code, reused.json()["code"]) == (422, "REQUEST_REUSED")

    path = f"holds/{first.json()['hold_id']}/deliver"
    done, replayed = (caller.post(path, **{"Idempotency-Key": "two"}) for _ in range(2))
    assert (done.json(), replayed["Idempotency-Replayed"]) == (replayed.json(), "true")
    assert not done.has_header("Idempotency-Replayed")
    other = caller.post(path.replace("deliver", "release"), **{"Idempotency-Key": "two"})
    assert (other.status_code, other.json()["code"]) == (422, "REQUEST_KEY_REUSED")
    bare = caller.post(path, **{"Idempotency-Key": " "})
    assert (bare.status_code, bare.json()["code"]) == (400, "REQUEST_KEY_MISSING")


@pytest.mark.django_db
def test_a_batch_answers_each_line_and_refuses_each_by_itself(client: Browser) -> None:
    caller, home = given_place(client)
    second, hidden = given_household(caller.charity), given_household(is_protected=True)
    numbers = [home.national_id, "123", a_national_id(), "0012345679", hidden.national_id, second.national_id]
    told = caller.post("check/batch", {**FOOD, "national_ids": numbers, "household_ids": [home.id]}).json()
    verdicts = [one["verdict"] for one in told["answers"]]
    assert verdicts == ["CLEAR", "INVALID", "UNKNOWN", "INVALID", "PROTECTED", "CLEAR", "CLEAR"]
    assert told["answers"][4] == {"verdict": "PROTECTED", "household_id": hidden.id} | dict.fromkeys(
        ("open_quantity", "free_on")
    )

    lines = [{"household_id": one, "quantity": 1} for one in (home.id, second.id, home.id, 2**62)]
    results = caller.post("holds/batch", {"kind": "FOOD", "holds": lines}, **{"Idempotency-Key": "b"}).json()["results"]
    assert [one["outcome"] for one in results] == ["HELD", "HELD", "REPEATED", "UNKNOWN"]
    replayed = caller.post("holds/batch", {"kind": "FOOD", "holds": lines}, **{"Idempotency-Key": "b"}).json()
    assert replayed["results"][:2] == results[:2]
    held = [one["hold_id"] for one in results[:2]]

    page = caller.get("holds?limit=1").json()
    following = caller.get(f"holds?limit=1&cursor={page['next']}").json()
    assert [page["items"][0]["hold_id"], following["items"][0]["hold_id"]] == sorted(held, reverse=True)
    assert following["next"] is None
    assert caller.get("holds?cursor=nonsense").json()["code"] == "CURSOR_INVALID"

    settled = caller.post("deliveries/batch", {"hold_ids": [*held[:1], 2**62]}).json()["results"]
    assert [one["outcome"] for one in settled] == ["DONE", "UNKNOWN"]
    assert caller.post("releases/batch", {"hold_ids": held[1:]}).json()["results"][0]["outcome"] == "DONE"
    too_many = caller.post("check/batch", {"kind": "FOOD", "household_ids": [1] * 1000, "national_ids": ["1"]})
    assert too_many.json()["code"] == "TOO_MANY_LINES"


def test_the_lines_of_a_batch_keep_the_ids_that_uuid5_gives_them() -> None:
    caller: Any = SimpleNamespace(client=SimpleNamespace(id=7))
    assert [UUID(one) for one in request_ids(caller, "a:b", 64)] == [
        uuid5(NAMESPACE_URL, f"sakha:client:7:{place}:a:b") for place in range(1, 65)
    ]
    assert request_id(caller, "a:b") == uuid5(NAMESPACE_URL, "sakha:client:7:0:a:b")


@pytest.mark.django_db
def test_an_answer_shows_what_the_level_allows_and_no_place_of_the_protected(client: Browser) -> None:
    charity = given_charity("مهر")
    home, hidden = registered(charity), registered(charity, is_protected=True)
    plain = given_caller(client, charity, level=ClientLevel.VERDICT)
    needs = given_caller(client, charity, level=ClientLevel.NEEDS)
    whole = given_caller(client, charity)

    def ask(caller: Caller, number: str) -> dict[str, object]:
        return caller.post("check", {**FOOD, "national_id": number}).json()

    verdict = ask(plain, home.national_id)
    shown = {name for name, value in verdict.items() if value is not None}
    assert shown == {"verdict", "may_hold", "household_id", "household_code", "reasons", "has_record"}
    assert [one["sentence"] for one in verdict["reasons"]] == [""]
    assert ask(needs, home.national_id)["open_quantity"] == 1
    assert ask(needs, home.national_id)["province"] is None
    assert ask(whole, home.national_id)["county"] == "3001"
    known = ask(whole, hidden.national_id)
    assert (known["verdict"], known["province"], known["county"]) == ("CLEAR", None, None)
    stranger = given_caller(client, given_charity("نور"))
    told, unprotected = ask(stranger, hidden.national_id), ask(stranger, home.national_id)
    assert told["verdict"] == "PROTECTED"
    assert (told["province"], told["needs"], told["open_quantity"]) == (None, None, None)
    assert told.keys() == unprotected.keys()

    for path in (f"households/{home.id}", f"households/{home.id}/needs", f"households/{home.id}/coverage"):
        assert plain.get(path).json()["code"] == "LEVEL_MISSING"
        assert stranger.get(path).status_code == 404
    assert whole.get(f"households/{hidden.id}").json()["county"] is None


def test_a_question_outside_of_a_transaction_leaves_nobody_behind(client: Browser, committed: None) -> None:
    caller, home = given_place(client)
    assert not connection.in_atomic_block
    assert caller.post("check", {**FOOD, "national_id": home.national_id}).json()["verdict"] == "CLEAR"
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_scope(), (SELECT count(*) FROM registry_household)")
        assert cursor.fetchone() == ("", 0)


@pytest.mark.django_db
def test_a_household_is_registered_read_and_told_of_and_each_look_is_written(client: Browser) -> None:
    caller, _ = given_place(client)
    number = a_national_id()
    body = {"members": [{"given_name": "زهرا", "family_name": "نمونه", "national_id": number, "gender": "زن"}]}
    told = caller.post("households", body, **{"Idempotency-Key": "new"}).json()
    again = caller.post("households", body, **{"Idempotency-Key": "new"})
    assert (again.json(), again["Idempotency-Replayed"], told["is_new"]) == (told, "true", True)
    home = told["household_id"]
    assert caller.post("households/find", {"national_id": number}).json()["household_id"] == home

    evidence = caller.post(f"households/{home}/evidence", {"facts": {"rooms": "2"}})
    assert (evidence.status_code, evidence.json()["household_id"]) == (200, home)
    file = caller.get(f"households/{home}")
    assert [one["given_name"] for one in file.json()["members"]] == ["زهرا"]
    assert number not in file.content.decode()
    assert {one["name"]: one["value"] for one in file.json()["facts"]}["rooms"] == 2
    same = caller.get(f"households/{home}", **{"If-None-Match": file["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert caller.get(f"households/{home}/needs").json() == {"needs": []}
    assert caller.get(f"households/{home}/coverage").status_code == 200
    assert [action for action, _ in looks(home)] == ["READ"] * 5

    people = [{"national_id": number, "from_on": "2026-03-21", "kind": "مستمری"}]
    listed = caller.post("coverage", {"observed_on": "2026-11-01", "people": people})
    assert (listed.status_code, listed.json()["added_count"]) == (200, 1)
    assert caller.get("referrals").json() == {"offered": [], "taken": [], "followed": [], "next": None}
    assert caller.post("referrals/7/step", {"step": "take"}).json()["code"] == "INTRODUCTION_UNKNOWN"
    unconsented = {"household_id": home, "kind": "FOOD", "has_consent": False}
    assert caller.post("referrals", unconsented).json()["code"] == "INTRODUCTION_CONSENT_MISSING"
