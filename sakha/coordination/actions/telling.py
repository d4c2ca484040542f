"""Tells by SMS what waits to be told: links for confirmers, steps of appeals, reminders of what stands half-way.

What waits is pulled from the room below and marked in the same transaction in which it is queued; so nothing is lost
and nothing told twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import open_many
from sakha.coordination.actions.notices import (
    HouseholdNotice,
    NoticesQueued,
    NoticeToQueue,
    queue_household_notices,
    queue_notices,
)
from sakha.coordination.rules.notice_texts import APPEAL_TEXTS, CONFIRMER_LINK, REMINDER
from sakha.coordination.rules.notices import NoticeKind
from sakha.scoring.actions.appeals_keeping import mark_notices_told
from sakha.scoring.actions.confirming_links import links_to_send, mark_links_sent
from sakha.scoring.queries.appeals import untold_notices
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()

# Long enough to have meant to go on tomorrow, short enough that the papers still lie on the table.
REMIND_AFTER: Final = timedelta(days=3)
REMIND_UNTIL: Final = timedelta(days=30)
# A link lives two days from the asking; what waited longer than this is not worth opening.
LINK_NOTICE_LIVES: Final = timedelta(hours=36)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a run queued."""

    links: NoticesQueued
    appeals: NoticesQueued
    reminders: NoticesQueued


# Of each campaign in turn, so that one that is refused does not fill the run.
_HALF_WAY: Final = """
    SELECT begun.id, invitation.mobile_sealed, campaign.id, begun.province, begun.county, campaign.address
      FROM coordination_registration AS begun
      JOIN coordination_invitation AS invitation ON invitation.id = begun.invitation_id
      JOIN coordination_campaign AS campaign ON campaign.id = invitation.campaign_id
     WHERE begun.state = 'BEGUN' AND campaign.state = 'RUNNING'
       AND coalesce(begun.saved_at, begun.begun_at) BETWEEN %(earliest)s AND %(latest)s
       AND NOT EXISTS (SELECT FROM coordination_notice AS told
                        WHERE told.kind = 'REMINDER' AND told.reference = 'registration:' || begun.id)
       AND NOT EXISTS (SELECT FROM coordination_opt_out AS refusal
                        WHERE refusal.mobile_index = invitation.mobile_index)
     ORDER BY row_number() OVER (PARTITION BY campaign.id ORDER BY begun.id), begun.id LIMIT %(limit)s
"""


def tell_what_waits(*, actor: Actor, at: datetime, limit: int, address: str) -> Told:
    """Queue what waits, up to `limit` of each; `address` is what the texts name."""
    actor.require(Permission.INVITE)
    return Told(
        links=_tell_links(at, limit, address),
        appeals=_tell_appeals(at, limit, address),
        reminders=remind(actor=actor, at=at, limit=limit, address=address),
    )


def remind(*, actor: Actor, at: datetime, limit: int, address: str) -> NoticesQueued:
    """Remind, once ever, those who began three days ago or earlier and did not send; the campaign bears the costs."""
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        facts: dict[str, Any] = {"earliest": at - REMIND_UNTIL, "latest": at - REMIND_AFTER, "limit": limit}
        cursor.execute(_HALF_WAY, facts)
        rows = cursor.fetchall()
    numbers = open_many(key_ring(), (bytes(row[1]) for row in rows))
    of_campaigns: dict[int, list[NoticeToQueue]] = {}
    for row, number in zip(rows, numbers, strict=True):
        notice = NoticeToQueue(
            kind=NoticeKind.REMINDER,
            reference=f"registration:{row[0]}",
            mobile=number,
            text=REMINDER.format(address=row[5] or address),
            campaign_id=row[2],
            province=row[3],
            county=row[4],
        )
        of_campaigns.setdefault(row[2], []).append(notice)
    told = [_remind_of_campaign(actor, at, notices) for notices in of_campaigns.values()]
    return NoticesQueued(
        queued_count=sum(one.queued_count for one in told),
        opted_out_count=sum(one.opted_out_count for one in told),
        known_count=sum(one.known_count for one in told),
    )


def _remind_of_campaign(actor: Actor, at: datetime, notices: list[NoticeToQueue]) -> NoticesQueued:
    try:
        return queue_notices(actor=actor, at=at, notices=notices)
    except Refusal as refusal:  # those of other campaigns are reminded all the same
        _log.warning("reminders_refused", code=refusal.code)
        return NoticesQueued()


def _tell_links(at: datetime, limit: int, address: str) -> NoticesQueued:
    """A confirmer who wants no messages gets none; the link then ends by itself."""
    with transaction.atomic():
        links = links_to_send(actor=SYSTEM, at=at, limit=limit)
        told = queue_notices(
            actor=SYSTEM,
            at=at,
            notices=[
                NoticeToQueue(
                    kind=NoticeKind.CONFIRMER_LINK,
                    reference=f"confirmation:{link.request_id}",
                    mobile=link.mobile,
                    text=CONFIRMER_LINK.format(address=address, token=link.token),
                    lives=LINK_NOTICE_LIVES,
                )
                for link in links
            ],
        )
        mark_links_sent(actor=SYSTEM, at=at, request_ids=[link.request_id for link in links])
    return told


def _tell_appeals(at: datetime, limit: int, address: str) -> NoticesQueued:
    with transaction.atomic():
        untold = untold_notices(actor=SYSTEM, limit=limit)
        told = queue_household_notices(
            actor=SYSTEM,
            at=at,
            notices=[
                HouseholdNotice(
                    kind=NoticeKind.APPEAL,
                    reference=f"appeal-step:{one.id}",
                    household_id=one.household_id,
                    text=APPEAL_TEXTS[one.topic].format(address=address),
                )
                for one in untold
                if one.topic in APPEAL_TEXTS
            ],
        )
        mark_notices_told(actor=SYSTEM, at=at, notice_ids=[one.id for one in untold])
    return told
