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
from sakha.scoring.queries.facts import BANKS_SQL, TEHRAN, find_facts
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
from sakha.scoring.rules.whose_word import lead_sql
from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.jalali import jalali_year

_LEAD: Final = lead_sql(
    is_confirmed="source <> ''", is_bank=f"organisation_id = {BANKS_SQL}", is_contested="contested.fact IS NOT NULL"
)
_SOURCES: Final = f"""
SELECT DISTINCT ON (name) name, organisation_id, observed_on, source, organisation_id = {BANKS_SQL} FROM (
    SELECT name, organisation_id, observed_on, submitted_at, id, '' AS source FROM registry_fact
    WHERE household_id = %(household)s AND submitted_at <= %(at)s AND (disputed_at IS NULL OR disputed_at > %(at)s)
    UNION ALL
    SELECT fact, NULL, (confirmed_at AT TIME ZONE 'Asia/Tehran')::date, confirmed_at, id, source
    FROM scoring_confirmation
    WHERE household_id = %(household)s AND fact <> '' AND value IS NOT NULL AND confirmed_at <= %(at)s
        AND (superseded_at IS NULL OR superseded_at > %(at)s)
) AS said LEFT JOIN scoring_contested(ARRAY[%(household)s::bigint], %(at)s) contested ON contested.fact = said.name
ORDER BY name, observed_on + {_LEAD} DESC, observed_on DESC, submitted_at DESC, id DESC
"""  # noqa: S608 (own constants)
_CONTESTED: Final = """
SELECT fact FROM scoring_contested(ARRAY[%(household)s::bigint], %(at)s)
UNION SELECT name FROM registry_fact
 WHERE household_id = %(household)s AND submitted_at <= %(at)s AND disputed_at <= %(at)s ORDER BY 1"""
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
    unsure_words: str
    """That too little is known to be sure; empty where enough is known."""
    contested_labels: tuple[str, ...]
    """The facts that are objected to or looked at again."""
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
    unsure_words: str
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
        unsure_words=told.unsure_words,
        contested_labels=_contested_labels(actor, at, household_id),
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
        unsure_words=told.unsure_words,
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
        document = Model.objects.filter(sha=stored.model_id).values_list("document", flat=True).first()
        if document is None:
            raise ScoreUnknown(field="model")
        audited = _recompute(actor, stored, parse_card(document), as_of or stored.scored_at)
        record_access(actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose="بازرسی امتیاز")
    return audited


def _recompute(actor: Actor, stored: HouseholdScore, card: Card, moment: datetime) -> AuditedScore:
    household_id, on = stored.household_id, moment.astimezone(TEHRAN).date()
    row, year = find_facts(at=moment, household_id=household_id) or {}, jalali_year(on)
    assessment = assess(card, policies_on(on), row, year=year)
    is_stored = moment == stored.scored_at
    confirmations = standing_confirmations(actor=actor, at=moment, household_ids=[household_id])
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
        region_points=card.region_of(row.get("county")).points,
        reasons=explain(card, assessment.evaluation),
        facts={name: value for name, value in row.items() if isinstance(value, int | str)},
        sources=_find_sources(moment, household_id),
        confirmations=tuple(confirmations.get(household_id, ())),
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


def _contested_labels(actor: Actor, at: datetime, household_id: int) -> tuple[str, ...]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_CONTESTED, {"household": household_id, "at": at})
        return tuple(FACTS[FactName(name)].label for (name,) in cursor.fetchall())


def _find_sources(at: datetime, household_id: int) -> dict[str, Source]:
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, {"household": household_id, "at": at})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    names = organisation_names({row[1] for row in rows if row[1] is not None})
    return {
        name: Source(name=_WORDS.get(source) or names.get(told_by, "یک نهاد"), on=on, is_bank=bool(is_bank))
        for name, told_by, on, source, is_bank in rows
    }
