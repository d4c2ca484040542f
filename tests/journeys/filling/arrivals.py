"""A text that was heard, a report that came too early, a search that was run, and somebody who is asked in person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM
    from sakha.coordination.actions import (
        hear,
        people_to_ask,
        receive_reports,
        search_again,
        take_person_to_ask,
    )
    from sakha.coordination.gateways import InboundText, ProviderReport
    from sakha.coordination.rules.states import InvitationState
    from tests.coordination_cast import Family, write_extract
    from tests.journeys.conftest import AT

    told = InboundText(mobile="+989908765430", text="سلام", provider_id="filling")
    hear(actor=SYSTEM, at=AT, provider="filling", told=told, address="sakha.example")
    early = ProviderReport(provider_id="filling", state=InvitationState.DELIVERED)
    receive_reports(actor=SYSTEM, at=AT, provider="filling", reports=[early])
    # a family of another province, without a phone
    family = Family(province="22", county="2201", head="9998765420", others=[], mobile=None)
    extract = write_extract(walked.pilot.parent / "search.parquet", [family])
    search_again(actor=SYSTEM, at=AT, extract=extract, deciles_max=2)
    lines = people_to_ask(actor=SYSTEM, limit=1)
    take_person_to_ask(actor=SYSTEM, at=AT, candidate_id=lines[0].candidate_id)
