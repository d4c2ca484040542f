"""Proposals of fair shares: who decided, what each need gets, and of whose money."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.giving.models.gifts import Gift
from sakha.giving.models.pool_policy import PoolPolicy
from sakha.giving.rules.proposals import LeftOut, ProposalState, ShareState


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Proposal(models.Model):
    """Fair shares of the money in the pool among a province's verified needs, as it stood at one moment."""

    # Empty is the whole nation.
    province = models.CharField(max_length=2, blank=True, default="")
    state = models.CharField(max_length=9, choices=_choices(ProposalState))
    money_rial = models.BigIntegerField()
    shared_rial = models.BigIntegerField()
    # Figures of the effect as they were shown to those who decided.
    effect = models.JSONField()
    # The version of the nation's policy that it was shared under; none is the rule of fair shares alone.
    policy = models.ForeignKey(PoolPolicy, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """One waits for a decision at a time in each province; nobody decides on their own."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["province"], condition=Q(state=ProposalState.PROPOSED.value), name="one_open_proposal"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PROPOSED.value, decided_at__isnull=True)
                | (~Q(state=ProposalState.PROPOSED.value) & Q(decided_at__isnull=False)),
                name="proposal_decided_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(state=ProposalState.APPROVED.value)
                | ~Q(decided_by=F("proposed_by")),
                name="proposal_by_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class Share(models.Model):
    """What one need gets by a proposal, and what became of it; nothing where others came before it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    period = models.IntegerField()
    tier = models.SmallIntegerField()
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8)
    household_types = ArrayField(models.CharField(max_length=12), default=list)
    # The body that knows the household and holds for it.
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whether that body was a poor charity by the proposal's policy.
    is_of_poor_body = models.BooleanField(default=False, db_default=False)
    target_rial = models.BigIntegerField()
    covered_rial = models.BigIntegerField()
    amount_rial = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=_choices(ShareState))
    left_out = models.CharField(max_length=16, blank=True, default="", choices=_choices(LeftOut))
    held_rial = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A need once a proposal; never more held than was approved."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "household", "kind", "period"], name="one_share_a_need"),
            models.CheckConstraint(
                condition=Q(amount_rial__gte=0, held_rial__gte=0, held_rial__lte=F("amount_rial")),
                name="share_held_within",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "proposal"],
                condition=Q(state=ShareState.WAITING.value, amount_rial__gt=0),
                name="share_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"


class SharePiece(models.Model):
    """Rials of one gift in one share: what the proposal says of whose money goes where."""

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+", db_index=False)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_rial = models.BigIntegerField()
    # Of these, what the proposal's policy had kept for deprived provinces, and for households of poor charities.
    deprived_rial = models.BigIntegerField(default=0, db_default=0)
    poor_rial = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        """A gift once a share."""

        db_table = "giving_share_piece"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["share", "gift"], name="one_piece_a_gift"),
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="piece_of_something"),
            models.CheckConstraint(
                condition=Q(
                    deprived_rial__gte=0, poor_rial__gte=0, amount_rial__gte=F("deprived_rial") + F("poor_rial")
                ),
                name="piece_holds_its_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"share piece {self.pk}"
