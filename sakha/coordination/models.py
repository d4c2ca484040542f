"""Tables and constraints of coordination. Who sees which row is decided by the policies in migration 0002."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.coordination.rules.states import (
    CandidateState,
    CoverageSource,
    InvitationState,
    KnockKind,
    OptOutSource,
    RegistrationState,
)

_INDEX_LENGTH = 16  # bytes of a blind index


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Coverage(models.Model):
    """An organisation answers for a person from a day until another; without `to_on` it has no end yet.

    The same organisation can't cover the same person twice at once: migration 0002 excludes overlapping spans. A
    person of the register is named by `person` and indexed like there; anybody else by the sealed identifier.
    """

    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_index = models.BinaryField(max_length=_INDEX_LENGTH)
    subject_sealed = models.BinaryField(null=True)
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=8, choices=_choices(CoverageSource))
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
    content_digest = models.BinaryField(max_length=_INDEX_LENGTH)
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

    subject_index = models.BinaryField(max_length=_INDEX_LENGTH, unique=True)
    subject_sealed = models.BinaryField(null=True)
    mobile_index = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
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
    state = models.CharField(max_length=8, choices=_choices(CandidateState))
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


class Campaign(models.Model):
    """One round of invitations in a province, with the one text that everybody gets."""

    name = models.CharField(max_length=60)
    province = models.CharField(max_length=2)
    text = models.TextField()
    part_count = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """A name stands once in a province."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["province", "name"], name="one_campaign_a_name"),
        ]

    def __str__(self) -> str:
        return f"campaign {self.pk}"


class Invitation(models.Model):
    """One SMS to one person, ever. Its id is the local id at the provider.

        QUEUED ---> SENDING ---> SENT ---> DELIVERED
          |  <---     |           |
          |           |           +------> UNDELIVERED | BLOCKED_BY_RECIPIENT | FILTERED | CANCELLED | UNKNOWN
          |           +------------------> INVALID_NUMBER | FILTERED | FAILED | CANCELLED | UNKNOWN
          +------------------------------> CANCELLED   opted out, or covered meanwhile

    A row is SENDING, committed, before the provider is called. Killed in between, it is asked for by its local id:
    known there, it is SENT; surely unknown there, it goes back to QUEUED; in doubt, it ends as UNKNOWN and is not sent
    a second time.
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="invitation")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="invitations")
    # Unique: a phone that several candidates share gets one SMS.
    mobile_index = models.BinaryField(max_length=_INDEX_LENGTH, unique=True)
    mobile_sealed = models.BinaryField()
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=20, choices=_choices(InvitationState))
    reason = models.CharField(max_length=40, blank=True, default="")
    part_count = models.PositiveSmallIntegerField()
    cost_rial = models.BigIntegerField(null=True)
    gateway = models.CharField(max_length=20, blank=True, default="")
    provider_id = models.CharField(max_length=40, blank=True, default="")
    attempt_count = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # Of the link and of the code in the text, which nobody but its reader has; gone once the household is registered.
    link_digest = models.BinaryField(null=True, max_length=_INDEX_LENGTH, unique=True)
    code_digest = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    link_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        """What is under way is few beside what is settled, so each has an index of its own."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in InvitationState]), name="invitation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, state__in=["QUEUED", "SENDING", "SENT"])
                | (Q(settled_at__isnull=False) & ~Q(state__in=["QUEUED", "SENDING", "SENT"])),
                name="invitation_settles_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="QUEUED"), name="invitation_queued"),
            models.Index(fields=["sending_at"], condition=Q(state="SENDING"), name="invitation_sending"),
            models.Index(fields=["checked_at"], condition=Q(state="SENT"), name="invitation_sent"),
            models.Index(fields=["province", "county", "state"], name="invitation_area"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class OptOut(models.Model):
    """A phone that wants no messages from us. Asked before any provider, and never taken back by us."""

    mobile_index = models.BinaryField(max_length=_INDEX_LENGTH, unique=True)
    mobile_sealed = models.BinaryField()
    source = models.CharField(max_length=12, choices=_choices(OptOutSource))
    opted_out_at = models.DateTimeField()

    class Meta:
        """A no is said once."""

        db_table = "coordination_opt_out"

    def __str__(self) -> str:
        return f"opt-out {self.pk}"


class SignInCode(models.Model):
    """A one-time code for the household's door, sent to the phone that was invited; used once, within minutes.

    Its id comes from the invitations' sequence: at a provider both stand under one local id.
    """

    id = models.BigIntegerField(primary_key=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="+")
    code_digest = models.BinaryField(max_length=_INDEX_LENGTH)
    # The text, until it is handed over.
    text_sealed = models.BinaryField(null=True)
    part_count = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    wrong_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """Looked for by invitation, the newest alone counts."""

        db_table = "coordination_sign_in_code"

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"


class Knock(models.Model):
    """A try at the households' door, by keyed digests only: the table tells nobody which phones or addresses tried."""

    kind = models.CharField(max_length=4, choices=_choices(KnockKind))
    number_digest = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    address_digest = models.BinaryField(max_length=_INDEX_LENGTH)
    at = models.DateTimeField()

    class Meta:
        """Counted over the last minutes, by number and by address."""

        indexes: ClassVar = [
            models.Index(fields=["number_digest", "at"], name="knocks_of_number"),
            models.Index(fields=["address_digest", "at"], name="knocks_of_address"),
        ]

    def __str__(self) -> str:
        return f"knock {self.pk}"


class Registration(models.Model):
    """What an invited household fills in of itself, until it is sent; afterwards the way back to its file.

        BEGUN ---> SENT ---> WITHDRAWN
          +----------------> WITHDRAWN

    `is_file_open`: the household was unknown before, so the phone may read the file. Whoever turned out to be in the
    register already goes to an office for that: a phone in the hand does not prove that a file is one's own.
    """

    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="registration")
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=9, choices=_choices(RegistrationState))
    draft_sealed = models.BinaryField(null=True)
    # Who filled it in for the household, with its consent; empty where it did so itself.
    helper_sealed = models.BinaryField(null=True)
    consented_at = models.DateTimeField(null=True)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_file_open = models.BooleanField(default=False)
    try_count = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One an invitation. What was sent was consented to, and its draft is gone."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, household__isnull=True, is_file_open=False)
                | Q(
                    sent_at__isnull=False,
                    household__isnull=False,
                    consented_at__isnull=False,
                    draft_sealed__isnull=True,
                ),
                name="registration_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="BEGUN", sent_at__isnull=True, withdrawn_at__isnull=True)
                | Q(state="SENT", sent_at__isnull=False, withdrawn_at__isnull=True)
                | Q(state="WITHDRAWN", withdrawn_at__isnull=False, draft_sealed__isnull=True),
                name="registration_state_told",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["province", "county", "state"], name="registration_area"),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"


class Message(models.Model):
    """What the outbox gateway keeps instead of sending: number and text sealed, for operators to see masked."""

    invitation = models.OneToOneField(Invitation, null=True, on_delete=models.PROTECT, related_name="message")
    sign_in_code = models.OneToOneField(SignInCode, null=True, on_delete=models.PROTECT, related_name="+")
    number_sealed = models.BinaryField()
    text_sealed = models.BinaryField()
    part_count = models.PositiveSmallIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        """A message is of one thing."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(invitation__isnull=False, sign_in_code__isnull=True)
                | Q(invitation__isnull=True, sign_in_code__isnull=False),
                name="message_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
