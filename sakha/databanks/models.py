"""The tables of evidence, questions, cases and events. Who sees which row is decided by the policies in 0002 and 0004.

Upper rooms name a household by its id; nothing here points up to it.
"""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.databanks.rules import EvidenceStatus
from sakha.databanks.rules.bank import LifeEventKind
from sakha.databanks.rules.states import (
    OPEN_CASES,
    UNSETTLED_QUESTIONS,
    CaseKind,
    CaseState,
    EventState,
    QuestionState,
)

_INDEX_LENGTH = 16  # bytes of a blind index
_BANK_LENGTH = 40


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


def _values(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


class Subject(models.Model):
    """Somebody whom a bank was asked about, or told of: the one place where the identifier of questions is sealed."""

    subject_index = models.BinaryField(max_length=_INDEX_LENGTH, unique=True)
    subject_sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"subject {self.pk}"


class Inquiry(models.Model):
    """That somebody asked, of whom, what for, on what ground. Append-only, refused ones too: the household reads it.

    Without a subject it is the refusal of a whole list.
    """

    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    household_id = models.BigIntegerField(null=True)
    banks = ArrayField(models.CharField(max_length=_BANK_LENGTH))
    purpose = models.CharField(max_length=20, blank=True)
    level = models.SmallIntegerField()
    decision = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    refused_code = models.CharField(max_length=60, blank=True, default="", db_default="")
    person_count = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        """Read by household."""

        indexes: ClassVar = [
            models.Index(fields=["household_id", "-asked_at"], name="inquiry_household"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(refused_code="") | (~Q(purpose="") & ~Q(decision="") & Q(level__gte=1)),
                name="inquiry_has_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"inquiry {self.pk}"


class Question(models.Model):
    """One bank, one person: the only row by which this bank is asked about them, so never by two workers at once.

    `claim` names the batch it is asked in; a batch whose worker was killed is sent again under the same name, so that
    the bank can tell it is the same.
    """

    bank = models.CharField(max_length=_BANK_LENGTH)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="questions", db_index=False)
    household_id = models.BigIntegerField(null=True)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="+", db_index=False)
    fillings_sealed = models.BinaryField(null=True)
    fillings_index = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    state = models.CharField(max_length=10, choices=_choices(QuestionState))
    priority = models.SmallIntegerField()
    claim = models.CharField(max_length=32, blank=True, default="", db_default="")
    claimed_at = models.DateTimeField(null=True)
    # The lock that the worker holds while it lives: who can take it knows that the worker is gone.
    worker_key = models.BigIntegerField(null=True)
    next_try_at = models.DateTimeField()
    attempt_count = models.PositiveIntegerField(default=0, db_default=0)
    error_code = models.CharField(max_length=100, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True)
    fresh_until = models.DateTimeField(null=True)
    # Whether the register has taken the answer over into the household's facts.
    is_applied = models.BooleanField(default=True, db_default=True)

    class Meta:
        """One question a bank and person; the queue is read by priority and time."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "bank"], name="one_question_a_bank_and_person"),
            models.CheckConstraint(condition=Q(state__in=_values(QuestionState)), name="bank_question_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["ASKING", "AWAITED"]) | (~Q(claim="") & Q(claimed_at__isnull=False)),
                name="asked_question_has_a_claim",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["bank", "priority", "next_try_at", "id"], condition=Q(state="WAITING"), name="question_in_line"
            ),
            models.Index(fields=["claim"], condition=~Q(claim=""), name="question_claim"),
            models.Index(
                fields=["bank", "fresh_until"], condition=~Q(state__in=list(UNSETTLED_QUESTIONS)), name="question_fresh"
            ),
            models.Index(fields=["household_id"], name="question_household"),
            models.Index(fields=["household_id"], condition=Q(is_applied=False), name="question_unapplied"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Evidence(models.Model):
    """One answer of one bank about one person. Append-only: the grants let nobody change what was answered."""

    subject_index = models.BinaryField(max_length=_INDEX_LENGTH)
    # Kept so that a new index key can be applied; empty where the asker kept no identifier.
    subject_sealed = models.BinaryField(null=True)
    # Facts and sources are named by the banks' mapping documents, which no migration knows.
    fact = models.CharField(max_length=40)
    value = models.BigIntegerField(null=True)
    text_sealed = models.BinaryField(null=True)
    unit = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    observed_on = models.DateField()
    fetched_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    asked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=200)
    # Read from the question that was answered, in the statement that writes it; no grant deletes an inquiry. A check a
    # row would only lock the inquiry anew for each of its facts.
    inquiry = models.ForeignKey(
        Inquiry, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=10, choices=_choices(EvidenceStatus))

    class Meta:
        """No unique answer: while keys are renewed the same answer may stand under two indexes for a time."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="UNKNOWN", value__isnull=True)
                | Q(status__in=["KNOWN", "DISPUTED"], value__isnull=False),
                name="unknown_is_never_zero",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="evidence_has_a_purpose"),
        ]
        indexes: ClassVar = [
            models.Index("subject_index", "fact", F("observed_on").desc(), name="evidence_latest"),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class BankState(models.Model):
    """How a bank is doing, shared by all processes: its circuit breaker, its next free place, its last answer."""

    bank = models.CharField(max_length=_BANK_LENGTH, primary_key=True)
    breaker = models.CharField(max_length=10, default="closed", db_default="closed")
    failure_count = models.PositiveIntegerField(default=0, db_default=0)
    success_count = models.PositiveIntegerField(default=0, db_default=0)
    opened_at = models.DateTimeField(null=True)
    next_slot_at = models.DateTimeField(null=True)
    last_answer_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    last_error_code = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        """One row a bank."""

        db_table = "databanks_bank_state"

    def __str__(self) -> str:
        return f"state of {self.bank}"


class Exchange(models.Model):
    """One batch that went to a bank, or came from it, and how it ended. Append-only; names nobody."""

    bank = models.CharField(max_length=_BANK_LENGTH)
    claim = models.CharField(max_length=32)
    ended_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    question_count = models.PositiveIntegerField()
    answered_count = models.PositiveIntegerField()
    error_code = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        """Read by bank, newest first."""

        indexes: ClassVar = [models.Index(fields=["bank", "-ended_at"], name="exchange_bank")]

    def __str__(self) -> str:
        return f"exchange {self.pk}"


class Case(models.Model):
    """Something known that is looked at again: a contradiction, or a correction that a household asks for."""

    kind = models.CharField(max_length=13, choices=_choices(CaseKind))
    state = models.CharField(max_length=17, choices=_choices(CaseState))
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    household_id = models.BigIntegerField()
    fact = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    declared_value = models.BigIntegerField(null=True)
    found_value = models.BigIntegerField(null=True)
    settled_value = models.BigIntegerField(null=True)
    words_sealed = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whether the register has taken over into the household's facts what the case changes of them.
    is_applied = models.BooleanField(default=True, db_default=True)

    class Meta:
        """One open case a household, person, fact and source."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household_id", "subject", "fact", "source"],
                condition=Q(state__in=list(OPEN_CASES)),
                nulls_distinct=False,
                name="one_open_case_a_fact",
            ),
            models.CheckConstraint(condition=Q(state__in=_values(CaseState)), name="case_state_known"),
            models.CheckConstraint(condition=Q(kind__in=_values(CaseKind)), name="case_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=list(OPEN_CASES), settled_at__isnull=True)
                | (~Q(state__in=list(OPEN_CASES)) & Q(settled_at__isnull=False)),
                name="case_is_settled_or_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household_id"], name="case_household"),
            models.Index(fields=["state", "due_on"], name="case_due"),
            models.Index(fields=["household_id"], condition=Q(is_applied=False), name="case_unapplied"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseStep(models.Model):
    """What happened to a case: when, by whom, with which words or proof. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=17, choices=_choices(CaseState))
    at = models.DateTimeField()
    by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words_sealed = models.BinaryField(null=True)
    # What it is, never how the file was called: people write names there.
    paper_kind = models.CharField(max_length=4, blank=True, default="", db_default="")
    # Taken by the household itself, on its own pages.
    is_own = models.BooleanField(default=False, db_default=False)
    proof_sealed = models.BinaryField(null=True)

    class Meta:
        """Named for its table."""

        db_table = "databanks_case_step"

    def __str__(self) -> str:
        return f"step {self.pk} of case {self.case_id}"


class LifeEvent(models.Model):
    """A death, birth, marriage or move that a bank told of, as it came, and what became of it."""

    bank = models.CharField(max_length=_BANK_LENGTH)
    event_name = models.CharField(max_length=99)
    kind = models.CharField(max_length=10, choices=_choices(LifeEventKind))
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    told_sealed = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=_choices(EventState))
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True, default="", db_default="")
    household_id = models.BigIntegerField(null=True)

    class Meta:
        """An event is taken once, however often it is told."""

        db_table = "databanks_life_event"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "event_name"], name="one_event_a_name"),
            models.CheckConstraint(condition=Q(state__in=_values(EventState)), name="event_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=Q(state="RECEIVED"), name="event_inbox"),
        ]

    def __str__(self) -> str:
        return f"life event {self.pk}"


class BankMessage(models.Model):
    """The names of the messages that came to our door, so that none is taken twice. Append-only."""

    bank = models.CharField(max_length=_BANK_LENGTH)
    message_name = models.CharField(max_length=99)
    received_at = models.DateTimeField()

    class Meta:
        """A message counts once."""

        db_table = "databanks_bank_message"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "message_name"], name="one_message_a_name"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Subscription(models.Model):
    """That a bank will tell us of a kind of event: asked for, confirmed by its code, or ended."""

    bank = models.CharField(max_length=_BANK_LENGTH)
    kind = models.CharField(max_length=10, choices=_choices(LifeEventKind))
    transaction_name = models.CharField(max_length=99)
    code = models.CharField(max_length=99, blank=True, default="", db_default="")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    refused_code = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        """One subscription a bank and kind of event."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "kind"], name="one_subscription_a_kind"),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"
