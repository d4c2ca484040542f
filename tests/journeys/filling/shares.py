"""Money of the pool, shares of it proposed and rejected again, so that nothing is held by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM
    from sakha.giving.actions.proposals import decide_proposal, propose_shares
    from sakha.giving.rules.proposals import ProposalState
    from tests.giving_cast import give, sandbox
    from tests.journeys.conftest import AT

    with sandbox() as gateway:
        give(gateway, 1_000_000, province="30")
    proposal_id = propose_shares(actor=SYSTEM, at=AT, province="30")
    decide_proposal(actor=SYSTEM, at=AT, proposal_id=proposal_id, state=ProposalState.REJECTED, reason="آزمایش بود")
