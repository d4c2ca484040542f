"""Records as they were submitted, and facts as they were observed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.registry.models.intake import IntakeFile
from sakha.registry.models.people import Household, Person
from sakha.registry.models.words import INDEX_LENGTH


class Record(models.Model):
    """What an organisation submitted about a person, kept for ever as submitted.

    Keys whose target nobody may delete, and which the merge takes from the rows themselves, carry no constraint: the
    checks of a large file would take as long as the merge.
    """

    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    intake_file = models.ForeignKey(IntakeFile, on_delete=models.PROTECT, related_name="records", db_constraint=False)
    row_number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="records")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="records", db_index=False)
    content_digest = models.BinaryField(max_length=INDEX_LENGTH)
    case_key = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    payload_sealed = models.BinaryField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """The same content of an organisation is one record."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "content_digest"], name="one_record_a_content"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "organisation"], name="record_household"),
            models.Index(fields=["organisation", "case_key"], condition=Q(case_key__isnull=False), name="record_case"),
        ]

    def __str__(self) -> str:
        return f"record {self.pk}"


class Fact(models.Model):
    """What an organisation observed about a household on a day. Unknown is the absence of a row, never zero.

    The keys carry no constraint, as in `Record`.
    """

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="facts", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=40)
    value = models.BigIntegerField()
    observed_on = models.DateField()
    submitted_at = models.DateTimeField()
    # Since when people look again at what a data bank said here: meanwhile nobody acts on it.
    disputed_at = models.DateTimeField(null=True)

    class Meta:
        """One value a household, fact, organisation and day."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "name", "organisation", "observed_on"], name="one_fact_a_day_and_observer"
            ),
        ]

    def __str__(self) -> str:
        return f"fact {self.pk}"
