"""A program of a charity with a key, counted use, and one answer kept for a repeated request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.actions import acting, issue_client, issue_client_key
    from sakha.access.models import ClientAnswer, ClientUse
    from sakha.access.rules import SYSTEM, NewClient
    from tests.journeys.conftest import AT

    organisation_id = walked.happened.cast.charities[0].staff.organisation_id
    client_id = issue_client(actor=SYSTEM, at=AT, client=NewClient(organisation_id=organisation_id, name="برنامه"))
    issue_client_key(actor=SYSTEM, at=AT, client_id=client_id)
    with acting(SYSTEM):
        ClientUse.objects.create(client_id=client_id, minute_at=AT, route="check", code="", request_count=1)
        ClientAnswer.objects.create(
            client_id=client_id, request_key="a", request_digest=bytes(32), status=200, body="{}", created_at=AT
        )
