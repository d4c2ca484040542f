"""Prices are dated rows with a source, approved by other eyes; those of the nation by the nation's officers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Role
from sakha.scoring.actions.policy_prices import PriceUnknown, approve_price, draft_price, withdraw_price
from sakha.scoring.queries import policies_on
from sakha.scoring.queries.policy_list import list_prices
from sakha.scoring.queries.policy_prices import price_cards
from sakha.scoring.rules.needs_prices import PricesInvalid
from sakha.scoring.rules.policy import PolicyOfNation, SameEyes
from sakha.scoring.rules.policy_prices import NewPrice
from tests.rooms.scoring.given import AT, make_charities, staff_of
from tests.rooms.scoring.test_policy import make_officer

pytestmark = pytest.mark.django_db
TODAY = AT.date()
LATER = TODAY + timedelta(days=10)
KIT = NewPrice(
    name="school_kit",
    province="",
    amount=80_000_000,
    valid_from=LATER,
    valid_to=None,
    source="استعلام بهای روز، آبان ۱۴۰۵",
)


@pytest.fixture
def eyes() -> tuple[Actor, Actor, Actor, Actor]:
    nations = [make_officer(name, Role.NATION_OFFICER, "") for name in ("first", "second")]
    return nations[0], nations[1], make_officer("alborz"), make_officer("alborz.two")


def kit_on(day: date, province: str = "") -> int:
    with acting(SYSTEM):
        prices = policies_on(day).prices
    return prices.at_place(province or None)["price_school_kit"]


def test_a_row_of_the_nation_counts_from_its_day_once_its_other_officer_approved_it(
    eyes: tuple[Actor, Actor, Actor, Actor],
) -> None:
    first, second, officer, _ = eyes
    price_id = draft_price(actor=first, at=AT, price=KIT)

    assert kit_on(LATER) == 50_000_000
    with pytest.raises(SameEyes):
        approve_price(actor=first, at=AT, price_id=price_id)
    with pytest.raises(PolicyOfNation):
        approve_price(actor=officer, at=AT, price_id=price_id)
    with pytest.raises(PolicyOfNation):
        draft_price(actor=officer, at=AT, price=KIT)
    with pytest.raises(PricesInvalid):
        draft_price(actor=first, at=AT, price=KIT)
    approve_price(actor=second, at=AT, price_id=price_id)
    with pytest.raises(PriceUnknown):
        withdraw_price(actor=second, at=AT, price_id=price_id)
    assert (kit_on(TODAY), kit_on(LATER)) == (50_000_000, 80_000_000)
    card = next(card for card in price_cards(actor=first, at=AT) if card.id == price_id)
    assert (card.drafted_by, card.approved_by, card.counts_on(TODAY), card.counts_on(LATER)) == (
        "first", "second", False, True
    )  # fmt: skip
    assert {row.name: here for row, here in list_prices(actor=officer, at=AT)}["cash_cap"] == 170_800_000


def test_a_provinces_officers_decide_the_provinces_own_rows_alone(eyes: tuple[Actor, Actor, Actor, Actor]) -> None:
    first, _, officer, other = eyes
    price_id = draft_price(actor=officer, at=AT, price=replace(KIT, province="30"))
    level_id = draft_price(actor=first, at=AT, price=replace(KIT, name="level", province="21", amount=900))

    approve_price(actor=other, at=AT, price_id=price_id)
    with pytest.raises(PolicyOfNation):
        approve_price(actor=other, at=AT, price_id=level_id)
    assert (kit_on(LATER, "30"), kit_on(LATER)) == (80_000_000, 50_000_000)
    with pytest.raises(PolicyOfNation):
        draft_price(actor=officer, at=AT, price=replace(KIT, province="21"))
    withdraw_price(actor=first, at=AT, price_id=level_id)
    assert draft_price(actor=first, at=AT, price=replace(KIT, name="level", province="21", amount=950))


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_from": TODAY - timedelta(days=1)},
        {"valid_to": TODAY},
        {"amount": 0},
        {"source": "?"},
        {"name": "gold"},
        {"province": "77"},
        {"name": "level"},
        {"name": "level", "province": "30", "amount": 9},
    ],
)
def test_a_row_without_day_amount_place_or_source_is_refused(wrong: dict) -> None:
    with pytest.raises(PricesInvalid):
        draft_price(actor=make_officer("first", Role.NATION_OFFICER, ""), at=AT, price=replace(KIT, **wrong))


def test_a_charity_proposes_nothing() -> None:
    with pytest.raises(PermissionMissing):
        draft_price(actor=staff_of(make_charities()[0]), at=AT, price=KIT)


def test_the_database_keeps_both_pairs_of_eyes_and_every_row(eyes: tuple[Actor, Actor, Actor, Actor]) -> None:
    first, second, officer, _ = eyes
    price_id = draft_price(actor=first, at=AT, price=KIT)
    approving = "UPDATE scoring_price SET approved_by_id = %s, approved_at = %s WHERE id = %s"

    with acting(officer), connection.cursor() as cursor:
        cursor.execute(approving, (officer.user_id, AT, price_id))
        assert cursor.rowcount == 0
    for statement in ("UPDATE scoring_price SET amount = 1", "DELETE FROM scoring_price"):
        with pytest.raises(ProgrammingError), acting(second), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    approve_price(actor=second, at=AT, price_id=price_id)
    for done in (approving.replace("SET", "SET withdrawn_at = NULL,"), approving):
        with pytest.raises(IntegrityError), acting(second), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(done, (second.user_id, AT + timedelta(days=1), price_id))
