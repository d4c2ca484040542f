"""Tables of needs: where each need of a household stands, how it came there, what proves it; and dated prices."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.scoring.rules.needs_states import NeedSource, NeedState, Proof


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class HouseholdNeed(models.Model):
    """A need of a household of one kind, and where it stands (`rules.needs_states` draws the ways).

    The amount is what is needed in a period, `less` what of it comes from elsewhere, `target` what the ledger keeps
    open; `delivered` is what the ledger said when this was last looked at. A trigger refuses any other way than those
    drawn and writes each change of state into the history.
    """

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    state = models.SmallIntegerField()
    source = models.CharField(max_length=4, choices=_choices(NeedSource))
    severity = models.SmallIntegerField()
    amount = models.BigIntegerField()
    less = models.BigIntegerField()
    target = models.BigIntegerField()
    delivered = models.BigIntegerField()
    period = models.IntegerField()
    rules_sha = models.CharField(max_length=64)
    evidence_on = models.DateField(null=True)
    expires_on = models.DateField()
    opened_at = models.DateTimeField()
    state_at = models.DateTimeField()
    assessed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    # Who brought it to this state; nobody where a rule or the ledger did.
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    proof = models.CharField(max_length=16, blank=True, default="", choices=_choices(Proof))
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """A need of a kind once a household; confirmed only with its moment; never negative."""

        db_table = "scoring_need"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["household", "kind"], name="one_need_a_kind"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in NeedState]), name="need_state_known"),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=3), name="need_severity_known"),
            models.CheckConstraint(
                condition=Q(less__gte=0, delivered__gte=0, target__gte=0, target=F("amount") - F("less")),
                name="need_net_of_aid",
            ),
            models.CheckConstraint(
                condition=~Q(state=NeedState.CONFIRMED.value) | Q(confirmed_at__isnull=False),
                name="need_confirmed_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_on"], condition=~Q(state=NeedState.EXPIRED.value), name="need_expiring"),
        ]

    def __str__(self) -> str:
        return f"need {self.pk}"


class NeedEvent(models.Model):
    """That a need changed its state: written by the table's own trigger, readable and nothing else."""

    need = models.ForeignKey(HouseholdNeed, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    household_id = models.BigIntegerField()
    before = models.SmallIntegerField(null=True)
    after = models.SmallIntegerField()
    at = models.DateTimeField()
    organisation_id = models.IntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    proof = models.CharField(max_length=16, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        """Read by need, oldest first."""

        db_table = "scoring_need_event"

    def __str__(self) -> str:
        return f"event {self.pk} of need {self.need_id}"


class NeedProof(models.Model):
    """A paper that somebody saw for a need: which, and its reference, sealed, for it may name somebody."""

    need = models.ForeignKey(HouseholdNeed, on_delete=models.PROTECT, related_name="proofs")
    proof = models.CharField(max_length=16, choices=_choices(Proof))
    reference_sealed = models.BinaryField()
    seen_on = models.DateField()
    attached_at = models.DateTimeField()
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """Read by need."""

        db_table = "scoring_need_proof"

    def __str__(self) -> str:
        return f"proof {self.pk} of need {self.need_id}"


class Price(models.Model):
    """A price, a poverty line or a province's level, from a day until another, with its source.

    The product's own rows count at once; a row that somebody drafts counts once somebody else approved it. A trigger
    refuses every other change.
    """

    name = models.CharField(max_length=40)
    province = models.CharField(max_length=2, blank=True, default="")
    amount = models.BigIntegerField()
    follows_place = models.BooleanField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    label = models.CharField(max_length=120)
    source = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    drafted_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One row a name, place and first day; a row is never changed."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "province", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_price_a_day",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_at__isnull=False, drafted_by__isnull=False, withdrawn_at__isnull=True)
                & ~Q(approved_by=F("drafted_by")),
                name="price_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & (Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))),
                name="price_is_some_and_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"price {self.name}"
