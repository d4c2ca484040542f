"""Tables and constraints of the ledger. Only the SQL functions of this room write (`sql/`, decision 0004)."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from sakha.ledger.rules.receipts import CallOutcome, ReceiptState, UndoingState
from sakha.ledger.rules.states import REFUSED_DOUBLE_AID, HoldStatus

_BINDING = [HoldStatus.HELD.value, HoldStatus.DELIVERED.value]  # these count against the need
_REFUSED = [outcome.value for outcome in REFUSED_DOUBLE_AID]


class Need(models.Model):
    """What a household needs of one kind in one period, and how much of it is promised and given: the guard itself."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    period = models.IntegerField()
    target = models.BigIntegerField()
    held = models.BigIntegerField(db_default=0)
    delivered = models.BigIntegerField(db_default=0)
    # Of the household when the need opened: figures of an area must not join the register.
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    opened_at = models.DateTimeField()

    class Meta:
        """A need exists once, and is never promised or met beyond its target."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["household", "kind", "period"], name="one_need_a_period"),
            models.CheckConstraint(
                condition=Q(held__gte=0, delivered__gte=0, target__gte=F("held") + F("delivered")), name="never_over"
            ),
        ]

    def __str__(self) -> str:
        return f"need {self.pk}"


class Hold(models.Model):
    """Aid that an organisation promised to a need.

    HELD -> DELIVERED -> UNDONE   disputed, and found by two of an office not to have arrived
     |----> RELEASED   by the organisation itself
     +----> EXPIRED    when its time has passed

    `span` is set for kinds with a rolling window: two such spans of a household never overlap, unless the second
    giver went on with a reason (`overrides_window`), which is kept and shown to the offices.
    """

    # Needs, households, organisations and users are never deleted (no grant allows it), and the functions take them
    # from rows they have just read; a constraint would only let an organisation's holds queue at its one row.
    need = models.ForeignKey(Need, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    household = models.ForeignKey(
        "registry.Household", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(
        "access.User", null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.SmallIntegerField()
    period = models.IntegerField()
    quantity = models.BigIntegerField()
    status = models.SmallIntegerField(db_default=HoldStatus.HELD.value)
    request_id = models.UUIDField()
    span = DateRangeField(null=True)
    overrides_window = models.BooleanField(db_default=False)
    reason = models.CharField(max_length=300, blank=True, default="")
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # Found double when two households proved to be one: how much of it counts against no need, and since when it is
    # known. Such a hold stands beside the window's guard; while it is open its owner is asked to release it.
    surplus_quantity = models.BigIntegerField(db_default=0)
    found_at = models.DateTimeField(null=True)

    class Meta:
        """One hold a request; one help a window."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "request_id"], name="one_hold_a_request"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_of_something"),
            models.CheckConstraint(condition=Q(status__in=[one.value for one in HoldStatus]), name="hold_status_known"),
            models.CheckConstraint(
                condition=Q(status=HoldStatus.HELD.value, settled_at__isnull=True)
                | (~Q(status=HoldStatus.HELD.value) & Q(settled_at__isnull=False)),
                name="hold_settled_has_moment",
            ),
            models.CheckConstraint(condition=Q(overrides_window=False) | ~Q(reason=""), name="override_has_reason"),
            ExclusionConstraint(
                name="one_help_a_window",
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=_BINDING, span__isnull=False, overrides_window=False, found_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(surplus_quantity__gte=0, surplus_quantity__lte=F("quantity"))
                & (Q(surplus_quantity=0) | Q(found_at__isnull=False)),
                name="surplus_is_of_the_hold",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "kind", "period"], name="hold_household"),
            models.Index(fields=["organisation", "created_at"], name="hold_organisation"),
            models.Index(fields=["expires_at"], condition=Q(status=HoldStatus.HELD.value), name="hold_due"),
            models.Index(fields=["need"], condition=Q(surplus_quantity__gt=0), name="hold_surplus"),
            models.Index(fields=["id"], condition=Q(status=HoldStatus.UNDONE.value), name="hold_undone"),
            models.Index(fields=["organisation"], condition=Q(found_at__isnull=False), name="hold_found_double"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Join(models.Model):
    """Two households whose needs and holds came together, with where each stood before.

    `needs` lists [id, household, target], `holds` [id, need, household, surplus, found]. The functions alone write it.
    """

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+")
    gone_household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+")
    needs = models.JSONField(default=list)
    holds = models.JSONField(default=list)
    joined_at = models.DateTimeField()
    parted_at = models.DateTimeField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        """A household is joined into one other at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gone_household"], condition=Q(parted_at__isnull=True), name="one_standing_join"
            ),
        ]

    def __str__(self) -> str:
        return f"join {self.pk}"


class Event(models.Model):
    """What was asked of the ledger and what it answered. Append-only: the application's role may only read it.

    No foreign keys: it is the busiest insert of the room, and written by the functions alone.
    """

    at = models.DateTimeField()
    action = models.SmallIntegerField()
    outcome = models.SmallIntegerField()
    organisation_id = models.IntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    household_id = models.BigIntegerField(null=True)
    by_identifier = models.BooleanField(db_default=False)
    hold_id = models.BigIntegerField(null=True)
    kind = models.SmallIntegerField()
    period = models.IntegerField()
    quantity = models.BigIntegerField()
    worth_rial = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True, default="")
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        """Asked by household, and by time for what was refused."""

        indexes: ClassVar = [
            models.Index(
                "household_id", F("at").desc(), condition=Q(household_id__isnull=False), name="event_household"
            ),
            models.Index(fields=["at"], condition=Q(outcome__in=_REFUSED), name="event_refused"),
            BrinIndex(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}"


class Receipt(models.Model):
    """Whether a delivery arrived, as the household or somebody who asked it says; the last word stands.

    TOLD -> CONFIRMED <-> NOT_RECEIVED. Every answer is an event too. Nothing of the hold or the need changes by it.
    """

    hold = models.OneToOneField(Hold, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    state = models.SmallIntegerField(db_default=ReceiptState.TOLD.value)
    way = models.SmallIntegerField(null=True)
    user = models.ForeignKey(
        "access.User", null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    told_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        """One receipt a delivery; an answer has its way and moment."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=ReceiptState.TOLD.value, way__isnull=True, answered_at__isnull=True)
                | Q(
                    state__in=[ReceiptState.CONFIRMED.value, ReceiptState.NOT_RECEIVED.value],
                    way__isnull=False,
                    answered_at__isnull=False,
                ),
                name="receipt_answered_by_a_way",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["province", "state"], name="receipt_area")]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class Undoing(models.Model):
    """A disputed delivery that somebody of an office says did not arrive, and what a second one decided.

    PROPOSED ---> UNDONE      the hold counts no more, and its need is open again
       +--------> REJECTED    it stays as it is, and may be proposed again
    """

    hold = models.ForeignKey(Hold, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    state = models.SmallIntegerField(db_default=UndoingState.PROPOSED.value)
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        """Four eyes; a delivery is proposed once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hold"], condition=~Q(state=UndoingState.REJECTED.value), name="one_undoing_a_delivery"
            ),
            models.CheckConstraint(
                condition=Q(state=UndoingState.PROPOSED.value, decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(
                        state__in=[UndoingState.UNDONE.value, UndoingState.REJECTED.value],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="undoing_by_four_eyes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["province", "proposed_at"],
                condition=Q(state=UndoingState.PROPOSED.value),
                name="undoing_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"undoing {self.pk}"


class CallRound(models.Model):
    """A random sample of an area's deliveries for calls; the same seed over the same deliveries draws the same.

    `strata` lists [organisation, deliveries, drawn]: what each answer stands for.
    """

    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    seed = models.IntegerField()
    strata = models.JSONField(default=list)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """Listed by area."""

        db_table = "ledger_call_round"

    def __str__(self) -> str:
        return f"call round {self.pk}"


class Call(models.Model):
    """One delivery of a round, and what was said when its household was called."""

    round = models.ForeignKey(CallRound, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.IntegerField()
    hold = models.ForeignKey(Hold, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    outcome = models.SmallIntegerField(null=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """A delivery stands once in a round."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "place"], name="one_place_in_a_round"),
            models.UniqueConstraint(fields=["round", "hold"], name="one_call_a_delivery"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, called_at__isnull=True)
                | Q(outcome__in=[one.value for one in CallOutcome], called_at__isnull=False),
                name="call_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"
