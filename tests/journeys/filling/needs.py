"""A paper for a need that stands (a new one would change the printed figures), a drafted policy and its material."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.scoring.actions import SeenPaper, attach_proof
    from sakha.scoring.actions.policy import draft_policy, simulate_policy
    from sakha.scoring.queries import NeedsWanted, get_needs, list_needs
    from sakha.scoring.queries.policy import shipped_text
    from sakha.scoring.rules.policy import PolicySubject
    from sakha.scoring.rules.policy_simulation import ListEnd
    from tests.journeys.conftest import AT

    helpful = (body.staff for body in walked.happened.cast.charities if not body.staff.withheld)
    staff, line = next(
        (staff, lines[0]) for staff in helpful if (lines := list_needs(actor=staff, at=AT, wanted=NeedsWanted(limit=1)))
    )
    need = get_needs(actor=staff, at=AT, household_id=line.household_id).needs[0]
    paper = SeenPaper(need.proofs[0], "بازدید ۱۲", AT.date())
    attach_proof(actor=staff, at=AT, household_id=line.household_id, kind=need.kind, paper=paper)
    officer = walked.happened.cast.officer
    document = shipped_text(PolicySubject.PRIORITY).replace("gap_points = 4", "gap_points = 5")
    policy_id = draft_policy(
        actor=officer,
        at=AT,
        subject=PolicySubject.PRIORITY,
        document=document,
        title="آزمون",
        reason="فاصله تا خط فقر باید بیشتر بیرزد.",
    )
    simulate_policy(actor=officer, at=AT, policy_id=policy_id, end=ListEnd(household_count=10))
