"""Fair shares of the pool: proposed by one, decided by another, carried out once; a changed world is met."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.actor import PermissionMissing
from sakha.giving.actions import hold_with_gifts, settle_draws, verify_books
from sakha.giving.actions.proposals import CarriedOut, carry_out_shares, decide_proposal, propose_shares
from sakha.giving.actions.refunds import BooksVerified
from sakha.giving.queries.pool import preview_gift
from sakha.giving.queries.proposals import OwnShares, get_proposal, own_shares, proposals, proposed_shares
from sakha.giving.queries.share_answers import explain_share
from sakha.giving.rules.proposals import (
    NothingToShare,
    OpenProposal,
    OwnProposal,
    ProposalDecided,
    ProposalState,
    ProposalUnknown,
)
from sakha.giving.rules.states import Account
from sakha.giving.rules.terms import GiftTerms
from sakha.ledger.actions import deliver_aid, hold_aid
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, TARGET, balances, give, given_needy, rows, send_back
from tests.ledger_cast import AT, a_request, an_officer, given_charity, given_officer

LATER = AT + timedelta(hours=1)
APPROVED = ProposalState.APPROVED
NOTHING = CarriedOut(0, 0, 0, has_more=False)


def execute(statement: str, *values: Any) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)


def held(proposal_id: int) -> list[tuple[object, ...]]:
    return rows("SELECT state, left_out, held_rial FROM giving_share WHERE proposal_id = %s ORDER BY id", proposal_id)


def test_shares_are_proposed_with_their_effect_and_answers(mehr: Actor, gateway: Gateway) -> None:
    given_needy(mehr, count=2, county="3001")
    given_needy(mehr, count=1, county="3002")
    one, two = given_officer("one"), given_officer("two")
    with pytest.raises(NothingToShare):
        propose_shares(actor=one, at=AT, province="30")
    give(gateway, 6_000_000)
    seen = preview_gift(at=AT, amount_rial=5_000_000, terms=GiftTerms(county="3002"))
    assert (seen.need_count, seen.unspent_rial, seen.kinds) == (1, 0, ((KIND, 1),))
    give(gateway, 5_000_000, county="3002")
    give(gateway, 5_000_000, province="21")

    for stranger in (an_officer(province="21"), mehr):
        with pytest.raises((ProposalUnknown, PermissionMissing)):
            propose_shares(actor=stranger, at=AT, province="30")
    proposal = propose_shares(actor=one, at=AT, province="30")

    # the narrow gift serves its county, the broad one evens out the others
    cards = proposed_shares(actor=two, proposal_id=proposal)
    assert [card.amount_rial for card in cards] == [3_000_000, 3_000_000, 5_000_000]
    card = get_proposal(actor=two, proposal_id=proposal)
    assert (card.money_rial, card.shared_rial, card.effect["holds"]) == (11_000_000, 11_000_000, True)
    assert (card.effect["lowest_before"], card.effect["lowest_after"], card.effect["more_count"]) == (0.0, 0.3, 3)
    assert card.effect["gini_after"] > card.effect["gini_before"] == 0.0
    told = explain_share(actor=two, proposal_id=proposal, share_id=cards[0].id, other_id=cards[2].id)
    assert (told.payable_count, told.refusals) == (1, (("place",),))
    assert proposals(actor=an_officer(province="21")) == ()
    with pytest.raises(OpenProposal):
        propose_shares(actor=one, at=AT, province="30")


def test_shares_are_decided_by_another_and_held_once_whatever_ends_the_work(mehr: Actor, gateway: Gateway) -> None:
    households = given_needy(mehr, count=3)
    one, two = given_officer("one"), given_officer("two")
    gift = give(gateway, 9_000_000)
    proposal = propose_shares(actor=one, at=AT, province="30")

    assert carry_out_shares(actor=mehr, at=AT, proposal_id=proposal) == NOTHING
    with pytest.raises(OwnProposal):
        decide_proposal(actor=one, at=AT, proposal_id=proposal, state=APPROVED)
    with pytest.raises(ProposalUnknown):
        decide_proposal(actor=an_officer(province="21"), at=AT, proposal_id=proposal, state=APPROVED)
    decide_proposal(actor=two, at=AT, proposal_id=proposal, state=APPROVED)
    with pytest.raises(ProposalDecided):
        decide_proposal(actor=two, at=AT, proposal_id=proposal, state=ProposalState.REJECTED)

    assert own_shares(actor=mehr) == (OwnShares(proposal, 3, 9_000_000),)
    assert carry_out_shares(actor=mehr, at=AT, proposal_id=proposal, limit=1) == CarriedOut(1, 0, 0, has_more=True)
    # killed between the hold and its money: what was not finished left no trace, and the next round goes on
    with (
        patch("sakha.giving.actions.proposals._SETTLE", "SELECT 1 / 0, %s, %s, %s, %s, %s"),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        carry_out_shares(actor=mehr, at=AT, proposal_id=proposal)
    assert rows("SELECT count(*) FROM ledger_hold") == rows("SELECT count(*) FROM giving_draw") == [(1,)]
    assert carry_out_shares(actor=mehr, at=AT, proposal_id=proposal) == CarriedOut(2, 0, 0, has_more=False)
    assert carry_out_shares(actor=mehr, at=AT, proposal_id=proposal) == NOTHING
    assert held(proposal) == [("HELD", "", 3_000_000)] * 3
    assert balances(gift.gift_id)[Account.HELD] == 9_000_000
    ((hold_id,),) = rows("SELECT id FROM ledger_hold WHERE household_id = %s", households[1].id)
    deliver_aid(actor=mehr, at=AT, hold_id=hold_id)
    settle_draws(at=LATER)
    assert balances(gift.gift_id)[Account.DELIVERED] == 3_000_000
    assert verify_books() == BooksVerified(0, 0)
    assert proposals(actor=two)[0].held_rial == 9_000_000


def test_a_changed_world_is_met_share_by_share(mehr: Actor, gateway: Gateway) -> None:
    part, protected, covered, stale, *_ = (one.id for one in given_needy(mehr, count=6))
    first = give(gateway, 48_000_000)
    capped = give(gateway, 2_000_000, household_most_rial=2_000_000)
    officer, other = given_officer("one"), given_officer("two")
    proposal = propose_shares(actor=officer, at=AT, province="30")
    decide_proposal(actor=other, at=AT, proposal_id=proposal, state=APPROVED)
    shares = rows("SELECT amount_rial FROM giving_share ORDER BY id")
    assert sum(row[0] for row in shares) == 50_000_000
    ayande = given_charity("خیریهٔ آینده")

    for household, rial in ((part, 6_000_000), (covered, TARGET)):
        hold_aid(
            actor=mehr, at=AT, household_id=household, kind=KIND, quantity=rial, request_id=a_request()
        ).require_held()
    execute("UPDATE registry_household SET is_protected = true WHERE id = %s", protected)
    execute("UPDATE scoring_need SET expires_on = %s WHERE household_id = %s", AT.date() - timedelta(days=1), stale)
    send_back(capped)
    assert carry_out_shares(actor=ayande, at=LATER, proposal_id=proposal) == NOTHING

    done = carry_out_shares(actor=mehr, at=LATER, proposal_id=proposal)

    found = {row[0]: row[1:] for row in rows("SELECT household_id, state, left_out, held_rial FROM giving_share")}
    assert found[part] == ("PARTLY", "", 4_000_000)
    assert found[protected] == ("LEFT_OUT", "PROTECTED", 0)
    assert found[covered] == ("LEFT_OUT", "NEED_COVERED", 0)
    assert found[stale] == ("LEFT_OUT", "NEED_UNVERIFIED", 0)
    assert done.left_out_count == 3
    assert (done.held_count + done.partly_count, done.has_more) == (3, False)
    total = sum(one[2] for one in found.values())
    assert balances(first.gift_id)[Account.HELD] == total
    assert 4_000_000 + 2 * 6_000_000 < total <= 4_000_000 + 2 * TARGET
    assert verify_books() == BooksVerified(0, 0)

    # what was left out is shared anew; money that went meanwhile leaves the share out; cancelled shares wait for ever
    second = propose_shares(actor=officer, at=LATER, province="30")
    decide_proposal(actor=other, at=LATER, proposal_id=second, state=APPROVED)
    execute("UPDATE registry_household SET is_protected = false WHERE id = %s", protected)
    hold_with_gifts(actor=mehr, at=LATER, household_id=protected, kind=KIND, amount_rial=TARGET, request_id=a_request())
    send_back(first, LATER)
    assert carry_out_shares(actor=mehr, at=LATER, proposal_id=second, limit=1).left_out_count == 1
    decide_proposal(actor=officer, at=LATER, proposal_id=second, state=ProposalState.CANCELLED)
    assert carry_out_shares(actor=mehr, at=LATER, proposal_id=second) == NOTHING
    assert {row[1] for row in held(second)} <= {"MONEY_GONE", ""}
