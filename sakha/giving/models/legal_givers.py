"""Legal persons that give by an account of their own, and the people who act for them by their phones."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.giving.rules.legal_givers import NAME_MAX, NOTE_MAX, LegalGiverState

_LOOKED_AT = ["CHECKED", "APPROVED", "STOPPED"]


class LegalGiver(models.Model):
    """A company or another legal person with its national ID, as it was registered; approved by two officers."""

    name = models.CharField(max_length=NAME_MAX)
    legal_id = models.CharField(max_length=11)
    registered_by = models.ForeignKey("giving.Donor", on_delete=models.PROTECT, related_name="+", db_index=False)
    registered_at = models.DateTimeField()
    # Who of it registered, as they call themselves; becomes the first member, and is emptied once it is decided.
    contact_sealed = models.BinaryField()
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in LegalGiverState])
    # What the first officer saw.
    note = models.CharField(max_length=NOTE_MAX, blank=True, default="")
    checked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    checked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    stopped_at = models.DateTimeField(null=True)
    # Why it was rejected or stopped.
    reason = models.CharField(max_length=NOTE_MAX, blank=True, default="")

    class Meta:
        """One account a national ID; nobody approves alone."""

        db_table = "giving_legal_giver"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["legal_id"], condition=Q(state="APPROVED"), name="one_account_a_legal_id"),
            models.CheckConstraint(
                condition=~Q(state__in=_LOOKED_AT) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="legal_giver_was_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["APPROVED", "STOPPED"])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("checked_by")),
                name="legal_giver_by_four_eyes",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["registered_by"], name="legal_giver_of_phone")]

    def __str__(self) -> str:
        return f"legal giver {self.pk}"


class LegalMember(models.Model):
    """Somebody who gives in the name of a legal giver: signs in by the own phone's code. Removed, never deleted."""

    legal_giver = models.ForeignKey(LegalGiver, on_delete=models.PROTECT, related_name="+", db_index=False)
    donor = models.ForeignKey("giving.Donor", on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField()
    added_at = models.DateTimeField()
    # When they said yes, in by a code to that phone: until then they act for nobody and see nobody.
    accepted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """Once at a time."""

        db_table = "giving_legal_member"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["legal_giver", "donor"], condition=Q(removed_at__isnull=True), name="member_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"legal member {self.pk}"
