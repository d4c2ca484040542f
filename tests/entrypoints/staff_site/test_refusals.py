"""Refusals and failures: a sentence, a code, the right status, and nothing half done."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client

from sakha.access.rules.sealing import SealBroken
from sakha.entrypoints.staff_site import refusals
from sakha.entrypoints.staff_site.views import checking, holds
from sakha.registry.queries.households import get_household_file
from sakha.vocabulary.refusal import Refusal
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import html_of, words_of


class SkyFell(Refusal):
    code = "SKY_FELL"
    sentence = "آسمان {when} افتاد."


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("PERMISSION_MISSING", HTTPStatus.FORBIDDEN),
        ("HOUSEHOLD_UNKNOWN", HTTPStatus.NOT_FOUND),
        ("NEED_COVERED", HTTPStatus.CONFLICT),
        ("SKY_FELL", HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_a_refusal_has_its_status(code: str, status: HTTPStatus) -> None:
    assert refusals.status_of(type("Any", (Refusal,), {"code": code})()) == status


def test_a_refusal_is_shown_with_its_sentence_and_code(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise SkyFell(when="دیشب")

    monkeypatch.setattr(holds, "holds_of_organisation", refuse)
    answer = staff.get("/holds/")

    assert answer.status_code == 422
    assert "آسمان دیشب افتاد" in words_of(answer)
    assert "SKY_FELL" in html_of(answer)


def test_a_refusal_to_a_piece_of_a_page_is_a_piece(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise SkyFell(when="دیشب")

    monkeypatch.setattr(checking, "check_aid", refuse)
    answer = staff.post("/check/", {"identifier": "9990010013", "kind": 1}, headers={"HX-Request": "true"})

    assert "<html" not in html_of(answer)
    assert "آسمان دیشب افتاد" in words_of(answer)


def looks(cast: Cast) -> int:
    from sakha.access.actions import acting
    from sakha.access.queries import who_looked

    with acting(cast.staff):
        return len(who_looked(actor=cast.staff, household_id=cast.household_id))


def broken(cast: Cast, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> int:
    """Look at the file, which writes the log, then break; tell what was written."""
    before = looks(cast)

    def look_and_break(**asked: object) -> None:
        get_household_file(actor=cast.staff, at=asked["at"], household_id=cast.household_id)
        raise failure

    monkeypatch.setattr(checking, "check_aid", look_and_break)
    return before


def test_what_breaks_is_undone_and_said_without_a_word_of_why(
    cast: Cast, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.raise_request_exception = False
    before = broken(cast, monkeypatch, RuntimeError("rosebud 9990010013"))
    answer = staff.post("/check/", {"identifier": cast.head_national_id, "kind": 1})

    assert answer.status_code == 500
    assert "مشکلی پیش آمد" in words_of(answer)
    assert "rosebud" not in html_of(answer)
    assert looks(cast) == before


def test_what_is_refused_keeps_its_log(cast: Cast, staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = broken(cast, monkeypatch, SkyFell(when="امروز"))
    staff.post("/check/", {"identifier": cast.head_national_id, "kind": 1})

    assert looks(cast) == before + 1


def test_a_broken_seal_is_a_failure_and_not_an_answer(
    cast: Cast, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.raise_request_exception = False
    broken(cast, monkeypatch, SealBroken())

    assert staff.post("/check/", {"identifier": cast.head_national_id, "kind": 1}).status_code == 500


def test_a_form_without_its_token_is_refused_in_persian(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/sign-in/", {"username": "maryam", "password": "x"})

    assert answer.status_code == 403
    assert "فرم را دوباره بفرستید" in words_of(answer)


def test_an_address_that_leads_nowhere_says_so(db: None) -> None:
    answer = Client().get("/nothing/here/")

    assert answer.status_code == 404
    assert "این صفحه پیدا نشد" in words_of(answer)
