"""The nation's policy for free money: seen before it is used, confirmed by four eyes, followed, explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.access.rules.actor import PermissionMissing
from sakha.allocation.rules.certificate import Certificate
from sakha.giving.actions.pool_policy import (
    ask_pool_withdrawal,
    confirm_pool_policy,
    look_at_pool_policy,
    propose_pool_policy,
    refuse_pool_withdrawal,
    withdraw_confirmed_policy,
    withdraw_pool_policy,
)
from sakha.giving.actions.proposals import decide_proposal, propose_shares
from sakha.giving.queries.pool import preview_gift
from sakha.giving.queries.pool_policy import find_pool_policy, get_pool_policy, pool_policies
from sakha.giving.queries.proposals import get_proposal
from sakha.giving.queries.share_answers import explain_share, one_more_here
from sakha.giving.rules.pool_policy import (
    PoolEffectChanged,
    PoolEffectStale,
    PoolEffectUnproved,
    PoolPolicyBegun,
    PoolPolicyInvalid,
    PoolPolicyOwn,
    PoolPolicyUnknown,
    PoolTerms,
    PoolWithdrawalAsked,
    PoolWithdrawalOwn,
)
from sakha.giving.rules.proposals import NothingToShare, ProposalOutdated, ProposalState
from sakha.giving.rules.terms import GiftTerms
from sakha.ledger.actions import hold_aid
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, give, given_needy, rows
from tests.ledger_cast import AT, a_request, an_officer, given_charity, given_officer

MILLION, FAR = 1_000_000, "11"
TODAY, LATER = AT.date(), AT + timedelta(days=2)
TERMS = PoolTerms(valid_from=TODAY, reason="مصوبهٔ شورا دربارهٔ محرومان", deprived_provinces=(FAR,), deprived_mille=600)


def execute(statement: str, *values: Any) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)


def given_far(charity: Actor, count: int = 1) -> list[int]:
    homes = [one.id for one in given_needy(charity, count=count, county="1101")]
    execute("UPDATE registry_household SET province = %s WHERE id = ANY(%s)", FAR, homes)
    return homes


def given_policy(terms: PoolTerms) -> int:
    one, two = (given_officer(name, Scope.NATION) for name in ("first", "second"))
    policy = propose_pool_policy(actor=one, at=AT, terms=terms)
    confirm_pool_policy(actor=two, at=AT, policy_id=policy)
    return policy


def shared() -> list[tuple[Any, ...]]:
    return rows("SELECT s.province, s.amount_rial FROM giving_share s WHERE s.amount_rial > 0 ORDER BY 1, 2")


def test_a_version_is_seen_before_it_is_used_and_confirmed_by_other_eyes(mehr: Actor, gateway: Gateway) -> None:
    given_needy(mehr, count=3)
    given_far(mehr)
    give(gateway, 12 * MILLION)
    one, two = given_officer("one", Scope.NATION), given_officer("two", Scope.NATION)
    for stranger in (given_officer("province"), mehr, an_officer(Scope.NATION)):
        with pytest.raises((PoolPolicyUnknown, PermissionMissing)):
            propose_pool_policy(actor=stranger, at=AT, terms=TERMS)
    for wrong in (
        {"valid_from": TODAY - timedelta(days=1)},
        {"deprived_mille": 700, "poor_mille": 400, "poor_below_mille": 100},
        {"deprived_provinces": ()},
        {"deprived_provinces": ("99",)},
        {"poor_mille": 100},
        {"reason": "چون"},
    ):
        with pytest.raises(PoolPolicyInvalid):
            propose_pool_policy(actor=one, at=AT, terms=replace(TERMS, **wrong))
    number = propose_pool_policy(actor=one, at=AT, terms=TERMS)

    # the far household gains what the three others lose; nothing is booked and nobody follows it yet
    effect = get_pool_policy(actor=two, policy_id=number).effect
    far, near = effect["provinces"]
    assert (far["name"], far["given"], near["given"]) == (FAR, [3 * MILLION, 7_200_000], [9 * MILLION, 4_800_000])
    assert (effect["more_count"], effect["less_count"], effect["holds"]) == (1, 3, True)
    assert effect["set_aside"][0] == {"kept": 7_200_000, "used": 7_200_000}
    assert effect["figures"]["unspent"] == [0, 0]
    assert effect["figures"]["lowest_after"] == pytest.approx([0.3, 0.16])
    assert find_pool_policy(on=TODAY) is None
    reader = given_officer("reader")
    assert pool_policies(actor=reader) == ()

    with pytest.raises(PoolPolicyInvalid):  # one version begins a day
        propose_pool_policy(actor=two, at=AT, terms=TERMS)
    with pytest.raises(PoolPolicyOwn):
        confirm_pool_policy(actor=one, at=AT, policy_id=number)
    late = AT + timedelta(days=8)
    with pytest.raises(PoolEffectStale):
        confirm_pool_policy(actor=two, at=late, policy_id=number)
    look_at_pool_policy(actor=one, at=late, policy_id=number)
    with pytest.raises(PoolPolicyInvalid):  # its day has passed
        confirm_pool_policy(actor=two, at=late, policy_id=number)
    withdraw_pool_policy(actor=one, at=late, policy_id=number)
    for step in (confirm_pool_policy, withdraw_pool_policy, look_at_pool_policy):
        with pytest.raises(PoolPolicyUnknown):
            step(actor=two, at=late, policy_id=number)

    second = given_policy(TERMS)
    assert find_pool_policy(on=TODAY).id == second  # type: ignore[union-attr]  -- it was confirmed
    assert [card.id for card in pool_policies(actor=reader)] == [second]
    for change in ("withdrawn_at = now()", "effect = '{}'"):
        with pytest.raises(IntegrityError), transaction.atomic():
            execute(f"UPDATE giving_pool_policy SET {change} WHERE id = %s", second)


WHY = "مصوبه برگشت خورد"


def given_confirmed(one: Actor, two: Actor) -> int:
    """A version that begins in two days."""
    number = propose_pool_policy(actor=one, at=AT, terms=replace(TERMS, valid_from=LATER.date()))
    confirm_pool_policy(actor=two, at=AT, policy_id=number)
    return number


@pytest.mark.django_db
def test_what_was_confirmed_is_withdrawn_by_two_before_its_first_day_and_stays_in_history() -> None:
    one, two, three = (given_officer(name, Scope.NATION) for name in ("one", "two", "three"))
    number = given_confirmed(one, two)
    for stranger in (given_officer("province"), given_charity("مهر"), an_officer(Scope.NATION)):
        for take in (withdraw_confirmed_policy, partial(ask_pool_withdrawal, reason=WHY)):
            with pytest.raises((PoolPolicyUnknown, PermissionMissing)):
                take(actor=stranger, at=AT, policy_id=number)
    with pytest.raises(PoolWithdrawalAsked):  # nobody asked
        withdraw_confirmed_policy(actor=one, at=AT, policy_id=number)
    with pytest.raises(PoolPolicyInvalid):
        ask_pool_withdrawal(actor=one, at=AT, policy_id=number, reason="چون")
    ask_pool_withdrawal(actor=one, at=AT, policy_id=number, reason=WHY)
    with pytest.raises(PoolWithdrawalAsked):
        ask_pool_withdrawal(actor=three, at=AT, policy_id=number, reason=WHY)
    with pytest.raises(PoolWithdrawalOwn):
        withdraw_confirmed_policy(actor=one, at=AT, policy_id=number)
    with pytest.raises(PoolPolicyBegun):
        withdraw_confirmed_policy(actor=two, at=LATER, policy_id=number)
    assert find_pool_policy(on=LATER.date()).id == number  # type: ignore[union-attr]  -- nobody agreed in time

    withdraw_confirmed_policy(actor=two, at=AT, policy_id=number)
    assert find_pool_policy(on=LATER.date()) is None
    card = get_pool_policy(actor=given_officer("reader"), policy_id=number)
    assert (card.withdrawal_asked_by, card.withdrawn_by, card.withdrawal_reason) == ("one", "two", WHY)
    for step in (withdraw_confirmed_policy, withdraw_pool_policy, confirm_pool_policy):
        with pytest.raises(PoolPolicyUnknown):
            step(actor=three, at=AT, policy_id=number)
    waiting = propose_pool_policy(actor=one, at=AT, terms=replace(TERMS, valid_from=LATER.date()))  # its day is free
    with pytest.raises(PoolPolicyUnknown):  # what waits is put aside by one
        ask_pool_withdrawal(actor=one, at=AT, policy_id=waiting, reason=WHY)


@pytest.mark.django_db
def test_a_wish_to_withdraw_is_refused_or_taken_back_and_the_version_stays() -> None:
    one, two = (given_officer(name, Scope.NATION) for name in ("one", "two"))
    number = given_confirmed(one, two)
    for actor in (one, two):  # who asked takes it back, somebody else refuses
        with pytest.raises(PoolWithdrawalAsked):
            refuse_pool_withdrawal(actor=actor, at=AT, policy_id=number)
        ask_pool_withdrawal(actor=one, at=AT, policy_id=number, reason=WHY)
        with pytest.raises(PoolPolicyUnknown):
            refuse_pool_withdrawal(actor=given_officer(f"province.{actor.user_id}"), at=AT, policy_id=number)
        with pytest.raises(PoolPolicyBegun):
            refuse_pool_withdrawal(actor=actor, at=LATER, policy_id=number)
        refuse_pool_withdrawal(actor=actor, at=AT, policy_id=number)
        with pytest.raises(PoolWithdrawalAsked):
            withdraw_confirmed_policy(actor=two, at=AT, policy_id=number)
    card = get_pool_policy(actor=one, policy_id=number)
    assert (card.withdrawal_asked_by_id, card.withdrawal_reason) == (None, "")
    assert find_pool_policy(on=LATER.date()).id == number  # type: ignore[union-attr]  -- it stayed


@pytest.mark.django_db
def test_whoever_waited_past_midnight_for_the_turn_comes_too_late() -> None:
    one, two = (given_officer(name, Scope.NATION) for name in ("one", "two"))
    number = given_confirmed(one, two)
    today = propose_pool_policy(actor=one, at=AT, terms=TERMS)
    two_days = (0.0, 2 * 86_400.0)
    with patch("sakha.giving.actions.pool_policy.monotonic", side_effect=two_days * 3):
        with pytest.raises(PoolPolicyBegun):
            ask_pool_withdrawal(actor=one, at=AT, policy_id=number, reason=WHY)
        with pytest.raises(PoolPolicyInvalid):
            confirm_pool_policy(actor=two, at=AT, policy_id=today)
    ask_pool_withdrawal(actor=one, at=AT, policy_id=number, reason=WHY)
    with patch("sakha.giving.actions.pool_policy.monotonic", side_effect=two_days), pytest.raises(PoolPolicyBegun):
        withdraw_confirmed_policy(actor=two, at=AT, policy_id=number)


@pytest.mark.django_db
def test_the_table_refuses_one_person_for_both_the_day_that_has_come_and_whatever_else_changes() -> None:
    one, two = (given_officer(name, Scope.NATION) for name in ("one", "two"))
    number = given_confirmed(one, two)
    withdraw = "UPDATE giving_pool_policy SET withdrawn_by_id = %s, withdrawn_at = %s WHERE id = %s"
    with pytest.raises(IntegrityError), transaction.atomic():  # nobody asked
        execute(withdraw, two.user_id, AT, number)
    ask_pool_withdrawal(actor=one, at=AT, policy_id=number, reason=WHY)
    for who, at in ((one, AT), (two, LATER)):
        with pytest.raises(IntegrityError), transaction.atomic():
            execute(withdraw, who.user_id, at, number)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute("UPDATE giving_pool_policy SET effect_at = %s WHERE id = %s", LATER, number)
    execute(withdraw, two.user_id, AT, number)


@pytest.mark.django_db
def test_figures_that_the_officer_did_not_see_or_that_are_wrong_confirm_nothing() -> None:
    one, two = given_officer("one", Scope.NATION), given_officer("two", Scope.NATION)
    number = propose_pool_policy(actor=one, at=AT, terms=TERMS)
    with pytest.raises(PoolEffectChanged):
        confirm_pool_policy(actor=two, at=AT, policy_id=number, effect_at=AT - timedelta(minutes=1))
    with patch("sakha.giving.queries.pool_effect.certify", return_value=Certificate((), 0.5)):
        look_at_pool_policy(actor=one, at=AT, policy_id=number)
    with pytest.raises(PoolEffectUnproved):
        confirm_pool_policy(actor=two, at=AT, policy_id=number, effect_at=AT)
    look_at_pool_policy(actor=one, at=AT, policy_id=number)
    confirm_pool_policy(actor=two, at=AT, policy_id=number, effect_at=AT)


def test_proposals_follow_the_policy_and_what_its_needs_cannot_take_flows_back(mehr: Actor, gateway: Gateway) -> None:
    given_needy(mehr, count=3)
    (home,) = given_far(mehr)
    give(gateway, 12 * MILLION)
    policy = given_policy(TERMS)

    # free money is the nation's while something of it is set aside, and a gift is told what the batch would do
    with pytest.raises(NothingToShare):
        propose_shares(actor=given_officer("province"), at=AT, province="30")
    seen = preview_gift(at=AT, amount_rial=4 * MILLION, terms=GiftTerms())
    assert (seen.need_count, seen.unspent_rial) == (4, 0)
    officer = given_officer("one", Scope.NATION)
    proposal = propose_shares(actor=officer, at=AT, province="")
    card = get_proposal(actor=officer, proposal_id=proposal)
    assert shared() == [(FAR, 7_200_000), *[("30", 1_600_000)] * 3]
    assert (card.policy_id, card.effect["holds"]) == (policy, True)
    assert rows("SELECT sum(deprived_rial), sum(poor_rial) FROM giving_share_piece") == [(7_200_000, 0)]

    # the policy is named where a giver's condition would be
    near, there = (
        row[0]
        for row in rows("SELECT min(id) FROM giving_share GROUP BY province = %s ORDER BY province = %s", FAR, FAR)
    )
    told = explain_share(actor=officer, proposal_id=proposal, share_id=near, other_id=there)
    assert (told.payable_count, told.refusals, told.asking.county) == (1, (("deprived",),), "3001")
    more = one_more_here(actor=officer, proposal_id=proposal, share_id=near)
    assert (more.need_count, more.unspent_rial) == (3, 0)
    assert more.rial in {333_333, 333_334}
    assert more.lowest_before == pytest.approx(0.16)
    assert more.lowest_after > 0.19

    # a year on, the far need is nearly covered: what it can't take goes to the others, and all is spent
    decide_proposal(actor=officer, at=AT, proposal_id=proposal, state=ProposalState.REJECTED)
    hold_aid(actor=mehr, at=AT, household_id=home, kind=KIND, quantity=9 * MILLION, request_id=a_request())
    again = propose_shares(actor=officer, at=AT, province="")
    effect = get_proposal(actor=officer, proposal_id=again).effect
    assert (effect["set_aside"][0], effect["unspent"]) == ({"kept": 7_200_000, "used": MILLION}, 0)
    assert rows("SELECT sum(amount_rial) FROM giving_share WHERE proposal_id = %s AND province = '30'", again) == [
        (11 * MILLION,)
    ]


def test_households_of_poor_charities_get_what_is_kept_for_them(mehr: Actor, gateway: Gateway) -> None:
    rich = [one.id for one in given_needy(mehr, count=2)]
    poor = given_charity("خیریهٔ آینده")
    given_needy(poor, count=2)
    for home in rich:  # their charity found a fifth of what they lack
        hold_aid(actor=mehr, at=AT, household_id=home, kind=KIND, quantity=2 * MILLION, request_id=a_request())
    give(gateway, 10 * MILLION, kinds=(KIND,))
    limited = give(gateway, 2 * MILLION, household_most_rial=MILLION)
    terms = PoolTerms(valid_from=TODAY, reason="سهم خیریه‌های کم‌توان", poor_mille=1000, poor_below_mille=100)
    policy = given_policy(terms)
    officer = given_officer("one", Scope.NATION)
    effect = get_pool_policy(actor=officer, policy_id=policy).effect
    assert (effect["poor_body_count"], effect["set_aside"][1]["kept"]) == (1, 10 * MILLION)

    proposal = propose_shares(actor=officer, at=AT, province="")

    marked = "SELECT is_of_poor_body, sum(amount_rial)::bigint FROM giving_share GROUP BY 1 ORDER BY 1"
    assert rows(marked) == [(False, 2 * MILLION), (True, 10 * MILLION)]
    # a giver's limit per household is nobody's to divide
    kept = "SELECT sum(amount_rial), sum(poor_rial) FROM giving_share_piece WHERE gift_id = %s"
    assert rows(kept, limited.gift_id) == [(2 * MILLION, 0)]
    asking, served = (row[0] for row in rows("SELECT min(id) FROM giving_share GROUP BY is_of_poor_body ORDER BY 1"))
    told = explain_share(actor=officer, proposal_id=proposal, share_id=asking, other_id=served)
    assert told.refusals == (("poor_body",),)
    # nothing set aside any more is a version too: the rule of fair shares alone
    tomorrow = AT + timedelta(days=1)
    one, two = given_officer("third", Scope.NATION), given_officer("fourth", Scope.NATION)
    none = PoolTerms(valid_from=tomorrow.date(), reason="پایان سهم‌های جدا")
    confirm_pool_policy(actor=two, at=AT, policy_id=propose_pool_policy(actor=one, at=AT, terms=none))
    # what was shared under the one before is proposed anew, not approved
    with pytest.raises(ProposalOutdated):
        decide_proposal(actor=one, at=tomorrow, proposal_id=proposal, state=ProposalState.APPROVED)
    decide_proposal(actor=officer, at=tomorrow, proposal_id=proposal, state=ProposalState.REJECTED)
    propose_shares(actor=given_officer("province"), at=tomorrow, province="30")
    assert rows("SELECT bool_or(is_of_poor_body) FROM giving_share WHERE proposal_id > %s", proposal) == [(False,)]
