"""Grievances and their history. Migration 0016 says who sees which: never the accused what is confidential."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.coordination.models.columns import INDEX_LENGTH, choices
from sakha.coordination.rules.grievances import (
    About,
    GrievanceKind,
    GrievanceLevel,
    GrievanceState,
    GrievanceStep,
    GrievanceWay,
)


class Grievance(models.Model):
    """What somebody brought, until it is answered and the person is content or silent.

        RECEIVED ---> IN_WORK ---> ANSWERED ---> CLOSED    the person is content, or silent for thirty days
            |            |            |
            +--> ESCALATED <--+       +--> REOPENED        «not solved», said once: the office above begins anew
                 overdue: the office above has the word

    `level` is the office that has the word; `was_late` stays once a term passed without an answer.
    """

    kind = models.CharField(max_length=12, choices=choices(GrievanceKind))
    way = models.CharField(max_length=9, choices=choices(GrievanceWay))
    about = models.CharField(max_length=15, choices=choices(About))
    about_organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    about_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_confidential = models.BooleanField()
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The delivery that did not arrive; one case a delivery.
    hold = models.OneToOneField("ledger.Hold", null=True, on_delete=models.PROTECT, related_name="+")
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    text_sealed = models.BinaryField()
    answer_sealed = models.BinaryField(null=True)
    # Of whoever has no file: where the answer is told.
    mobile_sealed = models.BinaryField(null=True)
    tracking_digest = models.BinaryField(max_length=INDEX_LENGTH, unique=True)
    state = models.CharField(max_length=9, choices=choices(GrievanceState))
    level = models.CharField(max_length=8, choices=choices(GrievanceLevel))
    was_late = models.BooleanField(default=False)
    was_reopened = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # The desk that wrote it down for somebody.
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """What waits is few beside what is closed."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(about="ORGANISATION", about_organisation__isnull=False)
                | (~Q(about="ORGANISATION") & Q(about_organisation__isnull=True)),
                name="grievance_names_the_body",
            ),
            models.CheckConstraint(
                condition=~Q(is_confidential=True, level="COUNTY"), name="confidential_is_above_county"
            ),
            models.CheckConstraint(
                condition=(Q(state="ANSWERED") & Q(answer_sealed__isnull=False, answered_at__isnull=False))
                | (Q(state="CLOSED") & Q(answered_at__isnull=False, closed_at__isnull=False))
                | Q(state__in=["RECEIVED", "IN_WORK", "ESCALATED", "REOPENED"], closed_at__isnull=True),
                name="grievance_state_told",
            ),
            models.CheckConstraint(
                condition=Q(hold__isnull=True) | Q(kind="NOT_RECEIVED", is_confidential=False),
                name="not_received_is_of_a_delivery",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=["RECEIVED", "IN_WORK", "ESCALATED", "REOPENED"]),
                name="grievance_waiting",
            ),
            models.Index(fields=["answered_at"], condition=Q(state="ANSWERED"), name="grievance_answered"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="grievance_household"),
            models.Index(fields=["province", "opened_at"], name="grievance_area"),
        ]

    def __str__(self) -> str:
        return f"grievance {self.pk}"


class GrievanceEntry(models.Model):
    """One step of a grievance's history; only ever added."""

    grievance = models.ForeignKey(Grievance, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=9, choices=choices(GrievanceStep))
    level = models.CharField(max_length=8, choices=choices(GrievanceLevel))
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note_sealed = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        """Read with its grievance."""

        db_table = "coordination_grievance_entry"

    def __str__(self) -> str:
        return f"grievance entry {self.pk}"
