"""Promises for every month, and the months that were asked for. No money stands here: each month's gift is a gift."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sakha.giving.models.donors import INDEX_LENGTH, Donor
from sakha.giving.models.gifts import Listing
from sakha.giving.rules.sponsorships import EndedBy, SponsorshipAim, SponsorshipState


class Sponsorship(models.Model):
    """So much a month of a giver with an account, for the pool under conditions or for one household's need.

    The household is known to the system alone; the giver knows the sign, which stays while the household does.
    """

    request_id = models.UUIDField(unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    aim = models.CharField(max_length=6, choices=[(one.value, one.value) for one in SponsorshipAim])
    amount_rial = models.BigIntegerField()
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    kinds = ArrayField(models.SmallIntegerField(), default=list)
    household_types = ArrayField(models.CharField(max_length=12), default=list)
    condition_set = models.CharField(max_length=12, blank=True, default="")
    household_most_rial = models.BigIntegerField(null=True)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The code of the first listing of this household: a sign to know it by, from month to month.
    sign = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=6, choices=[(one.value, one.value) for one in SponsorshipState])
    # By whom it ended; empty while it stands, and where an office stopped the company that promised.
    ended_by = models.CharField(
        max_length=6, blank=True, default="", db_default="", choices=[(one.value, one.value) for one in EndedBy]
    )
    begun_at = models.DateTimeField()
    state_at = models.DateTimeField()

    class Meta:
        """Something is promised; only what is for a household has one."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="sponsorship_of_something"),
            models.CheckConstraint(
                condition=~Q(aim=SponsorshipAim.POOL.value) | Q(household__isnull=True),
                name="pool_sponsors_nobody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="sponsorship_of_household"),
        ]

    def __str__(self) -> str:
        return f"sponsorship {self.pk}"


class SponsoredMonth(models.Model):
    """One month of a promise that was asked for; gifts name the month that they pay, and one that is paid is enough."""

    sponsorship = models.ForeignKey(Sponsorship, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.IntegerField()
    listing = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Another household came in place of the one before.
    is_replaced = models.BooleanField(default=False)
    # Digests of the words in the links; the words themselves stand nowhere.
    link_digest = models.BinaryField(max_length=INDEX_LENGTH, null=True, unique=True)
    reminder_digest = models.BinaryField(max_length=INDEX_LENGTH, null=True, unique=True)
    asked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    # It was asked for with the word that the promise ends should it be missed too.
    warned_at = models.DateTimeField(null=True)

    class Meta:
        """A month is asked for once."""

        db_table = "giving_sponsored_month"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sponsorship", "month"], name="one_ask_a_month"),
        ]

    def __str__(self) -> str:
        return f"sponsored month {self.pk}"
