"""Who covers whom, the lists that said so, and the households whom nobody covers."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.coordination.models.columns import INDEX_LENGTH, choices
from sakha.coordination.rules.states import CandidateState, CoverageSource


class Coverage(models.Model):
    """An organisation answers for a person from a day until another; without `to_on` it has no end yet.

    The same organisation can't cover the same person twice at once: migration 0002 excludes overlapping spans. A
    person of the register is named by `person` and indexed like there; anybody else by the sealed identifier.
    """

    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_index = models.BinaryField(max_length=INDEX_LENGTH)
    subject_sealed = models.BinaryField(null=True)
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=8, choices=choices(CoverageSource))
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    # The day of the list or record that first said so; until when lists went on saying it stands in CoverageList.
    observed_on = models.DateField()
    # Of the household where it is registered, else of the organisation.
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        """Asked by person, by household, and by organisation for the next list."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="coverage_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(subject_sealed__isnull=False) | Q(person__isnull=False), name="coverage_can_be_indexed_anew"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_index"], name="coverage_subject"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="coverage_household"),
            models.Index(fields=["organisation", "source"], name="coverage_organisation"),
        ]

    def __str__(self) -> str:
        return f"coverage {self.pk}"


class CoverageList(models.Model):
    """An agency's list as it was taken in. The newest one of an organisation speaks for all its active coverage."""

    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    observed_on = models.DateField()
    content_digest = models.BinaryField(max_length=INDEX_LENGTH)
    person_count = models.PositiveIntegerField()
    problem_count = models.PositiveIntegerField()
    added_count = models.PositiveIntegerField()
    renewed_count = models.PositiveIntegerField()
    ended_count = models.PositiveIntegerField()
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """The same list of the same day is taken in once."""

        db_table = "coordination_coverage_list"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "observed_on", "content_digest"], name="one_intake_a_coverage_list"
            ),
        ]

    def __str__(self) -> str:
        return f"coverage list {self.pk}"


class Candidate(models.Model):
    """A household, told by its head, that is low and covered by nobody.

        OPEN ---> COVERED   somebody covers it now
          | <---            the coverage ended
          +-----> LEFT      the newest search no longer finds it low
            <---            a later one does again

    The official decile and our own score's decile are kept apart: they are two statements by two authors.
    """

    subject_index = models.BinaryField(max_length=INDEX_LENGTH, unique=True)
    subject_sealed = models.BinaryField(null=True)
    mobile_index = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    mobile_sealed = models.BinaryField(null=True)
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    official_decile = models.PositiveSmallIntegerField(null=True)
    decile_on = models.DateField(null=True)
    score_decile = models.PositiveSmallIntegerField(null=True)
    household_size = models.PositiveSmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=24))
    state = models.CharField(max_length=8, choices=choices(CandidateState))
    found_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        """One candidate a person; listed by area."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(subject_sealed__isnull=False) | Q(person__isnull=False),
                name="candidate_can_be_indexed_anew",
            ),
            models.CheckConstraint(
                condition=Q(official_decile__range=(1, 10)) | Q(score_decile__range=(1, 10)),
                name="candidate_has_a_decile",
            ),
            models.CheckConstraint(
                condition=Q(mobile_index__isnull=True, mobile_sealed__isnull=True)
                | Q(mobile_index__isnull=False, mobile_sealed__isnull=False),
                name="candidate_mobile_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", left_at__isnull=True) | (~Q(state="OPEN") & Q(left_at__isnull=False)),
                name="candidate_who_left_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["province", "county", "official_decile"], name="candidate_area"),
            models.Index(fields=["mobile_index"], condition=Q(mobile_index__isnull=False), name="candidate_mobile"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="candidate_household"),
        ]

    def __str__(self) -> str:
        return f"candidate {self.pk}"
