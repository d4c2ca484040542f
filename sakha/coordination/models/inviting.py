"""Campaigns, their invitations, and the telephones that want none."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.coordination.models.columns import INDEX_LENGTH, QueuedSms, choices
from sakha.coordination.models.coverage import Candidate
from sakha.coordination.rules.campaigns import CampaignState
from sakha.coordination.rules.states import InvitationState, OptOutSource


class Campaign(models.Model):
    """Invitations of a province, county or decile, in waves or at once, with the one text that everybody gets.

    RUNNING <---> PAUSED
       +------------+----> STOPPED   what is queued is cancelled, and may be invited by another campaign
    """

    name = models.CharField(max_length=60)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="", db_default="")
    deciles_max = models.PositiveSmallIntegerField(default=10, db_default=10)
    people_max = models.PositiveIntegerField(default=0, db_default=0)
    # How many a wave, and days between waves; without a next day all waves are out.
    wave_size = models.PositiveIntegerField(null=True)
    wave_days = models.PositiveSmallIntegerField(default=1, db_default=1)
    next_wave_on = models.DateField(null=True)
    state = models.CharField(max_length=8, default="RUNNING", db_default="RUNNING", choices=choices(CampaignState))
    state_at = models.DateTimeField(null=True)
    # What the texts name, also those of reminders.
    address = models.CharField(max_length=120, blank=True, default="", db_default="")
    text = models.TextField()
    part_count = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """A name stands once in a province."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["province", "name"], name="one_campaign_a_name"),
            models.CheckConstraint(
                condition=Q(state__in=["RUNNING", "PAUSED", "STOPPED"]), name="campaign_state_known"
            ),
            models.CheckConstraint(condition=Q(wave_days__gte=1), name="campaign_waves_take_days"),
        ]

    def __str__(self) -> str:
        return f"campaign {self.pk}"


class Invitation(QueuedSms):
    """One SMS to one person, ever. Its id is the local id at the provider.

        QUEUED ---> SENDING ---> SENT ---> DELIVERED
          |  <---     |           |
          |           |           +------> UNDELIVERED | BLOCKED_BY_RECIPIENT | FILTERED | CANCELLED | UNKNOWN
          |           +------------------> INVALID_NUMBER | FILTERED | FAILED | CANCELLED | UNKNOWN
          +------------------------------> CANCELLED   opted out, or covered meanwhile

    A row is SENDING, committed, before the provider is called. Killed in between, it is asked for by its local id:
    known there, it is SENT; surely unknown there, it goes back to QUEUED; in doubt, it ends as UNKNOWN and is not sent
    a second time.
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="invitation")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="invitations")
    # Unique: a phone that several candidates share gets one SMS.
    mobile_index = models.BinaryField(max_length=INDEX_LENGTH, unique=True)
    mobile_sealed = models.BinaryField()
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    # Of the link and of the code in the text, which nobody but its reader has; gone once the household is registered.
    link_digest = models.BinaryField(null=True, max_length=INDEX_LENGTH, unique=True)
    code_digest = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    link_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        """What is under way is few beside what is settled, so each has an index of its own."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in InvitationState]), name="invitation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, state__in=["QUEUED", "SENDING", "SENT"])
                | (Q(settled_at__isnull=False) & ~Q(state__in=["QUEUED", "SENDING", "SENT"])),
                name="invitation_settles_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "id"], condition=Q(state="QUEUED"), name="invitation_in_line"),
            models.Index(fields=["sending_at"], condition=Q(state="SENDING"), name="invitation_sending"),
            models.Index(fields=["checked_at"], condition=Q(state="SENT"), name="invitation_sent"),
            models.Index(fields=["province", "county", "state"], name="invitation_area"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="invitation_at_provider"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class OptOut(models.Model):
    """A phone that wants no messages from us. Asked before any provider, and never taken back by us."""

    mobile_index = models.BinaryField(max_length=INDEX_LENGTH, unique=True)
    mobile_sealed = models.BinaryField()
    source = models.CharField(max_length=12, choices=choices(OptOutSource))
    opted_out_at = models.DateTimeField()

    class Meta:
        """A no is said once."""

        db_table = "coordination_opt_out"

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
