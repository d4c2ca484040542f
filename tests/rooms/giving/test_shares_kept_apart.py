"""Shares keep apart: no rial and no need is promised twice, whom the law lets hold, and a share pays its own need."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.allocation.rules.certificate import Certificate
from sakha.giving.actions import hold_with_gifts
from sakha.giving.actions.proposals import CarriedOut, carry_out_shares, decide_proposal, propose_shares
from sakha.giving.queries import funded_needs
from sakha.giving.queries.pool import need_columns, read_pool
from sakha.giving.queries.share_answers import explain_share
from sakha.giving.rules.proposals import NothingToShare, OpenProposal, ProposalState, SharesBroken
from sakha.ledger.actions import hold_aid
from sakha.ledger.rules.terms import terms_of
from simulation.payment_gateway import Gateway
from tests.giving_cast import KIND, TARGET, give, given_listed, given_needy, rows
from tests.ledger_cast import AT, a_request, an_officer, given_officer

MILLION = 1_000_000


def execute(statement: str, *values: Any) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)


def approved(province: str) -> int:
    one, two = (given_officer(name, Scope.NATION) for name in ("one", "two"))
    proposal = propose_shares(actor=one, at=AT, province=province)
    decide_proposal(actor=two, at=AT, proposal_id=proposal, state=ProposalState.APPROVED)
    return proposal


def test_neither_money_nor_need_is_promised_twice(mehr: Actor, gateway: Gateway) -> None:
    given_needy(mehr, count=1)
    give(gateway, 4 * MILLION)
    approved("")

    # it waits for its body: the money is gone for others, and the need counts as covered by it
    with pytest.raises(NothingToShare):
        propose_shares(actor=an_officer(), at=AT, province="30")
    give(gateway, TARGET)
    propose_shares(actor=an_officer(), at=AT, province="30")
    assert rows("SELECT covered_rial, amount_rial FROM giving_share ORDER BY id") == [
        (0, 4 * MILLION),
        (4 * MILLION, TARGET - 4 * MILLION),
    ]
    with pytest.raises(OpenProposal):
        propose_shares(actor=an_officer(Scope.NATION), at=AT, province="")


def test_what_was_given_by_name_counts_as_covered(mehr: Actor, gateway: Gateway) -> None:
    household, code = given_listed(mehr)
    give(gateway, 7 * MILLION, listing_code=code)

    covered = {row[0]: row[8] for row in read_pool(at=AT, province="30").rows}

    assert covered.pop(household.id) == 7 * MILLION
    assert set(covered.values()) == {0}
    give(gateway, TARGET - 7 * MILLION, listing_code=code)
    assert household.id not in {row[0] for row in read_pool(at=AT, province="30").rows}


@pytest.mark.parametrize(
    "change",
    ["approved_at = NULL", f"licence_valid_until = '{(AT - timedelta(days=2)).date()}'", "suspended_at = approved_at"],
)
def test_a_body_that_may_not_hold_gets_no_share(mehr: Actor, gateway: Gateway, change: str) -> None:
    given_needy(mehr, count=1)
    give(gateway)
    assert len(read_pool(at=AT, province="30").rows) == 1

    execute(f"UPDATE access_organisation SET {change} WHERE id = %s", mehr.organisation_id)

    assert read_pool(at=AT, province="30").rows == ()


def test_a_share_pays_the_need_and_the_period_that_were_approved(mehr: Actor, gateway: Gateway) -> None:
    home, other = given_needy(mehr, count=2)
    give(gateway, 2 * MILLION)
    proposal = approved("30")
    ((share_id,),) = rows("SELECT id FROM giving_share WHERE household_id = %s", home.id)
    hold = hold_aid(actor=mehr, at=AT, household_id=other.id, kind=KIND, quantity=MILLION, request_id=a_request())
    with pytest.raises(DatabaseError, match="not of the need"), transaction.atomic(), acting(mehr):
        connection.cursor().execute(
            "SELECT giving_settle_share(%s, %s, %s, %s, '')", [share_id, AT, AT.date(), hold.hold_id]
        )

    # a year later the ledger would hold for the need of another period
    execute("UPDATE scoring_need SET expires_on = '2100-01-01'")
    later = AT + timedelta(days=400)
    assert terms_of(KIND, at=later).period != terms_of(KIND, at=AT).period
    assert carry_out_shares(actor=mehr, at=later, proposal_id=proposal) == CarriedOut(0, 0, 2, has_more=False)
    assert rows("SELECT DISTINCT state, left_out, held_rial FROM giving_share") == [("LEFT_OUT", "NEED_UNVERIFIED", 0)]
    assert rows("SELECT count(*) FROM ledger_hold") == [(1,)]


def test_a_need_that_got_nothing_is_explained_from_those_that_were_paid(mehr: Actor, gateway: Gateway) -> None:
    given_needy(mehr, count=2)
    given_needy(mehr, count=1, county="3002")
    give(gateway, county="3002")
    proposal = propose_shares(actor=SYSTEM, at=AT, province="30")
    unpaid, _ = (row[0] for row in rows("SELECT id FROM giving_share WHERE amount_rial = 0 ORDER BY id"))

    with patch("sakha.giving.queries.share_answers.need_columns", wraps=need_columns) as read:
        told = explain_share(actor=SYSTEM, proposal_id=proposal, share_id=unpaid)

    assert (told.payable_count, told.refusals) == (0, (("place",),))
    assert len(read.call_args.args[0]) == 2


def test_needs_with_ready_money_are_found_from_the_money(mehr: Actor, gateway: Gateway) -> None:
    household, code = given_listed(mehr)
    give(gateway, MILLION, listing_code=code)
    assert [one.ready_rial for one in funded_needs(actor=mehr)] == [MILLION]
    hold_with_gifts(
        actor=mehr, at=AT, household_id=household.id, kind=KIND, amount_rial=MILLION, request_id=a_request()
    )

    with CaptureQueriesContext(connection) as asked:
        assert funded_needs(actor=mehr) == ()

    # it was given to once, and no money lies there: its listing is not read
    assert not [one["sql"] for one in asked if "given_rial" in one["sql"]]


def test_shares_that_break_a_rule_are_refused_and_logged(mehr: Actor, gateway: Gateway) -> None:
    given_needy(mehr, count=1)
    give(gateway)
    broken = Certificate(("FUND_OVERSPENT",), float("inf"))

    with (
        patch("sakha.giving.actions.proposals.certify", return_value=broken),
        capture_logs() as logged,
        pytest.raises(SharesBroken),
    ):
        propose_shares(actor=SYSTEM, at=AT, province="30")

    assert [(one["event"], one["log_level"]) for one in logged] == [("shares_broken", "error")]
    assert rows("SELECT count(*) FROM giving_proposal") == [(0,)]
