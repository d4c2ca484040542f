"""Queues invitations for candidates whom the register does not know yet. Sends nothing.

The constraints hold the promise of one invitation a person and a phone; this only avoids asking them in vain.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.coordination.actions.candidates import settle_covered
from sakha.coordination.actions.renewing import require_current_keys
from sakha.coordination.rules.areas import require_province
from sakha.coordination.rules.campaigns import CampaignState, next_wave_on, wave_room
from sakha.coordination.rules.sms_text import SmsText, write_invitation
from sakha.vocabulary.refusal import Refusal

# So many new rows mislead the planner for longer than the server's own figures take to follow.
ANALYSED_FROM: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignToOpen:
    """Invitations: where, at most how many, and the address that the text names. Lowest decile first.

    With a wave's size the first wave goes now and the others every so many days.
    """

    name: str
    province: str
    limit: int
    address: str
    county: str = ""
    deciles_max: int = 10
    wave_size: int | None = None
    wave_days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsQueued:
    """What was queued, and why other candidates of the area were not (they may be counted under several reasons)."""

    campaign_id: int
    queued_count: int
    part_count: int
    without_mobile_count: int
    shared_phone_count: int
    opted_out_count: int
    invited_before_count: int


class CampaignNotRunning(Refusal):
    """A campaign that rests or was stopped queues nothing."""

    code: ClassVar[str] = "CAMPAIGN_NOT_RUNNING"
    sentence: ClassVar[str] = "این نوبت دعوت در حال اجرا نیست."


@dataclass(frozen=True, slots=True)
class _Opened:
    id: int
    part_count: int
    state: CampaignState


_CAMPAIGN: Final = """
    INSERT INTO coordination_campaign (name, province, text, part_count, address, county, deciles_max, people_max,
                                       wave_size, wave_days, state, state_at, opened_at, opened_by_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'RUNNING', %s, %s, %s) ON CONFLICT (province, name) DO NOTHING
"""
_WHO: Final = """
      FROM coordination_candidate AS candidate
      LEFT JOIN coordination_invitation AS own ON own.candidate_id = candidate.id
      LEFT JOIN coordination_invitation AS same_phone ON same_phone.mobile_index = candidate.mobile_index
      LEFT JOIN coordination_opt_out AS refusal ON refusal.mobile_index = candidate.mobile_index
     WHERE candidate.province = %(province)s AND %(county)s IN ('', candidate.county) AND candidate.state = 'OPEN'
       AND candidate.household_id IS NULL
       AND coalesce(candidate.official_decile, candidate.score_decile) <= %(deciles_max)s
"""
# Cancelled before anything reached the provider, though it may have been tried: the one invitation that this person
# and phone may have is still theirs.
_REVIVE: Final = f"""
    UPDATE coordination_invitation AS kept
       SET state = 'QUEUED', campaign_id = %(campaign_id)s, part_count = %(part_count)s, queued_at = %(at)s,
           reason = '', settled_at = NULL
      FROM (SELECT own.id {_WHO}
               AND own.state = 'CANCELLED' AND own.sent_at IS NULL
               AND own.reason IN ('CAMPAIGN_STOPPED', 'NO_LONGER_UNCOVERED') AND refusal.id IS NULL
             ORDER BY candidate.official_decile, candidate.household_size DESC, candidate.id
             LIMIT %(limit)s) AS found
     WHERE kept.id = found.id AND kept.state = 'CANCELLED'
"""  # noqa: S608 -- constants
_QUEUE: Final = f"""
    INSERT INTO coordination_invitation (candidate_id, campaign_id, mobile_index, mobile_sealed, province, county,
                                         state, part_count, queued_at, reason, gateway, provider_id, attempt_count)
    SELECT one.id, %(campaign_id)s, one.mobile_index, one.mobile_sealed, one.province, one.county, 'QUEUED',
           %(part_count)s, %(at)s, '', '', '', 0
      FROM (SELECT DISTINCT ON (candidate.mobile_index) candidate.* {_WHO}
               AND candidate.mobile_index IS NOT NULL AND own.id IS NULL AND same_phone.id IS NULL
               AND refusal.id IS NULL
             ORDER BY candidate.mobile_index, candidate.official_decile, candidate.id) AS one
     ORDER BY one.official_decile, one.household_size DESC, one.id
     LIMIT %(limit)s
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- constants
_COUNT: Final = f"""
    SELECT count(*) FILTER (WHERE candidate.mobile_index IS NULL),
           count(*) FILTER (WHERE same_phone.id IS NOT NULL AND own.id IS NULL),
           count(*) FILTER (WHERE refusal.id IS NOT NULL),
           count(*) FILTER (WHERE own.campaign_id <> %(campaign_id)s)
    {_WHO}
"""


def invite_candidates(*, actor: Actor, at: datetime, campaign: CampaignToOpen) -> InvitationsQueued:
    """Queue invitations up to the limit; the same campaign again queues only what its limit still allows.

    Raises:
        ProvinceNotYours: the actor's area is another or a smaller one.
        KeysInRenewal: the keys are being renewed.
        TextUnfit: the address makes the text unfit for an SMS.
        CampaignNotRunning: the campaign of this name rests or was stopped.
    """
    require_province(actor, campaign.province)
    text = write_invitation(address=campaign.address)
    with acting(SYSTEM), connection.cursor() as cursor:
        require_current_keys(cursor)
        settle_covered(at=at, on=timezone.localdate(at), province=campaign.province)
        opened = _open_campaign(cursor, campaign, text, actor, at)
        if opened.state is not CampaignState.RUNNING:
            raise CampaignNotRunning(field="name")
        cursor.execute("SELECT count(*) FROM coordination_invitation WHERE campaign_id = %s", [opened.id])
        room = wave_room(people_max=campaign.limit, queued_count=cursor.fetchone()[0], wave_size=campaign.wave_size)
        queued = _queue(cursor, campaign, opened, at, room)
        following_on = next_wave_on(
            on=timezone.localdate(at),
            wave_days=campaign.wave_days,
            wave_size=campaign.wave_size,
            room=campaign.limit,
            queued_count=queued.queued_count,
        )
        cursor.execute("UPDATE coordination_campaign SET next_wave_on = %s WHERE id = %s", [following_on, opened.id])
        if queued.queued_count >= ANALYSED_FROM:
            cursor.execute("SELECT coordination_analyse_invited()")
    return queued


def _queue(
    cursor: CursorWrapper, campaign: CampaignToOpen, opened: _Opened, at: datetime, room: int
) -> InvitationsQueued:
    facts: dict[str, Any] = {
        "campaign_id": opened.id,
        "province": campaign.province,
        "county": campaign.county,
        "deciles_max": campaign.deciles_max,
        "part_count": opened.part_count,
        "at": at,
        "limit": room,
    }
    cursor.execute(_REVIVE, facts)
    revived_count = cursor.rowcount
    cursor.execute(_QUEUE, {**facts, "limit": room - revived_count})
    queued_count = revived_count + cursor.rowcount
    cursor.execute(_COUNT, facts)
    without_mobile, shared, refused, before = cursor.fetchone()
    return InvitationsQueued(
        campaign_id=opened.id,
        queued_count=queued_count,
        part_count=queued_count * opened.part_count,
        without_mobile_count=without_mobile,
        shared_phone_count=shared,
        opted_out_count=refused,
        invited_before_count=before,
    )


def _open_campaign(
    cursor: CursorWrapper, campaign: CampaignToOpen, text: SmsText, actor: Actor, at: datetime
) -> _Opened:
    """Open the campaign, or go on with the one of this name and its text; two at once wait for each other here."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('coordination.inviting'))")
    told = (campaign.name, campaign.province, text.text, text.part_count, campaign.address, campaign.county)
    limits = (campaign.deciles_max, campaign.limit, campaign.wave_size, campaign.wave_days)
    cursor.execute(_CAMPAIGN, [*told, *limits, at, at, actor.user_id])
    cursor.execute(
        "SELECT id, part_count, state FROM coordination_campaign WHERE province = %s AND name = %s",
        [campaign.province, campaign.name],
    )
    row = cursor.fetchone()
    return _Opened(row[0], row[1], CampaignState(row[2]))
