"""What the gateway's own books say of a day beside ours, and cases of what differs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.giving.models.gifts import Gift
from sakha.giving.rules.refunds import REFERENCE_MOST
from sakha.giving.rules.statements import NOTE_MAX, CaseKind


class StatementDay(models.Model):
    """A day of Tehran whose books were compared: their sums and ours."""

    gateway = models.CharField(max_length=20)
    day = models.DateField()
    compared_at = models.DateTimeField()
    their_count = models.IntegerField()
    their_rial = models.BigIntegerField()
    our_count = models.IntegerField()
    our_rial = models.BigIntegerField()
    their_refund_rial = models.BigIntegerField()
    our_refund_rial = models.BigIntegerField()
    # Payments that they had taken and we booked by this comparison.
    booked_count = models.IntegerField()

    class Meta:
        """Compared once."""

        db_table = "giving_statement_day"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "day"], name="one_statement_a_day"),
        ]

    def __str__(self) -> str:
        return f"statement {self.pk}"


class StatementDue(models.Model):
    """From which day on a gateway that tells its books owes them; written before it is asked the first time."""

    gateway = models.CharField(max_length=20, unique=True)
    due_from = models.DateField()

    class Meta:
        """One a gateway."""

        db_table = "giving_statement_due"

    def __str__(self) -> str:
        return f"due {self.pk}"


class GatewayCase(models.Model):
    """A payment or refund that their books and ours tell differently. Closed by a word of how it was cleared up."""

    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=13, choices=[(one.value, one.value) for one in CaseKind])
    is_refund = models.BooleanField()
    key = models.CharField(max_length=64)
    reference = models.CharField(max_length=REFERENCE_MOST, blank=True, default="")
    theirs_rial = models.BigIntegerField(null=True)
    ours_rial = models.BigIntegerField(null=True)
    gift = models.ForeignKey(Gift, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=NOTE_MAX, blank=True, default="")

    class Meta:
        """Opened once, however often it is found; closed by somebody, with a word."""

        db_table = "giving_gateway_case"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "kind", "is_refund", "key"], name="one_case_a_difference"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, note="")
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(note=""),
                name="gateway_case_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"gateway case {self.pk}"
