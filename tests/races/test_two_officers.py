"""Shares are approved while a version of the pool's policy is confirmed: whichever is first, the other sees it."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import psycopg
import pytest
from django.db import transaction

from sakha.access.rules import Actor, Scope
from sakha.giving.actions import pool_policy
from sakha.giving.actions.pool_policy import confirm_pool_policy, propose_pool_policy
from sakha.giving.actions.proposals import decide_proposal, propose_shares
from sakha.giving.rules.pool_policy import PoolTerms
from sakha.giving.rules.proposals import ProposalOutdated, ProposalState
from tests.giving_cast import give, given_needy, rows, sandbox
from tests.ledger_cast import AT, given_charity, given_officer
from tests.races.givers import Running, run_behind, wait_until_blocked

pytestmark = pytest.mark.races
TERMS = PoolTerms(
    valid_from=AT.date(), reason="مصوبهٔ شورا دربارهٔ محرومان", deprived_provinces=("11",), deprived_mille=600
)
_IN_FORCE = """
    SELECT count(*) FROM giving_proposal AS proposal
     WHERE proposal.state = 'APPROVED' AND proposal.policy_id IS DISTINCT FROM (
           SELECT id FROM giving_pool_policy WHERE confirmed_at IS NOT NULL AND valid_from <= %s
            ORDER BY valid_from DESC LIMIT 1)
"""


@pytest.fixture
def officers(committed: None) -> list[Actor]:
    return [given_officer(name, Scope.NATION) for name in ("one", "two", "three")]


def given_both(officers: list[Actor]) -> tuple[int, int]:
    """Shares that wait for approval, and a version of today that waits for other eyes."""
    given_needy(given_charity("خیریهٔ مهر"), count=1)
    with sandbox() as gateway:
        give(gateway, 3_000_000)
    proposal = propose_shares(actor=officers[0], at=AT, province="")
    return proposal, propose_pool_policy(actor=officers[0], at=AT, terms=TERMS)


def approve_apart(officer: Actor, proposal_id: int) -> tuple[Running, int]:
    def approve() -> str:
        try:
            later = AT + timedelta(minutes=1)
            decide_proposal(actor=officer, at=later, proposal_id=proposal_id, state=ProposalState.APPROVED)
        except ProposalOutdated:
            return "outdated"
        return "approved"

    return run_behind(approve)


def test_shares_are_not_approved_beside_a_version_that_is_just_confirmed(
    officers: list[Actor], owner_cursor: psycopg.Cursor
) -> None:
    proposal, policy = given_both(officers)
    with transaction.atomic():
        confirm_pool_policy(actor=officers[1], at=AT, policy_id=policy)
        approving, pid = approve_apart(officers[2], proposal)
        wait_until_blocked(owner_cursor, pid)

    assert approving.result() == "outdated"
    assert rows(_IN_FORCE, AT.date()) == [(0,)]


def test_control_without_one_lock_for_both_they_are(officers: list[Actor], owner_cursor: psycopg.Cursor) -> None:
    proposal, policy = given_both(officers)
    with patch.object(pool_policy, "_IN_TURN", "SELECT 1"), transaction.atomic():
        confirm_pool_policy(actor=officers[1], at=AT, policy_id=policy)
        approving, _ = approve_apart(officers[2], proposal)
        assert approving.result() == "approved"

    assert rows(_IN_FORCE, AT.date()) == [(1,)]
