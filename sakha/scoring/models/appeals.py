"""Tables of appeals: what was objected to, each step, a committee's decision with its end, and what is to be told."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q

from sakha.scoring.rules.appeals import AppealKind, AppealLevel, AppealOutcome, AppealState, AppealStepKind

_DECILES = 10
_A_YEAR_ON = ExpressionWrapper(F("from_on") + 366, output_field=models.DateField())


def _values(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


class Appeal(models.Model):
    """An objection of a household, brought by itself through whoever serves it. Scores and facts before are kept."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    fact = models.CharField(max_length=40, blank=True, default="")
    told_value = models.BigIntegerField(null=True)
    statement_sealed = models.BinaryField()
    level = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default=AppealState.OPEN.value)
    outcome = models.CharField(max_length=9, blank=True, default="")
    # The body whose datum is disputed: it may mend it, never judge it.
    answering = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField()
    # Whether any instance let its term pass.
    was_late = models.BooleanField(default=False, db_default=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason_sealed = models.BinaryField(null=True)
    facts_before = models.JSONField(default=dict)
    score_before = models.SmallIntegerField(null=True)
    decile_before = models.PositiveSmallIntegerField(null=True)
    score_after = models.SmallIntegerField(null=True)
    decile_after = models.PositiveSmallIntegerField(null=True)

    class Meta:
        """One open appeal a household, kind and fact; nobody decides his own."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "kind", "fact"],
                condition=~Q(state=AppealState.CLOSED.value),
                name="one_open_appeal_a_matter",
            ),
            models.CheckConstraint(condition=Q(kind__in=_values(AppealKind)), name="appeal_kind_known"),
            models.CheckConstraint(condition=Q(level__in=_values(AppealLevel)), name="appeal_level_known"),
            models.CheckConstraint(condition=Q(state__in=_values(AppealState)), name="appeal_state_known"),
            models.CheckConstraint(
                condition=(Q(outcome=AppealOutcome.NONE.value) & ~Q(state=AppealState.CLOSED.value))
                | (
                    Q(outcome__in=_values(AppealOutcome), state=AppealState.CLOSED.value, decided_at__isnull=False)
                    & ~Q(outcome=AppealOutcome.NONE.value)
                ),
                name="closed_appeal_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(outcome=AppealOutcome.WITHDRAWN.value)
                | Q(opened_by__isnull=True)
                | ~Q(decided_by=F("opened_by")),
                name="nobody_decides_his_own_appeal",
            ),
            models.CheckConstraint(condition=~Q(kind="DATUM") | ~Q(fact=""), name="disputed_datum_is_named"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=~Q(state=AppealState.CLOSED.value), name="appeal_due"),
            models.Index(fields=["household"], name="appeal_household"),
            models.Index(fields=["province", "county"], name="appeal_area"),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"


class AppealStep(models.Model):
    """One thing that happened with an appeal. Append-only."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=8)
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note_sealed = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        """Known kinds only."""

        db_table = "scoring_appeal_step"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=_values(AppealStepKind)), name="appeal_step_known"),
        ]

    def __str__(self) -> str:
        return f"step {self.pk} of appeal {self.appeal_id}"


class ScoreOverride(models.Model):
    """A committee's decile for a time. The score stays as it is; the override ends by itself."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="override")
    model_decile = models.PositiveSmallIntegerField()
    decile = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField()

    class Meta:
        """Two deciles and a year at most, and one at a time."""

        db_table = "scoring_override"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decile__gte=1, decile__lte=_DECILES)
                & Q(decile__lte=F("model_decile") + 2, decile__gte=F("model_decile") - 2),
                name="override_is_bounded",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")) & Q(until_on__lte=_A_YEAR_ON), name="override_ends"
            ),
            ExclusionConstraint(
                name="one_override_at_a_time",
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    (
                        Func(
                            "from_on",
                            "until_on",
                            RangeBoundary(),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"override {self.pk}"


class Notice(models.Model):
    """What a household is to be told of; rooms above pull it and say when they did."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="+", db_index=False)
    topic = models.CharField(max_length=10)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        """Each step is told once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["appeal", "topic", "at"], name="one_notice_a_step"),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="notice_untold")]

    def __str__(self) -> str:
        return f"notice {self.pk}"
