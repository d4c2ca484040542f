"""What comes in by SMS providers: texts of people, and reports of messages that are not known here yet."""

from typing import ClassVar

from django.db import models

from sakha.coordination.models.columns import choices
from sakha.coordination.rules.inbound import InboundMeaning
from sakha.coordination.rules.states import InvitationState


class Inbound(models.Model):
    """A text that somebody sent us: what it meant, not what it said nor whose it was. Providers may bring it again."""

    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=80)
    meaning = models.CharField(max_length=8, choices=choices(InboundMeaning))
    received_at = models.DateTimeField()

    class Meta:
        """A text is taken once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="one_inbound_a_message"),
        ]
        indexes: ClassVar = [models.Index(fields=["received_at"], name="inbound_received")]

    def __str__(self) -> str:
        return f"inbound {self.pk}"


class EarlyReport(models.Model):
    """A report that came before the answer to its sending was written; it is applied with that answer."""

    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=choices(InvitationState))
    reason = models.CharField(max_length=40, blank=True, default="")
    reported_at = models.DateTimeField()

    class Meta:
        """The first end that is told of a message counts."""

        db_table = "coordination_early_report"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="one_early_report_a_message"),
        ]

    def __str__(self) -> str:
        return f"early report {self.pk}"
