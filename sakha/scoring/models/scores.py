"""Tables of scoring: documents that never change, the place of each score under them, and each household's score."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

_SHA_LENGTH = 64
_DECILES = 10
_PER_MILLE = 1000


class Model(models.Model):
    """A model document as it was when first used; the database refuses to change or remove it."""

    sha = models.CharField(max_length=_SHA_LENGTH, primary_key=True)
    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    document = models.TextField()
    adopted_at = models.DateTimeField()

    class Meta:
        """One document a version."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="one_document_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ScorePlace(models.Model):
    """What a score means under a model in a Jalali month (140509): the score table, one row a band and score."""

    model = models.ForeignKey(
        Model, on_delete=models.PROTECT, db_column="model_sha", related_name="places", db_index=False
    )
    month = models.PositiveIntegerField(default=0, db_default=0)
    band = models.PositiveSmallIntegerField()
    score = models.SmallIntegerField()
    decile = models.PositiveSmallIntegerField()
    poor20_share = models.PositiveSmallIntegerField()
    poor40_share = models.PositiveSmallIntegerField()
    gap_rial = models.PositiveBigIntegerField()
    middle_rial = models.PositiveBigIntegerField()
    # What brings the two sums to prices of the month, in thousandths.
    price_factor = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        """One place a month, band and score."""

        db_table = "scoring_place"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "month", "band", "score"], name="one_place_a_month"),
            models.CheckConstraint(condition=Q(decile__gte=1, decile__lte=_DECILES), name="place_decile_is_a_decile"),
        ]

    def __str__(self) -> str:
        return f"place of {self.score}"


class ScoreColumns(models.Model):
    """What a score says. Shares are per mille."""

    score = models.SmallIntegerField()
    known_count = models.PositiveSmallIntegerField()
    decile = models.PositiveSmallIntegerField()
    poor20_share = models.PositiveSmallIntegerField()
    poor40_share = models.PositiveSmallIntegerField()
    expected_gap_rial = models.PositiveBigIntegerField()
    priority = models.PositiveSmallIntegerField()
    scored_at = models.DateTimeField()

    class Meta:
        """Columns of other tables, not a table."""

        abstract = True


class HouseholdScore(ScoreColumns):
    """A household's latest score. Contributions are not stored: they are computed when somebody asks why."""

    household = models.OneToOneField("registry.Household", on_delete=models.PROTECT, primary_key=True, related_name="+")
    model = models.ForeignKey(Model, on_delete=models.PROTECT, db_column="model_sha", related_name="+", db_index=False)
    price_year = models.PositiveSmallIntegerField()
    # Of the documents of needs, weights, cut-offs and prices together: who asks later finds them by it.
    policy_sha = models.CharField(max_length=64, blank=True, default="", db_default="")
    # By which month's table; 0 where it was scored before there was one.
    month = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        """Shares are per mille; the poorest and the most urgent are found by index."""

        db_table = "scoring_score"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(decile__gte=1, decile__lte=_DECILES), name="score_decile_is_a_decile"),
            models.CheckConstraint(
                condition=Q(poor20_share__lte=models.F("poor40_share"), poor40_share__lte=_PER_MILLE),
                name="score_shares_are_per_mille",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["decile", "-priority"], name="score_urgency")]

    def __str__(self) -> str:
        return f"score of household {self.pk}"


class MonthScore(ScoreColumns):
    """The last score of a household in a Jalali month. Written by a trigger of the scores, and by nobody else."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.PositiveIntegerField()
    model = models.ForeignKey(Model, on_delete=models.PROTECT, db_column="model_sha", related_name="+", db_index=False)
    policy_sha = models.CharField(max_length=_SHA_LENGTH)

    class Meta:
        """One row a household and month."""

        db_table = "scoring_month_score"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["household", "month"], name="one_score_a_month"),
        ]

    def __str__(self) -> str:
        return f"score of household {self.household_id} in {self.month}"
