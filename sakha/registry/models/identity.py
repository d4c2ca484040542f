"""Questions whether two are one person, and what was joined because of the answer."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.registry.models.intake import IntakeFile
from sakha.registry.models.people import Household, Person
from sakha.registry.models.words import choices_of, values_of
from sakha.registry.rules.identity_states import QuestionKind, QuestionState


class IdentityQuestion(models.Model):
    """Is this the same person? Asked once of two persons, or of a waiting row and the person who has its identifier.

        OPEN -> SAME | DIFFERENT | UNKNOWN   by a person; SAME by two where the aid of two households comes together
          +---> WITHDRAWN                    by itself, when what made it doubtful changed

    `province` and `county` are the area that both sides share (empty where they share none): whoever oversees it may
    answer. `owner_id` is the organisation of which both sides are, if there is only one.
    """

    kind = models.CharField(max_length=4, choices=choices_of(QuestionKind))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    other_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    intake_file = models.ForeignKey(IntakeFile, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    row_number = models.PositiveIntegerField(null=True)
    # Who submitted the row, and what it said, as far as an answer holds for a later row that says the same.
    organisation_id = models.IntegerField(null=True)
    told_key = models.CharField(max_length=300, blank=True, default="")
    owner_id = models.IntegerField(null=True)
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    weight = models.IntegerField(null=True)
    features = models.JSONField(default=list)
    joins_aid = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=choices_of(QuestionState))
    asked_at = models.DateTimeField()
    # The first of two who say that they are the same.
    first_by_id = models.BigIntegerField(null=True)
    first_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """A pair is asked about once, whatever was answered; a row once while it waits."""

        db_table = "registry_identity_question"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "other_person"], condition=Q(kind=QuestionKind.PAIR.value), name="one_question_a_pair"
            ),
            models.UniqueConstraint(
                fields=["intake_file", "row_number"],
                condition=Q(kind=QuestionKind.ROW.value, state=QuestionState.OPEN.value),
                name="one_open_question_a_row",
            ),
            models.CheckConstraint(condition=Q(state__in=values_of(QuestionState)), name="question_state_known"),
            models.CheckConstraint(
                condition=Q(kind=QuestionKind.PAIR.value, person__lt=F("other_person"), intake_file__isnull=True)
                | Q(kind=QuestionKind.ROW.value, other_person__isnull=True, intake_file__isnull=False),
                name="question_has_two_sides",
            ),
            models.CheckConstraint(
                condition=Q(state=QuestionState.OPEN.value, decided_at__isnull=True)
                | (~Q(state=QuestionState.OPEN.value) & Q(decided_at__isnull=False)),
                name="decided_question_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at", "id"], condition=Q(state=QuestionState.OPEN.value), name="question_waiting"
            ),
            models.Index(fields=["person", "organisation_id"], name="question_person"),
            models.Index(
                fields=["other_person"], condition=Q(other_person__isnull=False), name="question_other_person"
            ),
        ]

    def __str__(self) -> str:
        return f"identity question {self.pk}"


class Merge(models.Model):
    """Two persons, two households, or both, found to be one: what was moved, so that it can be moved back exactly.

    `changes` lists [table, id, column values before]; no name, number or address stands in it.
    """

    question = models.ForeignKey(
        IdentityQuestion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    gone_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    gone_household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=60)
    owner_id = models.IntegerField(null=True)
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    changes = models.JSONField(default=list)
    merged_by_id = models.BigIntegerField(null=True)
    merged_at = models.DateTimeField()
    undone_by_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        """Nobody and nothing is merged twice at once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gone_person"],
                condition=Q(undone_at__isnull=True, gone_person__isnull=False),
                name="one_standing_merge_a_person",
            ),
            models.UniqueConstraint(
                fields=["gone_household"],
                condition=Q(undone_at__isnull=True, gone_household__isnull=False),
                name="one_standing_merge_a_household",
            ),
            models.CheckConstraint(
                condition=Q(gone_person__isnull=False) | Q(gone_household__isnull=False), name="merge_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"
