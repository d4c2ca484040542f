"""Deliveries: what is at hand, delivering, giving back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sakha.ledger.actions import hold_aid
from sakha.ledger.queries import get_hold
from sakha.ledger.rules import HoldStatus
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import html_of, words_of


def hold(cast: Cast, kind: NeedKind, quantity: int, hours_ago: int = 0) -> int:
    return hold_aid(
        actor=cast.staff,
        at=timezone.now() - timedelta(hours=hours_ago),
        household_id=cast.household_id,
        kind=kind,
        quantity=quantity,
        request_id=uuid.uuid4(),
    ).require_held()


def test_what_expires_first_stands_first(cast: Cast, staff: Client) -> None:
    hold(cast, NeedKind.RENT, 10_000_000, hours_ago=1)
    hold(cast, NeedKind.FOOD, 1, hours_ago=70)

    words = words_of(staff.get("/holds/"))

    assert words.index("بستهٔ غذایی") < words.index("اجارهٔ خانه")
    assert "۱ ساعت مانده" in words


def test_a_delivery_is_thanked_and_counted(cast: Cast, staff: Client) -> None:
    hold_id = hold(cast, NeedKind.FOOD, 1)

    answer = staff.post(f"/holds/{hold_id}/deliver/", follow=True)

    assert "تحویل ۱ بسته ثبت شد" in words_of(answer)
    assert get_hold(actor=cast.staff, hold_id=hold_id).status is HoldStatus.DELIVERED
    assert "چیزی در دست تحویل ندارید" in words_of(answer)
    assert "ثبت شد" not in words_of(staff.get("/holds/")).split("چیزی در دست")[0]


def test_what_is_given_back_is_open_again(cast: Cast, staff: Client) -> None:
    hold_id = hold(cast, NeedKind.FOOD, 1)
    staff.post(f"/holds/{hold_id}/release/")

    assert get_hold(actor=cast.staff, hold_id=hold_id).status is HoldStatus.RELEASED
    assert "می‌توانید بدهید" in words_of(staff.post("/check/", {"identifier": cast.head_national_id, "kind": 1}))


def test_what_was_given_back_can_no_longer_be_delivered(cast: Cast, staff: Client) -> None:
    hold_id = hold(cast, NeedKind.FOOD, 1)
    staff.post(f"/holds/{hold_id}/release/")

    refused = staff.post(f"/holds/{hold_id}/deliver/")

    assert (refused.status_code, "HOLD_SETTLED" in html_of(refused)) == (409, True)


@pytest.mark.parametrize("step", ["deliver", "release"])
def test_another_charity_settles_nothing_of_ours(cast: Cast, stranger: Client, step: str) -> None:
    hold_id = hold(cast, NeedKind.FOOD, 1)

    assert stranger.post(f"/holds/{hold_id}/{step}/").status_code == 404
    assert get_hold(actor=cast.staff, hold_id=hold_id).status is HoldStatus.HELD


def test_a_place_of_thousands_of_digits_shows_the_first_page(staff: Client) -> None:
    assert staff.get("/holds/", {"after": "9" * 5000}).status_code == 200
