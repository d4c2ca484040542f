"""Tables and constraints of giving. What a gift's money may do is a constraint; the triggers are in `sql/`."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.giving.models.donors import Donor
from sakha.giving.rules.states import WAYS, Account, DrawState, GiftState, PaymentState

INDEX_LENGTH = 16


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


def _one_of_the_ways() -> Q:
    allowed = Q()
    for source, target in WAYS:
        allowed |= Q(from_account=source.value, to_account=target.value)
    return allowed


class PublishingLeave(models.Model):
    """A household's leave to show its needs without a name, until it is taken back."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # The household's own no binds the bodies: only itself or an office says otherwise after it.
    is_own_withdrawal = models.BooleanField(default=False, db_default=False)

    class Meta:
        """One standing leave a household."""

        db_table = "giving_publishing_leave"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(withdrawn_at__isnull=True), name="one_standing_leave"
            ),
        ]

    def __str__(self) -> str:
        return f"leave {self.pk}"


class Listing(models.Model):
    """A need as givers see it: no name, no village, and no closer than its crowd allows.

    `given_rial` is what givers promised or paid for it, `elsewhere_rial` what others hold or delivered, as the ledger
    said at the last refresh. A listing that left is shown no more; its code is never used again.
    """

    code = models.CharField(max_length=8, unique=True)
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    period = models.IntegerField()
    province = models.CharField(max_length=2)
    # Empty where the county's crowd is too small; 0 where the size's is.
    county = models.CharField(max_length=8, blank=True, default="")
    size_band = models.SmallIntegerField()
    severity = models.SmallIntegerField()
    is_confirmed = models.BooleanField()
    verified_on = models.DateField(null=True)
    target_rial = models.BigIntegerField()
    given_rial = models.BigIntegerField(default=0)
    elsewhere_rial = models.BigIntegerField(default=0)
    seen_count = models.IntegerField(default=0)
    listed_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        """A need is listed once a period, and is never given more than it lacked."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["household", "kind", "period"], name="one_listing_a_need"),
            models.CheckConstraint(
                condition=Q(given_rial__gte=0, given_rial__lte=F("target_rial"), elsewhere_rial__gte=0),
                name="never_given_over",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["seen_count", "code"], condition=Q(left_at__isnull=True), name="listing_shown"),
        ]

    def __str__(self) -> str:
        return f"listing {self.pk}"


class Gift(models.Model):
    """Money that somebody gives, with what they asked for. The conditions are never updated: no grant allows it."""

    request_id = models.UUIDField(unique=True)
    # Digest of the code by which the giver follows the gift; the code itself stands nowhere.
    follow_digest = models.BinaryField(max_length=INDEX_LENGTH, unique=True)
    amount_rial = models.BigIntegerField()
    listing = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="+")
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    kinds = ArrayField(models.SmallIntegerField(), default=list)
    # One of these types is enough; empty is any household.
    household_types = ArrayField(models.CharField(max_length=12), default=list)
    # Under which name the giver asked for the conditions (rules/conditions.py); they stand beside it themselves.
    condition_set = models.CharField(max_length=12, blank=True, default="")
    # The gift whose payment pays for this one too; none for the first of a basket.
    led_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # Whose account it is in; nobody's where it was given without a name.
    donor = models.ForeignKey(Donor, null=True, on_delete=models.PROTECT, related_name="+")
    # The month of a promise that it is an attempt to pay; each attempt is kept, for it may be paid late.
    sponsored_month = models.ForeignKey("giving.SponsoredMonth", null=True, on_delete=models.PROTECT, related_name="+")
    household_most_rial = models.BigIntegerField(null=True)
    expires_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=_choices(GiftState))
    # How much of it is counted in the listing's `given_rial`.
    counted_rial = models.BigIntegerField(default=0)
    pledged_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        """Something is given; what is counted in a need names the need."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="gift_of_something"),
            models.CheckConstraint(
                condition=Q(counted_rial=0)
                | Q(counted_rial__gt=0, counted_rial__lte=F("amount_rial")) & Q(listing__isnull=False),
                name="counted_in_its_listing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PAID", "REFUNDED"], paid_at__isnull=False)
                | Q(state__in=["PLEDGED", "LAPSED"], paid_at__isnull=True),
                name="gift_paid_has_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lapses_at"], condition=Q(state="PLEDGED"), name="gift_lapsing"),
            models.Index(fields=["expires_on", "paid_at", "id"], condition=Q(state="PAID"), name="gift_paid"),
        ]

    def __str__(self) -> str:
        return f"gift {self.pk}"


class PromiseMark(models.Model):
    """By what promises are counted (rules/promises.py): a keyed digest of a browser, phone or address, for two days."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    digest = models.BinaryField(max_length=INDEX_LENGTH)
    at = models.DateTimeField()

    class Meta:
        """Counted by digest, forgotten by age."""

        db_table = "giving_promise_mark"
        indexes: ClassVar = [
            models.Index(fields=["digest", "at"], name="marks_of_digest"),
            models.Index(fields=["at"], name="marks_by_age"),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class Payment(models.Model):
    """A gift at a payment gateway: what we asked, what it answered when it was asked back."""

    gift = models.OneToOneField(Gift, on_delete=models.PROTECT, related_name="payment")
    gateway = models.CharField(max_length=20)
    authority = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=_choices(PaymentState))
    reference = models.CharField(max_length=64, blank=True, default="")
    fee_rial = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A gateway's word belongs to one gift: neither its authority nor its reference counts twice."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "authority"], name="one_gift_an_authority"),
            models.UniqueConstraint(
                fields=["gateway", "reference"], condition=~Q(reference=""), name="one_gift_a_reference"
            ),
            models.CheckConstraint(
                condition=Q(state="ASKED", settled_at__isnull=True) | (~Q(state="ASKED") & Q(settled_at__isnull=False)),
                name="payment_settles_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=Q(state="ASKED"), name="payment_unsettled"),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Draw(models.Model):
    """Money of gifts drawn for one need that an organisation holds in the ledger."""

    hold = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    amount_rial = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=_choices(DrawState))
    drawn_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Settled once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="draw_of_something"),
            models.CheckConstraint(
                condition=Q(state="HELD", settled_at__isnull=True) | (~Q(state="HELD") & Q(settled_at__isnull=False)),
                name="draw_settles_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["hold"], condition=Q(state="HELD"), name="draw_unsettled")]

    def __str__(self) -> str:
        return f"draw {self.pk}"


class Balance(models.Model):
    """What lies in one account of one gift. Moved by the trigger of the transfers alone."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.SmallIntegerField()
    rial = models.BigIntegerField(default=0)

    class Meta:
        """One of a kind a gift; none but the giver's below zero."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gift", "account"], name="one_balance_an_account"),
            models.CheckConstraint(
                condition=Q(account=Account.GIVER.value, rial__lte=0)
                | (~Q(account=Account.GIVER.value) & Q(rial__gte=0)),
                name="never_below_zero",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["gift"], condition=Q(account=Account.POOL.value, rial__gt=0), name="balance_to_draw"),
        ]

    def __str__(self) -> str:
        return f"balance {self.pk}"


class Transfer(models.Model):
    """Rials going from one account of a gift to another: one row is both entries, so it can't fail to sum to zero.

    Append-only: the application may insert and read; a trigger refuses any change, whoever tries.
    """

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="+", db_index=False)
    # What makes it happen once: "paid", "draw:17", "return:17".
    key = models.CharField(max_length=40)
    from_account = models.SmallIntegerField()
    to_account = models.SmallIntegerField()
    amount_rial = models.BigIntegerField()
    draw = models.ForeignKey(Draw, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        """Once a key; something moves; only by the ways there are; what is drawn names its draw."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gift", "key"], name="one_transfer_a_key"),
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="transfer_of_something"),
            models.CheckConstraint(condition=_one_of_the_ways(), name="transfer_goes_a_way"),
            models.CheckConstraint(
                condition=Q(Q(from_account=Account.HELD.value) | Q(to_account=Account.HELD.value), draw__isnull=False)
                | (~Q(from_account=Account.HELD.value) & ~Q(to_account=Account.HELD.value) & Q(draw__isnull=True)),
                name="held_money_names_its_draw",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"
