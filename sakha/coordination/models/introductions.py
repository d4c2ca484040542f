"""Introductions of households to bodies, the offers of each, their history, consents, and the directory's lines."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.coordination.models.columns import choices
from sakha.coordination.rules.introductions import (
    ClosedBecause,
    IntroductionLevel,
    IntroductionState,
    OfferState,
    ServiceState,
    Side,
)


class IntroductionConsent(models.Model):
    """That a household agreed to be introduced to bodies that may help it; who heard it; when it was taken back."""

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    heard_by = models.CharField(max_length=9, choices=choices(Side))
    organisation = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One standing consent a household."""

        db_table = "coordination_introduction_consent"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(withdrawn_at__isnull=True), name="one_standing_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class Service(models.Model):
    """A line of the directory: what a body gives, where, for whom, and to how many households a month.

    Without a county it serves the whole province, without a province the nation. An office approves the line; the
    number and the words the body changes by itself.
    """

    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    households_a_month = models.PositiveIntegerField()
    eligibility = models.CharField(max_length=300, blank=True, default="")
    contact = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=7, choices=choices(ServiceState))
    told_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """One line an organisation and kind."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="one_service_a_kind"),
            models.CheckConstraint(condition=Q(county="") | ~Q(province=""), name="service_county_in_a_province"),
            models.CheckConstraint(
                condition=~Q(state="ACTIVE") | Q(approved_at__isnull=False), name="active_service_is_approved"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "province", "county"], name="service_area")]

    def __str__(self) -> str:
        return f"service {self.pk}"


class Introduction(models.Model):
    """A need of a household that is offered to bodies which may meet it (`rules.introductions` draws the ways).

    A trigger refuses any other way, an introduction without consent, and an end that one side alone declares.
    `follower` is the body that handed it upward and goes on seeing where it stands.
    """

    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    state = models.CharField(max_length=7, choices=choices(IntroductionState))
    level = models.CharField(max_length=8, choices=choices(IntroductionLevel))
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    # What a body is told before it takes: no name, no street, no telephone.
    severity = models.SmallIntegerField()
    decile = models.PositiveSmallIntegerField(null=True)
    priority = models.PositiveSmallIntegerField()
    household_size = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    state_at = models.DateTimeField()
    level_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    claim_until = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    follower = models.ForeignKey(
        "access.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    body_agreed_at = models.DateTimeField(null=True)
    household_agreed_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    disputed_at = models.DateTimeField(null=True)
    disputed_by = models.CharField(max_length=9, blank=True, default="", db_default="", choices=choices(Side))
    settled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(
        max_length=17, blank=True, default="", db_default="", choices=choices(ClosedBecause)
    )
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    # Who brought it here; nobody where time or the ledger did.
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """A need is introduced once at a time; what is taken has a taker and an end."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "kind"], condition=~Q(state="CLOSED"), name="one_open_introduction_a_need"
            ),
            models.CheckConstraint(
                condition=Q(state="OFFERED", taken_by__isnull=True, claim_until__isnull=True)
                | Q(state="TAKEN", taken_by__isnull=False, claim_until__isnull=False)
                | Q(state="SERVED", taken_by__isnull=False, served_at__isnull=False)
                | Q(state="CLOSED"),
                name="introduction_taken_by_one",
            ),
            models.CheckConstraint(
                condition=Q(state="CLOSED", closed_at__isnull=False) & ~Q(closed_because="")
                | ~Q(state="CLOSED") & Q(closed_at__isnull=True, closed_because=""),
                name="introduction_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(disputed_at__isnull=True, disputed_by="")
                | Q(disputed_at__isnull=False) & ~Q(disputed_by=""),
                name="dispute_has_a_side",
            ),
            models.CheckConstraint(
                condition=Q(follower__isnull=True) | ~Q(follower=F("taken_by")), name="no_own_follower"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["province", "county", "state"], name="introduction_area"),
            models.Index(fields=["household"], name="introduction_household"),
            models.Index(fields=["taken_by"], condition=Q(taken_by__isnull=False), name="introduction_taker"),
            models.Index(fields=["follower"], condition=Q(follower__isnull=False), name="introduction_follower"),
        ]

    def __str__(self) -> str:
        return f"introduction {self.pk}"


class Offer(models.Model):
    """An introduction as one body sees it."""

    introduction = models.ForeignKey(Introduction, on_delete=models.PROTECT, related_name="offers", db_index=False)
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Of the introduction, for the policies: they must not ask each other in a circle.
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=9, choices=choices(OfferState))
    reason = models.CharField(max_length=16, blank=True, default="")
    offered_at = models.DateTimeField()
    state_at = models.DateTimeField()
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """Offered once at a time to a body; taken by one."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["introduction", "organisation"],
                condition=Q(state__in=["OFFERED", "TAKEN", "SERVED"]),
                name="one_standing_offer_a_body",
            ),
            models.UniqueConstraint(
                fields=["introduction"], condition=Q(state__in=["TAKEN", "SERVED"]), name="one_taker_an_introduction"
            ),
            models.CheckConstraint(condition=~Q(state="DECLINED") | ~Q(reason=""), name="declined_says_why"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "kind", "state"], name="offer_body"),
            models.Index(fields=["introduction"], name="offer_introduction"),
            models.Index(fields=["household"], name="offer_household"),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"


class IntroductionEvent(models.Model):
    """What became of an introduction or of one body's offer of it: written by their triggers, readable only.

    Without an organisation it is told of the introduction itself.
    """

    introduction = models.ForeignKey(
        Introduction, on_delete=models.DO_NOTHING, related_name="events", db_constraint=False, db_index=False
    )
    household_id = models.BigIntegerField()
    organisation_id = models.IntegerField(null=True)
    before = models.CharField(max_length=9, blank=True, default="")
    after = models.CharField(max_length=9)
    reason = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        """Read by introduction, oldest first."""

        db_table = "coordination_introduction_event"
        indexes: ClassVar = [models.Index(fields=["introduction", "at"], name="introduction_history")]

    def __str__(self) -> str:
        return f"event {self.pk} of introduction {self.introduction_id}"
