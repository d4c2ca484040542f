"""A family of another province, whose figures nobody compares, comes in by its SMS and saves half of its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM
    from sakha.coordination.actions import (
        CampaignToOpen,
        find_uncovered,
        invite_candidates,
        save_draft,
        send_invitations,
    )
    from sakha.coordination.gateways.outbox import OutboxGateway
    from tests.coordination_cast import Family, write_extract
    from tests.door_cast import come_in, link_of, newest_text
    from tests.journeys.conftest import AT

    # the walk has made up people of its own, so this family's numbers are named here
    family = Family(province="23", county="2301", head="9998765439", others=[], mobile="+989908765432")
    extract = write_extract(walked.pilot.parent / "tehran.parquet", [family])
    find_uncovered(
        actor=SYSTEM, at=AT, extract=extract, province="23", deciles_max=2, progress=lambda _done, _all: None
    )
    campaign = CampaignToOpen(name="filling", province="23", limit=1, address="sakha.example")
    invite_candidates(actor=SYSTEM, at=AT, campaign=campaign)
    send_invitations(actor=SYSTEM, clock=lambda: AT, limit=10, gateway=OutboxGateway())
    registration_id = come_in(link_of(newest_text()), at=AT)
    save_draft(at=AT, registration_id=registration_id, draft={"head": {"given_name": "نمونه"}})
