"""What people's answers came to, and, for offices, whom one may ask and how reliable they proved.

Nothing here tells who answered: names are opened by one query alone, for an audit, and that is logged.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.scoring.models import Confirmer
from sakha.scoring.rules.confirming import ConfirmerKind, bound_points, reliability
from sakha.scoring.rules.confirming_questions import QUESTIONS, Question, QuestionCode
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.refusal import Refusal

# As rows of facts, for the pipeline of scores: `at` is the moment that is asked about.
CONFIRMED_FACTS_SQL: Final = """
    SELECT household_id, fact AS name, value, (confirmed_at AT TIME ZONE 'Asia/Tehran')::date AS observed_on,
        confirmed_at AS submitted_at, id
    FROM scoring_confirmation
    WHERE fact <> '' AND value IS NOT NULL AND confirmed_at <= %(at)s
        AND (superseded_at IS NULL OR superseded_at > %(at)s)"""
_STANDING: Final = """
SELECT household_id, source, question, fact, value, points, effective_centi, support_percent, kind_count, voice_count,
    confirmed_at
FROM scoring_confirmation
WHERE household_id = ANY(%(ids)s) AND confirmed_at <= %(at)s AND (superseded_at IS NULL OR superseded_at > %(at)s)
ORDER BY household_id, confirmed_at DESC, id DESC
"""
_CONFIRMERS: Final = """
SELECT c.id, c.kind, c.county, c.right_count, c.audited_count, c.stopped_at, c.nominated_by_id IS NOT NULL,
    count(DISTINCT a.request_id), max(a.answered_at)
FROM scoring_confirmer c LEFT JOIN scoring_confirmation_answer a ON a.confirmer_id = c.id
WHERE c.id > %(after)s GROUP BY c.id ORDER BY c.id LIMIT %(limit)s
"""
# One in a hundred by a draw that nobody can steer, and whatever contradicts what others agreed on.
_TO_AUDIT: Final = """
SELECT a.id, a.household_id, h.code, a.confirmer_id, a.question, a.value, a.answered_at,
    s.value IS NOT NULL AND s.value <> a.value AS is_alone
FROM scoring_confirmation_answer a
JOIN registry_household h ON h.id = a.household_id
LEFT JOIN scoring_confirmation s ON s.household_id = a.household_id AND s.question = a.question
    AND s.source = 'CONFIRMATION' AND s.superseded_at IS NULL
WHERE a.audited_at IS NULL AND a.value IS NOT NULL
    AND (hashint8(a.id) %% 100 = 0 OR (s.value IS NOT NULL AND s.value <> a.value))
ORDER BY is_alone DESC, a.answered_at LIMIT %(limit)s
"""


class ConfirmerUnknown(Refusal):
    """No such confirmer, or another area's."""

    code: ClassVar[str] = "CONFIRMER_UNKNOWN"
    sentence: ClassVar[str] = "این گواه پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What stands about one question of a household. `value` is None where people don't agree, or are too few."""

    household_id: int
    source: str
    question: QuestionCode | None
    fact: FactName | None
    value: int | None
    points: int
    effective_centi: int
    support_percent: int
    kind_count: int
    voice_count: int
    confirmed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmerCard:
    """A confirmer as an office sees one: a number, where from, how often right. No name."""

    id: int
    kind: ConfirmerKind
    county: str
    reliability: float
    audited_count: int
    answered_count: int
    last_answered_at: datetime | None
    is_nominated: bool
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmerIdentity:
    """Who a confirmer is, opened for an audit."""

    name: str
    mobile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerToAudit:
    """An answer that somebody should check on the spot."""

    id: int
    household_id: int
    household_code: str
    confirmer_id: int
    question: Question
    value: int
    answered_at: datetime
    is_alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedInSite:
    """A request that a colleague may answer on his own page."""

    id: int
    family_name: str
    county: str
    questions: tuple[Question, ...]
    expires_at: datetime


def standing_confirmations(*, actor: Actor, at: datetime, household_ids: Iterable[int]) -> dict[int, list[Confirmed]]:
    """What stood at a moment, by household; several questions each."""
    found: dict[int, list[Confirmed]] = defaultdict(list)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_STANDING, {"ids": list(household_ids), "at": at})
        for row in cursor.fetchall():
            found[row[0]].append(
                Confirmed(
                    household_id=row[0],
                    source=row[1],
                    question=QuestionCode(row[2]) if row[2] else None,
                    fact=FactName(row[3]) if row[3] else None,
                    value=row[4],
                    points=row[5],
                    effective_centi=row[6],
                    support_percent=row[7],
                    kind_count=row[8],
                    voice_count=row[9],
                    confirmed_at=row[10],
                )
            )
    return dict(found)


def confirmed_facts(*, actor: Actor, at: datetime, household_ids: Iterable[int]) -> dict[int, dict[FactName, int]]:
    """The facts of each household that people or an upheld appeal confirmed, in one question for all."""
    standing = standing_confirmations(actor=actor, at=at, household_ids=household_ids)
    return {
        household_id: {one.fact: one.value for one in reversed(lines) if one.fact and one.value is not None}
        for household_id, lines in standing.items()
    }


def confirmation_points(*, actor: Actor, at: datetime, household_ids: Iterable[int]) -> dict[int, int]:
    """Points by which people's word may move each household's place, within six."""
    standing = standing_confirmations(actor=actor, at=at, household_ids=household_ids)
    return {household_id: bound_points(one.points for one in lines) for household_id, lines in standing.items()}


def confirmers(*, actor: Actor, limit: int = 50, after: int = 0) -> tuple[ConfirmerCard, ...]:
    """The confirmers of the office's area, by number."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_CONFIRMERS, {"limit": limit, "after": after})
        return tuple(
            ConfirmerCard(
                id=row[0],
                kind=ConfirmerKind(row[1]),
                county=row[2],
                reliability=reliability(right_count=row[3], audited_count=row[4]),
                audited_count=row[4],
                is_stopped=row[5] is not None,
                is_nominated=row[6],
                answered_count=row[7],
                last_answered_at=row[8],
            )
            for row in cursor.fetchall()
        )


def get_confirmer_identity(*, actor: Actor, at: datetime, confirmer_id: int) -> ConfirmerIdentity:
    """Open who a confirmer is. It is written into the access log, like every look at a person."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor):
        found = Confirmer.objects.filter(id=confirmer_id).first()
        if found is None:
            raise ConfirmerUnknown(field="confirmer_id")
        record_access(
            actor=actor, at=at, action=AccessAction.READ, household_id=None, purpose=f"بازرسی گواه شمارهٔ {confirmer_id}"
        )
    ring = key_ring()
    return ConfirmerIdentity(
        name=open_sealed(ring, bytes(found.name_sealed), kind="confirmer"),
        mobile=open_sealed(ring, bytes(found.mobile_sealed), kind="confirmer"),
    )


def answers_to_audit(*, actor: Actor, limit: int = 20) -> tuple[AnswerToAudit, ...]:
    """Answers to check on the spot: one in a hundred by a draw, and those that contradict what stands."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_TO_AUDIT, {"limit": limit})
        return tuple(
            AnswerToAudit(
                id=row[0],
                household_id=row[1],
                household_code=row[2],
                confirmer_id=row[3],
                question=QUESTIONS[QuestionCode(row[4])],
                value=row[5],
                answered_at=row[6],
                is_alone=row[7],
            )
            for row in cursor.fetchall()
        )
