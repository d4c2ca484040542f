"""Tables of confirmation by people: whom one may ask, what was asked and answered, and what it came to.

Who the confirmers are is sealed; household and charity see only what came of it (migration 0011).
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_voices import RequestState

_INDEX_LENGTH = 16


class Confirmer(models.Model):
    """Somebody who knows a neighbourhood, asked by link, or by the site when `user` is told."""

    kind = models.CharField(max_length=10)
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    # Empty where an office found the confirmer itself.
    nominated_by = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name_sealed = models.BinaryField()
    mobile_sealed = models.BinaryField()
    mobile_index = models.BinaryField(max_length=_INDEX_LENGTH)
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8)
    right_count = models.PositiveIntegerField(default=0, db_default=0)
    audited_count = models.PositiveIntegerField(default=0, db_default=0)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        """One phone, one voice."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mobile_index"], name="one_confirmer_a_phone"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ConfirmerKind]), name="confirmer_kind_known"
            ),
            models.CheckConstraint(condition=Q(right_count__lte=F("audited_count")), name="right_only_when_audited"),
        ]
        indexes: ClassVar = [models.Index(fields=["county", "kind"], name="confirmer_area")]

    def __str__(self) -> str:
        return f"confirmer {self.pk}"


class ConfirmationRequest(models.Model):
    """Questions about one household to one confirmer: OPEN, then ANSWERED, LOCKED or EXPIRED.

    `token_sealed` is kept only until the link has been sent; then the link is known by its digest alone.
    """

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    confirmer = models.ForeignKey(Confirmer, on_delete=models.PROTECT, related_name="requests", db_index=False)
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    questions = ArrayField(models.CharField(max_length=20))
    token_digest = models.BinaryField(max_length=_INDEX_LENGTH)
    token_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=8, default=RequestState.OPEN.value)
    wrong_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A link is used once; a confirmer is asked once about a household at a time."""

        db_table = "scoring_confirmation_request"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_digest"], name="one_request_a_link"),
            models.UniqueConstraint(
                fields=["household", "confirmer"],
                condition=Q(state=RequestState.OPEN.value),
                name="one_open_request_a_confirmer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RequestState]), name="request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN.value, settled_at__isnull=True)
                | (~Q(state=RequestState.OPEN.value) & Q(settled_at__isnull=False, token_sealed__isnull=True)),
                name="settled_request_has_moment_and_no_link",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "confirmer"], name="request_household"),
            models.Index(fields=["user"], condition=Q(state="OPEN"), name="request_of_user"),
            models.Index(fields=["expires_at"], condition=Q(state="OPEN"), name="request_due"),
        ]

    def __str__(self) -> str:
        return f"confirmation request {self.pk}"


class ConfirmationAnswer(models.Model):
    """One answer; without a value it says «I don't know». What was answered never changes, an audit is added."""

    request = models.ForeignKey(ConfirmationRequest, on_delete=models.PROTECT, related_name="answers", db_index=False)
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    confirmer = models.ForeignKey(Confirmer, on_delete=models.PROTECT, related_name="answers", db_index=False)
    question = models.CharField(max_length=20)
    value = models.SmallIntegerField(null=True)
    # Kin by the confirmer's own word or by the register, when the answer was given.
    is_kin = models.BooleanField(default=False, db_default=False)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    answered_at = models.DateTimeField()
    was_right = models.BooleanField(null=True)
    audited_at = models.DateTimeField(null=True)
    audited_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """Each question is answered once."""

        db_table = "scoring_confirmation_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "question"], name="one_answer_a_question"),
            models.CheckConstraint(
                condition=Q(audited_at__isnull=True, was_right__isnull=True)
                | Q(audited_at__isnull=False, was_right__isnull=False),
                name="audit_has_a_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "question"], name="answer_household"),
            models.Index(fields=["confirmer", "answered_at"], name="answer_confirmer"),
        ]

    def __str__(self) -> str:
        return f"confirmation answer {self.pk}"


class Confirmation(models.Model):
    """What people's answers to one question, or an upheld appeal, came to; a new result supersedes the old."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=12)
    question = models.CharField(max_length=20, blank=True, default="")
    # The household fact that it is, empty for what the card doesn't ask.
    fact = models.CharField(max_length=40, blank=True, default="")
    value = models.BigIntegerField(null=True)
    points = models.SmallIntegerField(default=0, db_default=0)
    effective_centi = models.PositiveIntegerField(default=0, db_default=0)
    support_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    kind_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    voice_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    confirmed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """One standing result a household, source, question and fact; a score is never moved by more than six."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "source", "question", "fact"],
                condition=Q(superseded_at__isnull=True),
                name="one_standing_confirmation",
            ),
            models.CheckConstraint(condition=Q(points__gte=-6, points__lte=6), name="confirmation_points_are_bounded"),
            models.CheckConstraint(
                condition=Q(source__in=["CONFIRMATION", "APPEAL"]), name="confirmation_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"confirmation {self.pk}"


class LinkMiss(models.Model):
    """A closed link was tried from an address, kept as a keyed digest."""

    address_digest = models.BinaryField(max_length=_INDEX_LENGTH)
    at = models.DateTimeField()

    class Meta:
        """Counted over the last minutes."""

        db_table = "scoring_link_miss"
        indexes: ClassVar = [models.Index(fields=["address_digest", "at"], name="misses_of_address")]

    def __str__(self) -> str:
        return f"link miss {self.pk}"
