"""Tables of the policy: documents from draft to use, and the material on which they are simulated."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.scoring.rules.policy import PolicyState, PolicySubject


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Policy(models.Model):
    """A document that decides needs, priority or cut-offs.

    DRAFT -> SIMULATED -> APPROVED; a changed text is a draft again, and what isn't approved may be WITHDRAWN. A trigger
    refuses other ways and every change of what was approved.
    """

    subject = models.CharField(max_length=8, choices=_choices(PolicySubject))
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    document = models.TextField()
    sha = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=9, choices=_choices(PolicyState))
    drafted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    drafted_at = models.DateTimeField()
    simulation = models.JSONField(null=True)
    simulated_sha = models.CharField(max_length=64, blank=True, default="")
    simulated_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True)
    in_use_from = models.DateField(null=True)

    class Meta:
        """Four eyes, nothing approved that was not simulated as it stands, one document a subject and day."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "version"], name="one_policy_a_version"),
            models.UniqueConstraint(
                fields=["subject", "in_use_from"],
                condition=Q(state=PolicyState.APPROVED.value),
                name="one_policy_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PolicyState])
                & Q(subject__in=[one.value for one in PolicySubject]),
                name="policy_words_known",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")), name="policy_has_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PolicyState.SIMULATED.value, PolicyState.APPROVED.value])
                | Q(simulated_at__isnull=False, simulation__isnull=False, simulated_sha=F("sha")),
                name="policy_simulated_as_it_stands",
            ),
            models.CheckConstraint(
                condition=~Q(state=PolicyState.APPROVED.value)
                | Q(approved_by__isnull=False, approved_at__isnull=False, in_use_from__isnull=False),
                name="policy_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.subject} {self.version}"


class Material(models.Model):
    """A household's numbers as a simulation reads them, what scores and ledger said, in the order of `names_sha`."""

    household = models.OneToOneField("registry.Household", on_delete=models.PROTECT, primary_key=True, related_name="+")
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    numbers = ArrayField(models.BigIntegerField(null=True))
    names_sha = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"material of household {self.pk}"
