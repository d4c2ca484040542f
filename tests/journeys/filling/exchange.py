"""A program of a body of the walk asks, subscribes, and is told what happened to a household that its body knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk

_KNOWN = """
    SELECT home.id, record.organisation_id FROM registry_household AS home
      JOIN registry_record AS record ON record.household_id = home.id
     WHERE NOT home.is_protected AND home.merged_into_id IS NULL AND record.organisation_id = ANY(%s)
     ORDER BY home.id DESC, record.organisation_id DESC LIMIT 1
"""


def fill(walked: Walk) -> None:
    from django.db import connection

    from sakha.access.queries import acting
    from sakha.access.rules import SYSTEM, ClientPurpose
    from sakha.exchange.actions.following import follow
    from sakha.exchange.actions.matching import digest_persons, issue_digest_key
    from sakha.exchange.actions.requests import NewRequest, take_request
    from sakha.exchange.actions.subscribing import subscribe
    from sakha.exchange.actions.telling import tell
    from sakha.exchange.actions.webhooks import begin_webhook
    from sakha.exchange.rules.asking import Registry
    from sakha.exchange.rules.envelope import Header
    from sakha.exchange.rules.events import FeedEvent
    from sakha.exchange.rules.subscribing import EventType, SubscriptionItem
    from tests.exchange_cast import given_program
    from tests.giving_cast import rows
    from tests.journeys.conftest import AT

    staff = {
        body.staff.organisation_id: body.staff for body in walked.happened.cast.charities if not body.staff.withheld
    }
    ((household_id, organisation_id),) = rows(_KNOWN, list(staff))
    later = AT + timedelta(days=1)
    follow(at=later)
    client = given_program(staff[organisation_id]).client
    address = "https://partner.example/dci"
    begin_webhook(client=client, at=later, address=address, kinds=list(FeedEvent))
    wish = SubscriptionItem(reference_id="r", event_type=EventType.UPDATE, record_type="Member", locale="fas")
    subscribe(client=client, at=later, purpose=ClientPurpose.SERVICE, items=[wish], address=address)
    header = Header(message_id="m", message_ts=later.isoformat(), sender_id="s", sender_uri="")
    request = NewRequest(registry=Registry.SOCIAL, action="search", header=header, transaction_id="t")
    take_request(client=client, at=later, request=request)
    changed_at = later + timedelta(hours=1)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET changed_at = %s WHERE id = %s", [changed_at, household_id])
    assert follow(at=changed_at) == 1
    assert tell(at=changed_at) == 2
    issue_digest_key(actor=SYSTEM, at=changed_at, client_id=client.id)
    assert digest_persons(limit=1000, is_demonstration=True)
