"""From the giver's promise to the hand: where each rial is at every step; nothing is given twice or too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.giving.actions import (
    NewGift,
    allow_publishing,
    hold_with_gifts,
    lapse_pledges,
    pledge_gift,
    reconcile_payments,
    refresh_listings,
    settle_draws,
    settle_payment,
    verify_books,
    withdraw_publishing,
)
from sakha.giving.actions.refunds import BooksVerified
from sakha.giving.gateways import PaymentUncertain
from sakha.giving.jobs import DIFFERING_BALANCES, follow_money, reconcile, verify_books_nightly
from sakha.giving.queries import NeedsAsked, funded_needs, get_gift, shown_needs
from sakha.giving.rules.crowds import CROWD_MIN, Shown, choose_shown
from sakha.giving.rules.states import Account, DrawState, GiftState
from sakha.giving.rules.terms import (
    GiftBegun,
    GiftTerms,
    GiftUnknown,
    ListingFull,
    ListingUnknown,
    MoneyShort,
    NeedUnverified,
    NothingToRefund,
    RequestReused,
)
from sakha.ledger.actions import deliver_aid, hold_aid, release_aid
from sakha.ledger.rules.results import NeedCovered
from sakha.ledger.rules.results import RequestReused as LedgerRequestReused
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
    send_back,
    way_of,
)
from tests.ledger_cast import AT, a_request, given_charity, given_household

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def test_a_gift_for_a_named_need_reaches_it_and_the_giver_sees_every_step(mehr: Actor, gateway: Gateway) -> None:
    household, code = given_listed(mehr)
    gift = give(gateway, 4_000_000, listing_code=code)

    seen = get_gift(follow_code=gift.follow_code)
    assert (seen.state, seen.listing_code, seen.balances[Account.POOL]) == (GiftState.PAID, code, 4_000_000)
    (funded,) = funded_needs(actor=mehr)
    assert (funded.household_id, funded.offer_rial) == (household.id, 4_000_000)
    assert funded_needs(actor=given_charity("خیریهٔ بیگانه")) == ()

    request = a_request()
    hold = {"household_id": household.id, "kind": KIND, "amount_rial": 4_000_000, "request_id": request}
    drawn = hold_with_gifts(actor=mehr, at=AT, **hold)
    assert hold_with_gifts(actor=mehr, at=AT, **hold) == drawn
    assert balances(gift.gift_id) == {Account.GIVER: -4_000_000, Account.HELD: 4_000_000}
    assert (funded_needs(actor=mehr), settle_draws(at=AT)) == ((), 0)

    deliver_aid(actor=mehr, at=LATER, hold_id=drawn.hold_id)
    assert (settle_draws(at=LATER), settle_draws(at=LATER)) == (1, 0)
    assert hold_with_gifts(actor=mehr, at=LATER, **hold) == drawn
    account = get_gift(follow_code=gift.follow_code)
    assert account.balances[Account.DELIVERED] == 4_000_000
    assert [(share.state, share.organisation) for share in account.shares] == [(DrawState.DELIVERED, "خیریهٔ مهر")]
    refresh_listings(at=LATER)
    (need,) = shown_needs(asked=NeedsAsked()).needs
    assert (need.covered_rial, need.left_rial) == (4_000_000, TARGET - 4_000_000)
    assert verify_books() == BooksVerified(0, 0)
    with pytest.raises(GiftUnknown):
        get_gift(follow_code=gift.follow_code[:-1])


def test_a_need_is_given_no_more_than_it_lacks_and_a_lapsed_promise_gives_its_place_back(
    mehr: Actor, gateway: Gateway
) -> None:
    _, code = given_listed(mehr)
    waiting = pledge(gateway, TARGET, listing_code=code)
    with pytest.raises(ListingFull):
        pledge(gateway, 100_000, listing_code=code)
    assert shown_needs(asked=NeedsAsked()).count == 0

    assert lapse_pledges(at=LATER) == 1
    give(gateway, 7_000_000, listing_code=code)

    # The late payment counts; its place is gone, so it goes to needs alike, and can't be drawn by name.
    assert pay(gateway, waiting, LATER).is_first
    assert rows("SELECT given_rial, target_rial FROM giving_listing") == [(7_000_000, TARGET)]
    assert rows("SELECT state, counted_rial, kinds, county FROM giving_gift WHERE id = %s", waiting.gift_id) == [
        ("PAID", 0, [KIND.value], "3001")
    ]
    assert balances(waiting.gift_id) == {Account.GIVER: -TARGET, Account.POOL: TARGET}
    with pytest.raises(ListingUnknown):
        pledge(gateway, 100_000, listing_code="FFFFFFFF")


def test_a_payment_counts_once_however_it_comes_back(gateway: Gateway) -> None:
    paid, unpaid, lost = pledge(gateway), pledge(gateway), pledge(gateway)
    way = way_of(gateway)

    # forged: nobody paid; unknown: nobody asked; early: the gateway says no, and then it is paid after all
    assert not settle_payment(at=AT, authority=authority_of(unpaid), gateway=way).is_paid
    assert not settle_payment(at=AT, authority=authority_of(paid), gateway=way).is_paid
    with pytest.raises(GiftUnknown):
        settle_payment(at=AT, authority="S" + "0" * 35, gateway=way)

    # the answer is lost on the way: nobody knows, and asking again books it once
    gateway.pay(authority_of(paid), is_paid=True)
    gateway.faults += ["take and hang up", "malformed", "hang up"]
    for _ in range(3):
        with pytest.raises(PaymentUncertain):
            settle_payment(at=AT, authority=authority_of(paid), gateway=way)
    assert balances(paid.gift_id) == {}
    assert [settle_payment(at=AT, authority=authority_of(paid), gateway=way).is_first for _ in range(3)] == [
        True, False, False
    ]  # fmt: skip

    # the callback never came
    gateway.pay(authority_of(lost), is_paid=True)
    assert reconcile_payments(at=AT, gateway=way) == (0, 0)
    gateway.faults += ["hang up"]  # an abandoned one, whose answer got lost besides, keeps nobody waiting
    assert reconcile_payments(at=LATER, gateway=way, limit=1) == (0, 0)
    assert reconcile_payments(at=LATER + timedelta(minutes=11), gateway=way, limit=1) == (1, 0)
    assert reconcile_payments(at=LATER + timedelta(minutes=12), gateway=way) == (0, 0)  # rests a quarter of its age
    assert reconcile_payments(at=LATER + timedelta(minutes=30), gateway=way) == (0, 1)
    assert reconcile_payments(at=AT + timedelta(days=4), gateway=way) == (0, 1)
    assert reconcile_payments(at=AT + timedelta(days=5), gateway=way) == (0, 0)
    assert rows("SELECT count(*), sum(amount_rial) FROM giving_transfer WHERE key = 'paid'") == [(2, 2_000_000)]
    assert verify_books() == BooksVerified(0, 0)


def test_what_the_gateway_keeps_is_booked_and_leaves_room_in_the_need(mehr: Actor) -> None:
    _, code = given_listed(mehr)
    with sandbox(fee_rial=5_000) as gateway:
        gift = give(gateway, 1_000_000, listing_code=code)

        assert balances(gift.gift_id) == {
            Account.GIVER: -1_000_000, Account.FEES: 5_000, Account.POOL: 995_000
        }  # fmt: skip
        assert rows("SELECT given_rial FROM giving_listing") == [(995_000,)]


def test_conditions_of_the_giver_are_never_broken(mehr: Actor, gateway: Gateway) -> None:
    household, _ = given_listed(mehr)
    give(gateway, province="21")
    give(gateway, county="3002")
    give(gateway, kinds=(NeedKind.RENT,))
    before = AT - timedelta(days=2)
    pay(gateway, pledge(gateway, at=before, expires_on=AT.date() - timedelta(days=1)), before)
    hold = {"actor": mehr, "at": AT, "household_id": household.id, "kind": KIND}
    with pytest.raises(MoneyShort):
        hold_with_gifts(amount_rial=100_000, request_id=a_request(), **hold)
    assert rows("SELECT count(*) FROM ledger_hold") == [(0,)]

    capped = give(gateway, 3_000_000, household_most_rial=700_000)
    free = give(gateway, 500_000, county="3001", kinds=(KIND,))
    ending = give(gateway, 300_000, province="30", expires_on=AT.date())
    # nobody verified a need of this household: the ledger would hold it, givers' money does not follow
    unknown = hold | {"household_id": given_household(mehr).id}
    with pytest.raises(NeedUnverified):
        hold_with_gifts(amount_rial=100_000, request_id=a_request(), **unknown)
    assert rows("SELECT count(*) FROM ledger_hold") == [(0,)]
    first = hold_with_gifts(amount_rial=1_200_000, request_id=a_request(), **hold)
    taken = {gift.gift_id: balances(gift.gift_id).get(Account.HELD, 0) for gift in (ending, capped, free)}
    assert taken == {ending.gift_id: 300_000, capped.gift_id: 700_000, free.gift_id: 200_000}
    with pytest.raises(MoneyShort):  # the cap holds over all that the household gets
        hold_with_gifts(amount_rial=301_000, request_id=a_request(), **hold)

    # given back with the hold, and then it may be drawn again
    release_aid(actor=mehr, at=AT, hold_id=first.hold_id)
    assert settle_draws(at=AT) == 1
    assert balances(capped.gift_id) == {Account.GIVER: -3_000_000, Account.POOL: 3_000_000}
    hold_with_gifts(amount_rial=1_500_000, request_id=a_request(), **hold)
    assert verify_books() == BooksVerified(0, 0)

    # and through a merge: whoever proves to be that household has had it
    (twin,) = given_needy(mehr, count=1)
    rows("UPDATE registry_household SET merged_into_id = %s WHERE id = %s RETURNING id", twin.id, household.id)
    with pytest.raises(MoneyShort):
        hold_with_gifts(amount_rial=100_000, request_id=a_request(), **hold | {"household_id": twin.id})
    give(gateway, 100_000)
    hold_with_gifts(amount_rial=100_000, request_id=a_request(), **hold | {"household_id": twin.id})


def test_a_refused_hold_stays_on_record_and_a_hold_without_money_is_not_taken_for_one(mehr: Actor) -> None:
    household, _ = given_listed(mehr)
    hold = {"actor": mehr, "at": AT, "household_id": household.id, "kind": KIND, "request_id": a_request()}
    bare = hold_aid(quantity=TARGET, **hold).require_held()
    deliver_aid(actor=mehr, at=AT, hold_id=bare)
    with pytest.raises(LedgerRequestReused):
        hold_with_gifts(amount_rial=TARGET, **hold)

    with pytest.raises(NeedCovered):
        hold_with_gifts(amount_rial=100_000, **(hold | {"request_id": a_request()}))

    assert rows("SELECT count(*) FROM ledger_event WHERE quantity = 100000 AND outcome <> 1") == [(1,)]


def test_money_spent_on_another_need_is_counted_no_more_in_the_one_it_was_named_for(
    mehr: Actor, gateway: Gateway
) -> None:
    household, code = given_listed(mehr)
    other = given_needy(mehr, count=1)[0]
    gift = give(gateway, 3_000_000, listing_code=code)
    withdraw_publishing(actor=mehr, at=AT, household_id=household.id)
    refresh_listings(at=AT)
    hold = {"actor": mehr, "at": AT, "kind": KIND}

    hold_with_gifts(household_id=other.id, amount_rial=1_000_000, request_id=a_request(), **hold)

    assert rows("SELECT counted_rial FROM giving_gift WHERE id = %s", gift.gift_id) == [(2_000_000,)]
    allow_publishing(actor=mehr, at=LATER, household_id=household.id)
    hold_aid(household_id=household.id, quantity=1_000_000, request_id=a_request(), **hold)
    hold_with_gifts(household_id=household.id, amount_rial=500_000, request_id=a_request(), **hold)
    refresh_listings(at=LATER)
    # what another body holds counts in full: none of it is taken for the money that went elsewhere
    assert rows("SELECT given_rial, elsewhere_rial FROM giving_listing WHERE code = %s", code) == [
        (2_000_000, 1_000_000)
    ]


def test_what_no_need_has_drawn_can_go_back(mehr: Actor, gateway: Gateway) -> None:
    household, code = given_listed(mehr)
    gift = give(gateway, 3_000_000, listing_code=code)
    drawn = hold_with_gifts(
        actor=mehr, at=AT, household_id=household.id, kind=KIND, amount_rial=1_000_000, request_id=a_request()
    )

    assert send_back(gift) == 2_000_000

    assert balances(gift.gift_id) == {
        Account.GIVER: -3_000_000, Account.HELD: 1_000_000, Account.REFUNDED: 2_000_000
    }  # fmt: skip
    assert rows("SELECT given_rial FROM giving_listing") == [(1_000_000,)]

    # what was held comes back later, and goes back too
    release_aid(actor=mehr, at=AT, hold_id=drawn.hold_id)
    settle_draws(at=AT)
    assert send_back(gift, LATER) == 1_000_000
    assert balances(gift.gift_id) == {Account.GIVER: -3_000_000, Account.REFUNDED: 3_000_000}
    assert rows("SELECT given_rial FROM giving_listing") == [(0,)]
    with pytest.raises(NothingToRefund):
        send_back(gift, LATER)


def test_a_form_sent_twice_is_one_gift(mehr: Actor, gateway: Gateway) -> None:
    _, code = given_listed(mehr)
    gift = NewGift(request_id=a_request(), amount_rial=200_000, terms=GiftTerms(listing_code=code))
    pledge_gift(at=AT, gift=gift, callback_for=CALLBACK.format, gateway=way_of(gateway))

    with pytest.raises(GiftBegun):
        pledge_gift(at=AT, gift=gift, callback_for=CALLBACK.format, gateway=way_of(gateway))
    with pytest.raises(RequestReused):
        pledge_gift(
            at=AT, gift=replace(gift, amount_rial=300_000), callback_for=CALLBACK.format, gateway=way_of(gateway)
        )

    # the gateway hangs up: nobody can pay that one, so it keeps no place
    gateway.faults += ["hang up"]
    with pytest.raises(PaymentUncertain):
        pledge(gateway, 300_000, listing_code=code)
    assert rows("SELECT given_rial FROM giving_listing") == [(200_000,)]


def test_a_need_is_shown_only_in_a_crowd_with_leave_and_never_of_a_protected_household(
    mehr: Actor, gateway: Gateway
) -> None:
    household, _ = given_listed(mehr, count=10)
    assert shown_needs(asked=NeedsAsked()).count == 0  # ten are too few, even in the whole province

    given_needy(mehr, count=1, county="3002")
    refresh_listings(at=AT)
    (need,) = shown_needs(asked=NeedsAsked(kind=KIND, province="30")).needs
    assert (need.county, need.size_band, need.province) == ("", 1, "30")
    code = need.code
    assert shown_needs(asked=NeedsAsked(code=code.lower())).count == 1
    assert shown_needs(asked=NeedsAsked(kind=NeedKind.RENT)).count == 0

    withdraw_publishing(actor=mehr, at=LATER, household_id=household.id)
    assert refresh_listings(at=LATER).left_count == 1
    with pytest.raises(ListingUnknown):
        pledge(gateway, listing_code=code)


@pytest.mark.parametrize(
    ("source", "target", "fault"),
    [(3, 4, "held_money_names_its_draw"), (2, 3, "never_below_zero"), (1, 5, "transfer_goes_a_way")],
)
def test_the_books_refuse_what_is_not_there(gateway: Gateway, source: int, target: int, fault: str) -> None:
    gift = give(gateway)
    statement = """INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, reason, at)
                   VALUES (%s, 'forged', %s, %s, 1, '', now()) RETURNING id"""

    with pytest.raises(IntegrityError, match=fault), transaction.atomic(), acting(SYSTEM):
        rows(statement, gift.gift_id, source, target)


def test_what_is_shown_follows_the_rule_of_crowds_and_jobs_keep_the_books_still(mehr: Actor) -> None:
    small = given_needy(mehr, count=4, county="3002")
    large = given_needy(mehr, count=CROWD_MIN, county="3001")
    for one in (small[0], large[0]):
        allow_publishing(actor=mehr, at=AT, household_id=one.id)

    refresh_listings(at=AT)

    # All live alone. Whoever isn't told with the large county would be one of four: so neither county is told.
    described = choose_shown([("3002", 1)] * len(small) + [("3001", 1)] * len(large))
    for one, expected in ((small[0], described[0]), (large[0], described[-1])):
        assert expected == Shown(has_county=False, has_band=True)
        ((county, band),) = rows("SELECT county, size_band FROM giving_listing WHERE household_id = %s", one.id)
        assert (bool(county), bool(band)) == (expected.has_county, expected.has_band)
    for job in (follow_money, reconcile, verify_books_nightly):
        job(0)
    assert DIFFERING_BALANCES._value.get() == 0
