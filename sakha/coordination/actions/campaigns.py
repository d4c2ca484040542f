"""Runs campaigns: forecast before anything is queued, waves on their days, pause, and a stop that cancels the rest.

A forecast is the run itself, rolled back: its numbers are those that the run would have.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

import structlog
from django.db import connection, transaction
from django.utils import timezone

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.coordination.actions.inviting import CampaignToOpen, InvitationsQueued, invite_candidates
from sakha.coordination.rules.areas import require_province
from sakha.coordination.rules.campaigns import CampaignState
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()


class CampaignUnknown(Refusal):
    """No such campaign in the actor's area."""

    code: ClassVar[str] = "CAMPAIGN_UNKNOWN"
    sentence: ClassVar[str] = "این نوبت دعوت پیدا نشد."


class CampaignEnded(Refusal):
    """What was stopped is not taken up again: another campaign may."""

    code: ClassVar[str] = "CAMPAIGN_ENDED"
    sentence: ClassVar[str] = "این نوبت دعوت پایان یافته است؛ نوبت تازه‌ای باز کنید."


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignForecast:
    """What a campaign would do in all its waves. `cost_rial` is None without a price of a part."""

    queued: InvitationsQueued
    by_decile: tuple[int, ...]
    by_county: tuple[tuple[str, int], ...]
    wave_count: int
    cost_rial: int | None
    # Of the invited before, how many of a hundred registered; None while too few were.
    registering_percent: int | None

    @property
    def expected_household_count(self) -> int | None:
        """How many households would come, whom charities must then be able to take up."""
        if self.registering_percent is None:
            return None
        return self.queued.queued_count * self.registering_percent // 100


# Fewer than these tell nothing about others.
_EXPERIENCE_MIN: Final = 100
_CELLS: Final = """
    SELECT coalesce(candidate.official_decile, candidate.score_decile), invitation.county, count(*)
      FROM coordination_invitation AS invitation
      JOIN coordination_candidate AS candidate ON candidate.id = invitation.candidate_id
     WHERE invitation.campaign_id = %s AND invitation.state = 'QUEUED' AND invitation.queued_at = %s GROUP BY 1, 2
"""
_EXPERIENCE: Final = """
    SELECT count(*), count(told.id) FROM coordination_invitation AS invitation
      LEFT JOIN coordination_registration AS told ON told.invitation_id = invitation.id AND told.sent_at IS NOT NULL
     WHERE invitation.province = %s AND invitation.sent_at IS NOT NULL
"""
_DUE: Final = """
    SELECT name, province, people_max, address, county, deciles_max, wave_size, wave_days
      FROM coordination_campaign WHERE state = 'RUNNING' AND next_wave_on <= %s ORDER BY id
"""
_STATE: Final = """
    UPDATE coordination_campaign SET state = %(state)s, state_at = %(at)s,
           next_wave_on = CASE WHEN %(state)s = 'STOPPED' THEN NULL ELSE next_wave_on END
     WHERE id = %(id)s AND state <> 'STOPPED'
"""
_CANCEL: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = 'CAMPAIGN_STOPPED', settled_at = %s
     WHERE campaign_id = %s AND state = 'QUEUED'
"""


def forecast_campaign(*, actor: Actor, at: datetime, campaign: CampaignToOpen, part_rial: int = 0) -> CampaignForecast:
    """What the campaign would queue, by decile and county, in how many waves and at what price. Nothing is kept.

    Raises: what `invite_candidates` raises.
    """
    require_province(actor, campaign.province)
    with acting(SYSTEM), transaction.atomic(), connection.cursor() as cursor:
        queued = invite_candidates(actor=actor, at=at, campaign=replace(campaign, wave_size=None))
        cursor.execute(_CELLS, [queued.campaign_id, at])
        cells = cursor.fetchall()
        cursor.execute(_EXPERIENCE, [campaign.province])
        sent_count, registered_count = cursor.fetchone()
        transaction.set_rollback(True)
    counties: dict[str, int] = {}
    for _, county, count in cells:
        counties[county] = counties.get(county, 0) + count
    return CampaignForecast(
        queued=queued,
        by_decile=tuple(sum(row[2] for row in cells if row[0] == decile) for decile in range(1, 11)),
        by_county=tuple(sorted(counties.items())),
        wave_count=-(-queued.queued_count // (campaign.wave_size or max(1, queued.queued_count))),
        cost_rial=queued.part_count * part_rial if part_rial else None,
        registering_percent=registered_count * 100 // sent_count if sent_count >= _EXPERIENCE_MIN else None,
    )


def queue_due_waves(*, actor: Actor, at: datetime) -> int:
    """Queue the waves whose day has come, but for campaigns that refuse; tells how many invitations."""
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DUE, [timezone.localdate(at)])
        due = cursor.fetchall()
    queued = 0
    for name, province, people_max, address, county, deciles_max, wave_size, wave_days in due:
        campaign = CampaignToOpen(
            name=name,
            province=province,
            limit=people_max,
            address=address,
            county=county,
            deciles_max=deciles_max,
            wave_size=wave_size,
            wave_days=wave_days,
        )
        try:
            queued += invite_candidates(actor=SYSTEM, at=at, campaign=campaign).queued_count
        except Refusal as refusal:  # the other campaigns' waves go all the same
            _log.warning("wave_refused", code=refusal.code)
    return queued


def pause_campaign(*, actor: Actor, at: datetime, campaign_id: int) -> None:
    """Let a campaign rest: nothing more is queued or sent until it goes on. Raises as `stop_campaign`."""
    _set_state(actor, at, campaign_id, CampaignState.PAUSED)


def resume_campaign(*, actor: Actor, at: datetime, campaign_id: int) -> None:
    """Let a resting campaign go on. Raises as `stop_campaign`."""
    _set_state(actor, at, campaign_id, CampaignState.RUNNING)


def stop_campaign(*, actor: Actor, at: datetime, campaign_id: int) -> int:
    """End a campaign: what is queued is cancelled, and may be invited by another; tells how many.

    Raises:
        CampaignUnknown: not in the actor's area.
        CampaignEnded: it was stopped before.
    """
    with transaction.atomic():
        _set_state(actor, at, campaign_id, CampaignState.STOPPED)
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_CANCEL, [at, campaign_id])
            return int(cursor.rowcount)


def _set_state(actor: Actor, at: datetime, campaign_id: int, state: CampaignState) -> None:
    actor.require(Permission.INVITE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT province FROM coordination_campaign WHERE id = %s", [campaign_id])
        row = cursor.fetchone()
    if row is None:
        raise CampaignUnknown(field="campaign_id")
    require_province(actor, row[0])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_STATE, {"state": state.value, "at": at, "id": campaign_id})
        if cursor.rowcount == 0:
            raise CampaignEnded(field="campaign_id")
