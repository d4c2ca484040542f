"""Goods and hours of work that organisations offer, and what of them was taken for whose need."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.giving.models.donors import Donor
from sakha.giving.rules.goods import CONTACT_MOST, WorthSource
from sakha.giving.rules.states import DrawState


class GoodsOffer(models.Model):
    """So many pieces of one line of the list, until a day, at a place. What is left is moved by functions alone."""

    request_id = models.UUIDField(unique=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=12)
    kind = models.SmallIntegerField()
    # Under which name officers price it; empty where they don't.
    price_name = models.CharField(max_length=40, blank=True, default="")
    quantity = models.IntegerField()
    left_quantity = models.IntegerField()
    # What the giver says that one piece is worth.
    worth_rial = models.BigIntegerField()
    expires_on = models.DateField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    contact = models.CharField(max_length=CONTACT_MOST)
    offered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """Stock is never below nothing, nor above what was offered."""

        db_table = "giving_goods_offer"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, left_quantity__gte=0, left_quantity__lte=F("quantity")),
                name="stock_never_below_zero",
            ),
            models.CheckConstraint(condition=Q(worth_rial__gt=0), name="goods_of_some_worth"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_on", "id"],
                condition=Q(left_quantity__gt=0, withdrawn_at__isnull=True),
                name="goods_open",
            ),
        ]

    def __str__(self) -> str:
        return f"goods offer {self.pk}"


class GoodsTaking(models.Model):
    """Pieces of an offer taken for one need that an organisation holds in the ledger; they follow the hold."""

    hold = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    offer = models.ForeignKey(GoodsOffer, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = models.IntegerField()
    worth_rial = models.BigIntegerField()
    worth_source = models.CharField(max_length=5, choices=[(one.value, one.value) for one in WorthSource])
    state = models.CharField(max_length=9, choices=[(one.value, one.value) for one in DrawState])
    taken_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Something is taken; settled once."""

        db_table = "giving_goods_taking"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0, worth_rial__gt=0), name="taking_of_something"),
            models.CheckConstraint(
                condition=Q(state="HELD", settled_at__isnull=True) | (~Q(state="HELD") & Q(settled_at__isnull=False)),
                name="taking_settles_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["hold"], condition=Q(state="HELD"), name="taking_unsettled")]

    def __str__(self) -> str:
        return f"goods taking {self.pk}"
