"""Tables and constraints of the observatory: days that were counted and what was, openings, and reports handed in."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sakha.observatory.rules.reports import ReportKind


class Reckoning(models.Model):
    """A province counted as of a day, or (no province) the nation: the sum of the counts `made_of`.

    A day without one is as the newest before it. The nation's is read only while these are its provinces' newest.

    `until_at` is the end of the day, or the moment of counting where the day was not over; such a day is counted anew.
    """

    id = models.AutoField(primary_key=True)
    province = models.CharField(max_length=2)
    on = models.DateField(db_column="on_day")
    until_at = models.DateTimeField()
    reckoned_at = models.DateTimeField()
    # Ids of reckonings, rising; they may be gone, then nobody reads the sum.
    made_of = ArrayField(models.IntegerField(), null=True)

    class Meta:
        """A province is counted once a day, and the nation of the same counts once; the newest is looked for."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["province", "on"], name="one_reckoning_a_day"),
            models.UniqueConstraint(fields=["made_of"], condition=Q(province=""), name="one_sum_of_the_same"),
            models.CheckConstraint(
                condition=Q(province="", made_of__isnull=False) | (~Q(province="") & Q(made_of__isnull=True)),
                name="only_the_nation_is_a_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"reckoning {self.pk}"


class Amount(models.Model):
    """What a reckoning counted: a figure of the province (no county) or of one of its counties, whole or of a part.

    Nothing is kept of what is zero. Rows are never changed: a day that is counted anew is written anew.
    """

    reckoning = models.ForeignKey(Reckoning, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Of the reckoning, for the policies.
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    figure = models.CharField(max_length=30)
    breakdown = models.CharField(max_length=12, blank=True, default="")
    part = models.CharField(max_length=40, blank=True, default="")
    value = models.BigIntegerField()

    class Meta:
        """An amount stands once; read by place, figure and breakdown."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reckoning", "county", "figure", "breakdown", "part"],
                include=["value"],
                name="one_amount_a_reckoning",
            ),
        ]
        # «All counties of the province» reads by figure.
        indexes: ClassVar = [
            models.Index(fields=["reckoning", "figure", "breakdown"], name="amount_figure"),
        ]

    def __str__(self) -> str:
        return f"amount {self.pk}"


class Opening(models.Model):
    """The day on which a province was opened: what stood on the eve is what is compared with ever after."""

    province = models.CharField(max_length=2, primary_key=True)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()

    class Meta:
        """Said once a province."""

    def __str__(self) -> str:
        return f"opening of {self.province}"


class KeptReport(models.Model):
    """A report as it was handed in: the file itself, so that what was signed stays what was signed.

    No province: the nation. The same day drawn again is the same bytes; `sha256` shows it.
    """

    kind = models.CharField(max_length=10)
    province = models.CharField(max_length=2, blank=True, default="")
    on = models.DateField(db_column="on_day")
    form = models.CharField(max_length=4)
    made_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    byte_count = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        """One file of a report; listed by place."""

        db_table = "observatory_kept_report"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["province", "kind", "on", "form"], name="one_file_of_a_report"),
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in ReportKind]), name="report_kind_known"),
        ]

    def __str__(self) -> str:
        return f"kept report {self.pk}"
