"""Versions of the nation's policy for free money: proposed by one officer, confirmed by another, never edited."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.giving.rules.pool_policy import REASON_MAX, WHOLE


class PoolPolicy(models.Model):
    """What is kept of free money from a day on, and why; `effect` is what it would have changed when last looked at.

    A trigger lets a version that waits be looked at anew, confirmed or withdrawn, one that was confirmed be withdrawn
    before its first day, and nothing else.
    """

    deprived_provinces = ArrayField(models.CharField(max_length=2), default=list)
    deprived_mille = models.SmallIntegerField()
    poor_mille = models.SmallIntegerField()
    poor_below_mille = models.SmallIntegerField()
    valid_from = models.DateField()
    reason = models.CharField(max_length=REASON_MAX)
    proposed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    effect = models.JSONField()
    effect_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(null=True)
    # Of one that was confirmed: who asked that it be withdrawn, and why; somebody else withdraws it.
    withdrawal_asked_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawal_asked_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=REASON_MAX, blank=True, default="", db_default="")
    withdrawn_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One version begins a day; nobody confirms or withdraws alone; no more is kept than there is."""

        db_table = "giving_pool_policy"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(withdrawn_at__isnull=True), name="one_pool_policy_a_day"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
                name="pool_policy_by_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True)
                | Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawal_asked_by__isnull=False)
                & ~Q(withdrawn_by=F("withdrawal_asked_by")),
                name="pool_policy_withdrawn_by_two",
            ),
            models.CheckConstraint(
                condition=Q(
                    deprived_mille__gte=0,
                    poor_mille__gte=0,
                    poor_below_mille__gte=0,
                    poor_below_mille__lte=WHOLE,
                    deprived_mille__lte=WHOLE - F("poor_mille"),
                ),
                name="pool_policy_keeps_what_there_is",
            ),
        ]

    def __str__(self) -> str:
        return f"pool policy {self.pk}"
