"""Nobody keeps needs from others by promising only; baskets; types of household; words that find needs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.giving.actions import (
    NewGift,
    allow_publishing,
    forget_marks,
    hold_with_gifts,
    lapse_pledges,
    part_request,
    pledge_basket,
    refresh_listings,
    verify_books,
)
from sakha.giving.actions.refunds import BooksVerified
from sakha.giving.queries import NeedsAsked, get_gift, shown_by_code, shown_needs
from sakha.giving.rules.conditions import HouseholdType
from sakha.giving.rules.promises import LIMITS, BasketUnfit, GiverMarks, MarkKind, PromisesUnpaid
from sakha.giving.rules.states import Account
from sakha.giving.rules.terms import PLEDGE_LIVES, GiftBegun, GiftTerms, ListingFull, MoneyShort
from sakha.vocabulary.need_kinds import NeedKind
from simulation.payment_gateway import Gateway
from tests.giving_cast import (
    CALLBACK,
    KIND,
    TARGET,
    authority_of,
    balances,
    give,
    given_listed,
    given_needy,
    pay,
    pledge,
    rows,
    sandbox,
    way_of,
)
from tests.ledger_cast import AT, a_request

pytestmark = pytest.mark.django_db
LATER = AT + PLEDGE_LIVES + timedelta(minutes=1)
ONE = GiverMarks(session="one", address="192.0.2.7")
_FACT = """INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)
           VALUES (%s, %s, 'orphan_count', 1, %s, %s)"""


def test_unpaid_promises_of_one_browser_end_and_begin_again_when_they_are_paid_or_lapse(gateway: Gateway) -> None:
    most = LIMITS[MarkKind.SESSION].open_most
    made = [pledge(gateway, 100_000, giver=ONE) for _ in range(most)]
    with pytest.raises(PromisesUnpaid):
        pledge(gateway, 100_000, giver=ONE)
    pledge(gateway, 100_000, giver=GiverMarks(session="two", address="192.0.2.7"))  # a hall has more than one phone

    pay(gateway, made[0])
    pledge(gateway, 100_000, giver=ONE)
    with pytest.raises(PromisesUnpaid):
        pledge(gateway, 100_000, giver=ONE)
    assert lapse_pledges(at=LATER) == most + 1
    pledge(gateway, 100_000, giver=ONE, at=LATER)

    # control: without marks there is no count; and what is kept of them is no address and no word, and not for long
    assert rows("DELETE FROM giving_promise_mark WHERE at = %s RETURNING octet_length(digest)", AT)[0] == (16,)
    for _ in range(most - 1):
        pledge(gateway, 100_000, giver=ONE, at=LATER)
    assert forget_marks(at=LATER + timedelta(days=3)) > 0
    assert rows("SELECT count(*) FROM giving_promise_mark") == [(0,)]


def test_a_need_that_was_kept_in_vain_is_kept_for_nobody_and_belongs_to_whoever_pays_first(
    mehr: Actor, gateway: Gateway
) -> None:
    _, code = given_listed(mehr)
    pledge(gateway, TARGET, listing_code=code)
    with pytest.raises(ListingFull):
        pledge(gateway, TARGET, listing_code=code)
    lapse_pledges(at=LATER)

    first, second = (pledge(gateway, TARGET, at=LATER, listing_code=code) for _ in range(2))
    assert rows("SELECT given_rial FROM giving_listing") == [(0,)]
    pay(gateway, second, LATER)
    pay(gateway, first, LATER)

    assert rows("SELECT given_rial FROM giving_listing") == [(TARGET,)]
    counted = dict(rows("SELECT id, counted_rial FROM giving_gift WHERE state = 'PAID'"))
    assert counted == {second.gift_id: TARGET, first.gift_id: 0}  # whose money goes to needs alike
    assert [get_gift(follow_code=one.follow_code).parts[0].is_placed for one in (first, second)] == [False, True]


def test_a_basket_is_one_payment_for_several_needs_all_or_none(mehr: Actor) -> None:
    homes = given_needy(mehr)[:3]
    for home in homes:
        allow_publishing(actor=mehr, at=AT, household_id=home.id)
    refresh_listings(at=AT)
    codes = [row[0] for row in rows("SELECT code FROM giving_listing ORDER BY id")]
    request = a_request()
    gifts = [
        NewGift(request_id=part_request(request, n), amount_rial=rial, terms=GiftTerms(listing_code=code))
        for n, (code, rial) in enumerate(zip(codes, (1_000_000, 300_000, 200_000), strict=True))
    ]
    with sandbox(fee_rial=1_000) as gateway:
        way = {"callback_for": CALLBACK.format, "gateway": way_of(gateway)}
        full = NewGift(request_id=a_request(), amount_rial=TARGET + 10, terms=GiftTerms(listing_code=codes[2]))
        with pytest.raises(ListingFull):
            pledge_basket(at=AT, gifts=[*[NewGift(request_id=a_request(), amount_rial=gift.amount_rial,
                                                   terms=gift.terms) for gift in gifts[:2]], full], **way)  # fmt: skip
        assert rows("SELECT sum(given_rial) FROM giving_listing") == [(0,)]
        for unfit in ([], [gifts[0], gifts[0]], gifts * 4):
            with pytest.raises(BasketUnfit):
                pledge_basket(at=AT, gifts=unfit, **way)

        paid = pledge_basket(at=AT, gifts=gifts, **way)
        with pytest.raises(GiftBegun):
            pledge_basket(at=AT, gifts=gifts, **way)
        assert [gateway.sessions[authority_of(paid)].amount_rial, pay(gateway, paid).is_first] == [1_500_000, True]
        assert not pay(gateway, paid).is_first

    account = get_gift(follow_code=paid.follow_code)
    assert [part.listing_code for part in account.parts] == codes
    assert account.balances == {Account.GIVER: -1_500_000, Account.TRANSIT: 0, Account.POOL: 1_499_000,
                                Account.FEES: 1_000}  # fmt: skip
    assert get_gift(follow_code=f"{paid.follow_code}.2").amount_rial == 200_000
    found = shown_by_code(codes=codes)
    assert sorted(one.covered_rial for one in found.values()) == [199_866, 299_800, 999_334]
    assert verify_books() == BooksVerified(0, 0)


def test_a_giver_may_ask_for_a_type_of_household(mehr: Actor, gateway: Gateway) -> None:
    household, _ = given_listed(mehr)
    gift = give(gateway, 500_000, types=(HouseholdType.ORPHANS,), condition_set="ORPHANS")
    hold = {"actor": mehr, "at": AT, "household_id": household.id, "kind": KIND, "amount_rial": 500_000}
    with pytest.raises(MoneyShort):
        hold_with_gifts(request_id=a_request(), **hold)

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FACT, [household.id, mehr.organisation_id, AT.date(), AT])
    hold_with_gifts(request_id=a_request(), **hold)

    assert balances(gift.gift_id)[Account.HELD] == 500_000
    assert get_gift(follow_code=gift.follow_code).parts[0].types == ("ORPHANS",)


def test_needs_are_found_by_words_place_and_what_is_missing(mehr: Actor) -> None:
    _, code = given_listed(mehr)
    found, none = ("دارو", "درمان کرج", code.lower(), "البرز"), ("اجاره", "درمان تبریز", "هیچ", "؟")
    for words, count in [*((one, 1) for one in found), *((one, 0) for one in none)]:
        assert shown_needs(asked=NeedsAsked(words=words)).count == count, words
    assert shown_needs(asked=NeedsAsked(province="30", county="3001")).counties == ("3001",)
    assert shown_needs(asked=NeedsAsked(province="30", county="3002")).count == 0
    assert shown_needs(asked=NeedsAsked(left_most_rial=TARGET)).count == 1
    assert shown_needs(asked=NeedsAsked(left_most_rial=TARGET - 1, kind=NeedKind.HEALTH)).count == 0
