"""Notices: every SMS that is neither an invitation nor a one-time code, in the same queue as invitations."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.coordination.models.columns import INDEX_LENGTH, QueuedSms
from sakha.coordination.models.inviting import Campaign
from sakha.coordination.rules.states import InvitationState


class Notice(QueuedSms):
    """One SMS about one thing, sent at most once; its states are those of an invitation.

    Its id comes from the invitations' sequence: at a provider all stand under one local id. Of one kind and reference
    there is one notice ever. The text is forgotten once it was handed over or can't be sent any more.
    """

    id = models.BigIntegerField(primary_key=True)
    # One of NoticeKind; no list stands in the database, so that rooms above may add a kind without a migration.
    kind = models.CharField(max_length=16)
    # What it is about, in words of the room that queued it: "appeal:17:DECIDED". Never a phone or a name.
    reference = models.CharField(max_length=64)
    mobile_index = models.BinaryField(max_length=INDEX_LENGTH)
    mobile_sealed = models.BinaryField()
    text_sealed = models.BinaryField(null=True)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Of reminders: whose costs they are.
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    expires_at = models.DateTimeField()

    class Meta:
        """What is under way is few beside what is settled, so each has an index of its own."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "reference"], name="one_notice_a_reference"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in InvitationState]), name="notice_state_known"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, state__in=["QUEUED", "SENDING", "SENT"])
                | (Q(settled_at__isnull=False) & ~Q(state__in=["QUEUED", "SENDING", "SENT"])),
                name="notice_settles_once",
            ),
            models.CheckConstraint(
                condition=Q(text_sealed__isnull=False) | ~Q(state__in=["QUEUED", "SENDING"]),
                name="notice_has_text_until_sent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="QUEUED"), name="notice_queued"),
            models.Index(fields=["sending_at"], condition=Q(state="SENDING"), name="notice_sending"),
            models.Index(fields=["checked_at"], condition=Q(state="SENT"), name="notice_sent"),
            models.Index(fields=["mobile_index", "queued_at"], name="notice_phone"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="notice_at_provider"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
