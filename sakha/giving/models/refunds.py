"""Refunds: proposed by one officer, decided by another, sent once."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.giving.models.gifts import Gift
from sakha.giving.rules.refunds import REFERENCE_MOST, RefundState

_OPEN = [RefundState.PROPOSED.value, RefundState.APPROVED.value, RefundState.BY_HAND.value]


class Refund(models.Model):
    """What lies of a gift in the pool goes back; how much is known when it is booked. No giver stands here."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in RefundState])
    amount_rial = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True, default="")
    reference = models.CharField(max_length=REFERENCE_MOST, blank=True, default="")
    proposed_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    # When the gateway was first asked for it, written before: from then on only a sure no is one.
    asked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # By the bank, not by the gateway: its books know nothing of it.
    is_by_hand = models.BooleanField(default=False, db_default=False)
    # When the gateway's books named it first: by the bank it would go a second time.
    named_at = models.DateTimeField(null=True)

    class Meta:
        """One open a gift; nobody approves their own; what is sent has a reference."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gift"], condition=Q(state__in=_OPEN), name="one_open_refund"),
            models.CheckConstraint(
                condition=Q(state__in=["PROPOSED", "REJECTED"]) | Q(amount_rial__gt=0, decided_at__isnull=False),
                name="refund_approved_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="REJECTED") | ~Q(decided_by=F("proposed_by")),
                name="refund_by_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT") | (~Q(reference="") & Q(sent_at__isnull=False)),
                name="refund_sent_has_reference",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["decided_at"], condition=Q(state=RefundState.APPROVED.value), name="refund_to_send"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"
