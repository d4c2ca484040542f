"""The proposal that the walk left for review is rejected, so that none of its shares is held; one more is made.

A version of the policy of the pool is put aside again, so that nobody follows it; a night tells of a payment that is
unknown here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM, Scope
    from sakha.giving.actions.pool_policy import propose_pool_policy, withdraw_pool_policy
    from sakha.giving.actions.proposals import decide_proposal, propose_shares
    from sakha.giving.rules.pool_policy import PoolTerms
    from sakha.giving.rules.proposals import ProposalState
    from tests.giving_cast import begin_case, give, given_company, rows, sandbox
    from tests.journeys.conftest import AT
    from tests.ledger_cast import given_officer

    for (waiting_id,) in rows("SELECT id FROM giving_proposal WHERE state = 'PROPOSED' ORDER BY id"):
        decide_proposal(actor=SYSTEM, at=AT, proposal_id=waiting_id, state=ProposalState.REJECTED, reason="آزمایش بود")
    with sandbox() as gateway:
        give(gateway, 1_000_000, province="30")
    proposal_id = propose_shares(actor=SYSTEM, at=AT, province="30")
    decide_proposal(actor=SYSTEM, at=AT, proposal_id=proposal_id, state=ProposalState.REJECTED, reason="آزمایش بود")
    begin_case(AT)
    given_company(at=AT)
    officer = given_officer("walk-pool", Scope.NATION)
    terms = PoolTerms(valid_from=AT.date(), reason="قاعدهٔ سهم عادلانه و بس")
    policy_id = propose_pool_policy(actor=officer, at=AT, terms=terms)
    withdraw_pool_policy(actor=officer, at=AT, policy_id=policy_id)
