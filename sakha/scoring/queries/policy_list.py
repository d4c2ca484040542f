"""Policies as pages read them: what is in use, what is drafted, what each was found to change, and the prices."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.scoring.models import Policy
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.policy import policies_on, shipped_prices, shipped_text
from sakha.scoring.rules.needs import NeedRules
from sakha.scoring.rules.needs_prices import LEVEL, PriceRow
from sakha.scoring.rules.policy import CutOffs, Policies, PolicyState, PolicySubject
from sakha.scoring.rules.priority import PriorityWeights
from sakha.vocabulary.refusal import Refusal

LISTED_MAX: Final = 50
_NAMES: Final = "SELECT id, display_name FROM access_user WHERE id = ANY(%s)"


class PolicyMissing(Refusal):
    """No such policy, or none that the actor sees."""

    code: ClassVar[str] = "POLICY_MISSING"
    sentence: ClassVar[str] = "چنین سندی پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCard:
    """A document on its way, with who drafted and approved it and what its simulation found."""

    id: int
    subject: PolicySubject
    version: int
    title: str
    document: str
    sha: str
    reason: str
    state: PolicyState
    drafted_by_id: int
    drafted_by: str
    drafted_at: datetime
    simulation: dict[str, Any] | None
    simulated_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    in_use_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInUse:
    """The document that decides a subject today; shipped ones have no card."""

    subject: PolicySubject
    title: str
    version: int
    sha: str
    document: str
    since: date | None


def policies_in_use(*, actor: Actor, at: datetime) -> tuple[PolicyInUse, ...]:
    """What decides each subject today."""
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        policies = policies_on(on)
        cards = Policy.objects.filter(state=PolicyState.APPROVED.value, in_use_from__lte=on).order_by("in_use_from")
        latest = {card.subject: card for card in cards}
    return tuple(_in_use(subject, policies, latest.get(subject.value)) for subject in PolicySubject)


def list_policies(*, actor: Actor) -> tuple[PolicyCard, ...]:
    """Drafts and decisions, newest first."""
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        return _cards(list(Policy.objects.order_by("-drafted_at", "-id")[:LISTED_MAX]))


def get_policy(*, actor: Actor, policy_id: int) -> PolicyCard:
    """One document.

    Raises: PermissionMissing, PolicyMissing.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        cards = _cards(list(Policy.objects.filter(pk=policy_id)))
    if not cards:
        raise PolicyMissing(field="policy_id")
    return cards[0]


def list_prices(*, actor: Actor, at: datetime) -> tuple[tuple[PriceRow, int], ...]:
    """The prices that count today, each with its amount in the actor's province (the nation's where it has none)."""
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        prices = policies_on(on).prices
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT ON (name) name, province, amount, follows_place, valid_from, valid_to, label, source"
                " FROM scoring_price WHERE valid_from <= %s AND province = '' AND name <> %s"
                " AND (drafted_by_id IS NULL OR approved_at IS NOT NULL)"
                " ORDER BY name, valid_from DESC",
                [on, LEVEL],
            )
            rows = [PriceRow(*row) for row in cursor.fetchall()]
    known = rows or [row for row in shipped_prices() if row.name != LEVEL]
    here = prices.at_place(actor.province or None)
    return tuple((row, here[f"price_{row.name}"]) for row in sorted(known, key=lambda one: one.label))


def _in_use(subject: PolicySubject, policies: Policies, card: Policy | None) -> PolicyInUse:
    documents: dict[PolicySubject, NeedRules | PriorityWeights | CutOffs] = {
        PolicySubject.NEEDS: policies.needs,
        PolicySubject.PRIORITY: policies.weights,
        PolicySubject.CUT_OFFS: policies.cut_offs,
    }
    document = documents[subject]
    return PolicyInUse(
        subject=subject,
        title=card.title if card else document.title,
        version=card.version if card else document.version,
        sha=document.sha,
        document=card.document if card else shipped_text(subject),
        since=card.in_use_from if card else None,
    )


def _cards(rows: list[Policy]) -> tuple[PolicyCard, ...]:
    people = {person for row in rows for person in (row.drafted_by_id, row.approved_by_id) if person is not None}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [list(people)])
        names: dict[int, str] = dict(cursor.fetchall())
    return tuple(
        PolicyCard(
            id=row.pk,
            subject=PolicySubject(row.subject),
            version=row.version,
            title=row.title,
            document=row.document,
            sha=row.sha,
            reason=row.reason,
            state=PolicyState(row.state),
            drafted_by_id=row.drafted_by_id,
            drafted_by=names.get(row.drafted_by_id, ""),
            drafted_at=row.drafted_at,
            simulation=row.simulation,
            simulated_at=row.simulated_at,
            approved_by=names.get(row.approved_by_id or 0, ""),
            approved_at=row.approved_at,
            in_use_from=row.in_use_from,
        )
        for row in rows
    )
