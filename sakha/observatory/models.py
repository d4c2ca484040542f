"""Tables and constraints of the observatory: days that were counted, a province each, and what was counted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Reckoning(models.Model):
    """A province counted as of a day. A day without one is as the newest before it.

    `until_at` is the end of the day, or the moment of counting where the day was not over; such a day is counted anew.
    """

    id = models.AutoField(primary_key=True)
    province = models.CharField(max_length=2)
    on = models.DateField(db_column="on_day")
    until_at = models.DateTimeField()
    reckoned_at = models.DateTimeField()

    class Meta:
        """A province is counted once a day; the newest of a province is looked for."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["province", "on"], name="one_reckoning_a_day"),
            models.CheckConstraint(condition=~Q(province=""), name="reckoning_has_a_province"),
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
