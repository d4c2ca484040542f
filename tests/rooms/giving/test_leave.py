"""A household's leave to be shown: who gives it, whose no binds whom, and that a no counts at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, household_actor
from sakha.giving.actions import allow_publishing, refresh_listings, withdraw_publishing
from sakha.giving.queries import NeedsAsked, get_shown_need, shown_by_code, shown_needs
from sakha.giving.queries.leave import has_publishing_leave
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.giving.rules.promises import KEPT_IN_VAIN_WITHIN
from sakha.giving.rules.terms import LeaveTakenBack, ListingUnknown
from sakha.registry.queries import HouseholdUnknown
from simulation.payment_gateway import Gateway
from tests.giving_cast import TARGET, given_listed, given_needy, pledge, rows
from tests.ledger_cast import AT, an_officer, given_charity, given_household

pytestmark = pytest.mark.django_db
SOON, LATER = AT + timedelta(minutes=1), AT + timedelta(minutes=2)


def change(statement: str, *values: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_what_the_household_took_back_is_gone_at_once_and_no_body_gives_it_again(mehr: Actor, gateway: Gateway) -> None:
    household, code = given_listed(mehr)
    own = household_actor(household.id)
    assert shown_needs(asked=NeedsAsked(province="30")).count == 1

    withdraw_publishing(actor=own, at=SOON, household_id=household.id)

    found = shown_needs(asked=NeedsAsked(province="30"))
    assert (found.count, found.kinds, found.counties, shown_by_code(codes=[code])) == (0, (), (), {})
    with pytest.raises(ListingUnknown):
        get_shown_need(code=code)
    with pytest.raises(ListingUnknown):
        pledge(gateway, listing_code=code)
    with pytest.raises(LeaveTakenBack):
        allow_publishing(actor=mehr, at=LATER, household_id=household.id)
    with pytest.raises(HouseholdUnknown):
        allow_publishing(actor=given_charity("غریبه"), at=LATER, household_id=household.id)

    # Itself or an office says otherwise; what a body took back, a body gives again.
    allow_publishing(actor=own, at=LATER, household_id=household.id)
    assert has_publishing_leave(actor=mehr, household_id=household.id)
    withdraw_publishing(actor=own, at=LATER, household_id=household.id)
    allow_publishing(actor=an_officer(), at=LATER, household_id=household.id)
    withdraw_publishing(actor=mehr, at=LATER + timedelta(minutes=1), household_id=household.id)
    allow_publishing(actor=mehr, at=LATER + timedelta(minutes=1), household_id=household.id)
    assert get_shown_need(code=code).code == code
    change("UPDATE registry_household SET is_protected = true WHERE id = %s", household.id)
    assert shown_by_code(codes=[code]) == {}


def test_a_need_that_was_kept_in_vain_is_not_given_to_after_the_leave_was_taken_back(
    mehr: Actor, gateway: Gateway
) -> None:
    household, code = given_listed(mehr)
    pledge(gateway, TARGET, listing_code=code)
    change("UPDATE giving_gift SET state = 'LAPSED', counted_rial = 0")
    withdraw_publishing(actor=mehr, at=SOON, household_id=household.id)

    with pytest.raises(ListingUnknown):
        pledge(gateway, listing_code=code, at=AT + KEPT_IN_VAIN_WITHIN / 2)


def test_a_no_of_a_household_that_proved_to_be_this_one_binds_this_one(mehr: Actor) -> None:
    household, code = given_listed(mehr)
    other = given_household(mehr)
    allow_publishing(actor=mehr, at=AT, household_id=other.id)
    withdraw_publishing(actor=household_actor(other.id), at=SOON, household_id=other.id)
    change("UPDATE registry_household SET merged_into_id = %s WHERE id = %s", household.id, other.id)

    assert refresh_listings(at=LATER).left_count == 1
    withdraw_publishing(actor=mehr, at=LATER, household_id=household.id)
    change("UPDATE giving_publishing_leave SET withdrawn_at = given_at WHERE household_id = %s", household.id)
    with pytest.raises(LeaveTakenBack):
        allow_publishing(actor=mehr, at=LATER, household_id=household.id)
    allow_publishing(actor=household_actor(household.id), at=LATER, household_id=household.id)
    refresh_listings(at=LATER)
    assert get_shown_need(code=code).code == code


def test_nobody_is_left_over_by_elimination(mehr: Actor) -> None:
    household, _ = given_listed(mehr)
    shown = "SELECT county, size_band FROM giving_listing WHERE household_id = %s"
    assert rows(shown, household.id) == [("3001", 1)]

    given_needy(mehr, count=1, county="3002")
    refresh_listings(at=AT)
    assert rows(shown, household.id) == [("", 1)]  # whoever isn't told with this county would be the one of the other

    given_needy(mehr, count=CROWD_MIN - 1, county="3003")
    refresh_listings(at=AT)
    assert rows(shown, household.id) == [("3001", 1)]
