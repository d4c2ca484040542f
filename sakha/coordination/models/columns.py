"""What the room's tables share: how long a blind index is, words as choices, and what the sending knows of an SMS."""

from enum import StrEnum
from typing import Final

from django.db import models

from sakha.coordination.rules.states import InvitationState

INDEX_LENGTH: Final = 16  # bytes of a blind index


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """The words as choices of a column."""
    return [(word.value, word.value) for word in words]


class QueuedSms(models.Model):
    """How far one SMS of the queue is: its states, its provider, its costs, and when each step was."""

    state = models.CharField(max_length=20, choices=choices(InvitationState))
    reason = models.CharField(max_length=40, blank=True, default="")
    part_count = models.PositiveSmallIntegerField()
    cost_rial = models.BigIntegerField(null=True)
    gateway = models.CharField(max_length=20, blank=True, default="")
    provider_id = models.CharField(max_length=80, blank=True, default="")
    attempt_count = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Columns of other tables, not a table."""

        abstract = True
