"""No gift begins under a name whose conditions it does not keep, or with a last day that has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from sakha.access.rules import Actor
from sakha.giving.actions import hold_with_gifts, settle_draws
from sakha.giving.jobs import verify_books_nightly
from sakha.giving.queries.refunds import MoneyWaiting, money_waiting
from sakha.giving.rules.conditions import CONDITION_SETS, HouseholdType
from sakha.giving.rules.refunds import WaitsFor
from sakha.giving.rules.terms import ConditionsUnfit, GiftInvalid, GiftTerms, LastDayPassed, require_terms
from sakha.ledger.actions import release_aid
from sakha.vocabulary.need_kinds import NeedKind
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, give, given_listed, pledge, rows, send_back
from tests.ledger_cast import AT, a_request

ON = AT.date()


@pytest.mark.parametrize(
    "terms",
    [
        GiftTerms(condition_set="ZAKAT", kinds=(NeedKind.EDUCATION,)),
        GiftTerms(condition_set="ZAKAT"),
        GiftTerms(condition_set="ORPHANS", types=(HouseholdType.WOMAN_HEADED,)),
        GiftTerms(condition_set="ORPHANS", types=(HouseholdType.ORPHANS, HouseholdType.DISABILITY)),
        GiftTerms(condition_set="OF_NOBODY"),
    ],
)
def test_a_name_is_kept_only_with_its_own_conditions(terms: GiftTerms) -> None:
    with pytest.raises(ConditionsUnfit):
        require_terms(terms, on=ON)


def test_a_name_with_its_conditions_or_narrower_ones_and_a_day_to_come_are_kept() -> None:
    for named in CONDITION_SETS.values():
        require_terms(GiftTerms(condition_set=named.name, kinds=named.kinds, types=named.types), on=ON)
    require_terms(GiftTerms(condition_set="ZAKAT", kinds=(NeedKind.RENT,), expires_on=ON), on=ON)
    require_terms(
        GiftTerms(condition_set="ORPHANS", types=(HouseholdType.ORPHANS,), kinds=(NeedKind.EDUCATION,)), on=ON
    )
    with pytest.raises(LastDayPassed):
        require_terms(GiftTerms(expires_on=ON - timedelta(days=1)), on=ON)


@pytest.mark.django_db
def test_such_a_gift_is_not_begun_and_money_that_waits_to_go_back_is_loud_at_night(
    mehr: Actor, gateway: Gateway
) -> None:
    for terms in ({"expires_on": ON - timedelta(days=1)}, {"condition_set": "ZAKAT", "kinds": (NeedKind.EDUCATION,)}):
        with pytest.raises(GiftInvalid):
            pledge(gateway, **terms)
    assert rows("SELECT count(*) FROM giving_gift") == [(0,)]

    give(gateway, 300_000, expires_on=ON)
    household, code = given_listed(mehr)
    refunded = give(gateway, 3_000_000, listing_code=code)
    hold = {"household_id": household.id, "kind": KIND, "amount_rial": 1_000_000, "request_id": a_request()}
    drawn = hold_with_gifts(actor=mehr, at=AT, **hold)
    send_back(refunded)
    assert money_waiting(at=AT) == MoneyWaiting({}, 0)

    release_aid(actor=mehr, at=AT, hold_id=drawn.hold_id)
    settle_draws(at=AT)
    assert money_waiting(at=AT) == MoneyWaiting({WaitsFor.CAME_BACK: 1}, 1_000_000)
    both = MoneyWaiting({WaitsFor.CAME_BACK: 1, WaitsFor.EXPIRED: 1}, 1_300_000)
    assert money_waiting(at=AT + timedelta(days=1)) == both
    with capture_logs() as logs:
        verify_books_nightly(0)
    (told,) = [one for one in logs if one["event"] == "giving_money_waits_to_go_back"]
    assert (told["log_level"], told["came_back_count"]) == ("warning", 1)
