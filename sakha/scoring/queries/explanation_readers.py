"""A score explained to the household, to a charity, and to an auditor, who gets it recomputed from that day's evidence.

Every explanation is a look at the household and is logged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, organisation_names
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.scoring.models import HouseholdScore, Model
from sakha.scoring.queries.appeals import RunningOverride, running_overrides
from sakha.scoring.queries.confirmations import Confirmed, standing_confirmations
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.explanation import Explanation, ScoreUnknown, get_explanation
from sakha.scoring.queries.facts import (
    BANK_LEAD_DAYS,
    BANKS_SQL,
    CONFIRMED_LEAD_DAYS,
    TEHRAN,
    find_facts,
)
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.assessment import assess
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.scoring.rules.explanation import Reasons, explain
from sakha.scoring.rules.explanation_readers import (
    APPEAL_WORDS,
    PEOPLE_WORDS,
    Freshness,
    Source,
    SourcedReason,
    band_of,
    may_be_shown_to_charity,
    measure_freshness,
    sourced,
    without_bank_figures,
)
from sakha.vocabulary.jalali import jalali_year

_SOURCES: Final = f"""
SELECT DISTINCT ON (name) name, organisation_id, observed_on, source, organisation_id = {BANKS_SQL} FROM (
    SELECT name, organisation_id, observed_on, submitted_at, id, '' AS source FROM registry_fact
    WHERE household_id = %(household)s AND submitted_at <= %(at)s AND (disputed_at IS NULL OR disputed_at > %(at)s)
    UNION ALL
    SELECT fact, NULL, (confirmed_at AT TIME ZONE 'Asia/Tehran')::date, confirmed_at, id, source
    FROM scoring_confirmation
    WHERE household_id = %(household)s AND fact <> '' AND value IS NOT NULL AND confirmed_at <= %(at)s
        AND (superseded_at IS NULL OR superseded_at > %(at)s)
) AS said
ORDER BY name, observed_on + CASE WHEN source <> '' THEN {CONFIRMED_LEAD_DAYS}
    WHEN organisation_id = {BANKS_SQL} THEN {BANK_LEAD_DAYS} ELSE 0 END DESC, observed_on DESC, submitted_at DESC,
    id DESC
"""  # noqa: S608 (own constants)
_WORDS: Final = {"CONFIRMATION": PEOPLE_WORDS, "APPEAL": APPEAL_WORDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdExplanation:
    """For the household: the three strongest reasons each way with value, source and date, and what isn't known."""

    household_id: int
    band: str
    decile: int
    override: RunningOverride | None
    more_need: tuple[SourcedReason, ...]
    less_need: tuple[SourcedReason, ...]
    unknown_labels: tuple[str, ...]
    freshness: Freshness
    confirmations: tuple[Confirmed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CharityExplanation:
    """For a charity: the band, how fresh it is, and reasons that no data bank told. Needs stand in the ledger."""

    household_id: int
    band: str
    decile: int
    poor20_share: int
    override: RunningOverride | None
    more_need: tuple[str, ...]
    less_need: tuple[str, ...]
    freshness: Freshness
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedScore:
    """For an auditor: the stored score, and the same recomputed from document and evidence as they were known then."""

    household_id: int
    model_sha: str
    model_title: str
    price_year: int
    as_of: datetime
    stored_score: int | None
    stored_decile: int | None
    score: int
    decile: int
    region_points: int
    reasons: Reasons
    facts: dict[str, int | str]
    sources: Mapping[str, Source]
    confirmations: tuple[Confirmed, ...]
    override: RunningOverride | None

    @property
    def is_same(self) -> bool:
        """Whether the recomputed score is the stored one, bit for bit."""
        return (self.stored_score, self.stored_decile) == (self.score, self.decile)


def explain_to_household(*, actor: Actor, at: datetime, household_id: int) -> HouseholdExplanation:
    """What whoever serves the household prints for it; only offices read in it what data banks answered.

    Raises: PermissionMissing, ScoreUnknown.
    """
    told, card, sources = _explain(actor, at, household_id, "توضیح امتیاز برای خانوار")
    on = at.astimezone(TEHRAN).date()
    confirmations = standing_confirmations(actor=actor, at=at, household_ids=[household_id])

    def shown(reasons: tuple[SourcedReason, ...]) -> tuple[SourcedReason, ...]:
        return reasons if actor.can(Permission.READ_BANKS) else without_bank_figures(reasons, card, sources)

    return HouseholdExplanation(
        household_id=household_id,
        band=band_of(told.decile),
        decile=told.decile,
        override=running_overrides(actor=actor, on=on, household_ids=[household_id]).get(household_id),
        # points stand for means: what lowers the score is what shows more need
        more_need=shown(sourced(told.reasons.lowers, card, sources)),
        less_need=shown(sourced(told.reasons.raises, card, sources)),
        unknown_labels=told.reasons.unknown_labels,
        freshness=measure_freshness(told.reasons, card, sources, on=on),
        confirmations=tuple(confirmations.get(household_id, ())),
    )


def explain_to_charity(*, actor: Actor, at: datetime, household_id: int) -> CharityExplanation:
    """What a charity needs to know of a household that it serves, without any figure of a data bank.

    Raises: PermissionMissing, ScoreUnknown.
    """
    told, card, sources = _explain(actor, at, household_id, "")
    on = at.astimezone(TEHRAN).date()

    def shown(reasons: tuple[SourcedReason, ...]) -> tuple[str, ...]:
        return tuple(one.sentence for one in reasons if may_be_shown_to_charity(one, card, sources))

    return CharityExplanation(
        household_id=household_id,
        band=band_of(told.decile),
        decile=told.decile,
        poor20_share=told.poor20_share,
        override=running_overrides(actor=actor, on=on, household_ids=[household_id]).get(household_id),
        more_need=shown(sourced(told.reasons.lowers, card, sources)),
        less_need=shown(sourced(told.reasons.raises, card, sources)),
        freshness=measure_freshness(told.reasons, card, sources, on=on),
        summary=told.reasons.summary,
    )


def audit_score(*, actor: Actor, at: datetime, household_id: int, as_of: datetime | None = None) -> AuditedScore:
    """Recompute a score from the document that made it and what was known at that moment; for offices.

    Without a moment it is the one of the stored score. What the register has since corrected in place (a birth date, a
    county, a fact told twice on one day) can't be read back: then `is_same` says so.

    Raises: PermissionMissing, ScoreUnknown.
    """
    actor.require(Permission.READ_PROVINCE)
    with acting(actor):
        stored = HouseholdScore.objects.filter(household_id=household_id).first()
        if stored is None:
            raise ScoreUnknown(field="household_id")
        moment = as_of or stored.scored_at
        on = moment.astimezone(TEHRAN).date()
        document = Model.objects.filter(sha=stored.model_id).values_list("document", flat=True).first()
        if document is None:
            raise ScoreUnknown(field="model")
        row = find_facts(at=moment, household_id=household_id)
        policies = policies_on(on)
        sources = _find_sources(moment, household_id)
        record_access(actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose="بازرسی امتیاز")
    card, year = parse_card(document), jalali_year(on)
    assessment = assess(card, policies, row or {}, year=year)
    is_stored = moment == stored.scored_at
    return AuditedScore(
        household_id=household_id,
        model_sha=card.sha,
        model_title=card.title,
        price_year=year,
        as_of=moment,
        stored_score=stored.score if is_stored else None,
        stored_decile=stored.decile if is_stored else None,
        score=assessment.evaluation.score,
        decile=assessment.place.decile,
        region_points=card.region_of((row or {}).get("county")).points,
        reasons=explain(card, assessment.evaluation),
        facts={name: value for name, value in (row or {}).items() if isinstance(value, int | str)},
        sources=sources,
        confirmations=tuple(
            standing_confirmations(actor=actor, at=moment, household_ids=[household_id]).get(household_id, ())
        ),
        override=running_overrides(actor=actor, on=on, household_ids=[household_id]).get(household_id),
    )


def _explain(
    actor: Actor, at: datetime, household_id: int, purpose: str
) -> tuple[Explanation, Card, dict[str, Source]]:
    told = get_explanation(actor=actor, at=at, household_id=household_id)
    with acting(actor):
        sources = _find_sources(at, household_id)
        if purpose:
            record_access(actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose=purpose)
    return told, card_on(_day(at)), sources


def _day(at: datetime) -> date:
    return at.astimezone(TEHRAN).date()


def _find_sources(at: datetime, household_id: int) -> dict[str, Source]:
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, {"household": household_id, "at": at})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    names = organisation_names({row[1] for row in rows if row[1] is not None})
    return {
        name: Source(name=_WORDS.get(source) or names.get(told_by, "یک نهاد"), on=on, is_bank=bool(is_bank))
        for name, told_by, on, source, is_bank in rows
    }
