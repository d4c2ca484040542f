"""The households' door: one-time codes, what is counted there, what is filled in, and the outbox's messages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sakha.coordination.models.columns import INDEX_LENGTH, choices
from sakha.coordination.models.inviting import Invitation
from sakha.coordination.models.notices import Notice
from sakha.coordination.rules.states import KnockKind, RegistrationState


class SignInCode(models.Model):
    """A one-time code for the household's door, sent to the phone that was invited; used once, within minutes.

    Its id comes from the invitations' sequence: at a provider both stand under one local id.
    """

    id = models.BigIntegerField(primary_key=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="+")
    code_digest = models.BinaryField(max_length=INDEX_LENGTH)
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

    kind = models.CharField(max_length=4, choices=choices(KnockKind))
    number_digest = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    address_digest = models.BinaryField(max_length=INDEX_LENGTH)
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
    state = models.CharField(max_length=9, choices=choices(RegistrationState))
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
    notice = models.OneToOneField(Notice, null=True, on_delete=models.PROTECT, related_name="+")
    number_sealed = models.BinaryField()
    text_sealed = models.BinaryField()
    part_count = models.PositiveSmallIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        """A message is of one thing."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(invitation__isnull=False, sign_in_code__isnull=True, notice__isnull=True)
                | Q(invitation__isnull=True, sign_in_code__isnull=False, notice__isnull=True)
                | Q(invitation__isnull=True, sign_in_code__isnull=True, notice__isnull=False),
                name="message_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
