"""Searches that were run, and the people whom no SMS reached: somebody asks them in person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.coordination.models.columns import choices
from sakha.coordination.models.coverage import Candidate
from sakha.coordination.rules.campaigns import PersonalOutcome


class Search(models.Model):
    """One search of a province in one extract. The extract's stamp tells whether a newer one lies there."""

    province = models.CharField(max_length=2)
    stamp = models.CharField(max_length=64)
    deciles_max = models.PositiveSmallIntegerField()
    found_count = models.PositiveIntegerField()
    added_count = models.PositiveIntegerField()
    left_count = models.PositiveIntegerField()
    searched_at = models.DateTimeField()

    class Meta:
        """The newest of a province is looked for."""

        indexes: ClassVar = [models.Index(fields=["province", "searched_at"], name="search_newest")]

    def __str__(self) -> str:
        return f"search {self.pk}"


class PersonalAsk(models.Model):
    """Somebody whom no SMS reaches, taken up by a person who looks for them; then what came of it."""

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="+")
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, blank=True, default="", choices=choices(PersonalOutcome))
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        """An outcome says when."""

        db_table = "coordination_personal_ask"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at__isnull=True) | (~Q(outcome="") & Q(outcome_at__isnull=False)),
                name="personal_outcome_says_when",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["province", "county"], name="personal_area")]

    def __str__(self) -> str:
        return f"personal ask {self.pk}"
