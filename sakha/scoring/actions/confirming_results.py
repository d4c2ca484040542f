"""From single answers to what stands: weighed anew whenever somebody answered, was audited or was stopped.

A new result supersedes the old, which stays: any past score can be recomputed from what stood then.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.scoring.models import ConfirmationAnswer
from sakha.scoring.queries.confirmations import ConfirmerUnknown
from sakha.scoring.rules.confirming import ConfirmerKind, Weighed, hardship_points, weigh
from sakha.scoring.rules.confirming_questions import QUESTIONS, QuestionCode
from sakha.scoring.rules.confirming_voices import ASKED_AGAIN_AFTER, GivenAnswer, voices_of

_ANSWERS: Final = """
SELECT a.household_id, a.question, h.registered_by_id, c.id, c.kind, c.organisation_id, c.nominated_by_id, a.value,
    a.answered_at, a.is_kin, c.stopped_at IS NOT NULL, c.right_count, c.audited_count
FROM scoring_confirmation_answer a
JOIN scoring_confirmer c ON c.id = a.confirmer_id
JOIN registry_household h ON h.id = a.household_id
WHERE a.household_id = ANY(%s) AND a.value IS NOT NULL AND a.answered_at > %s
ORDER BY a.household_id, a.question
"""
_TOLD: Final = """
WITH told AS (
    SELECT * FROM unnest(%(households)s::bigint[], %(questions)s::text[], %(facts)s::text[], %(values)s::bigint[],
        %(points)s::int[], %(effective)s::int[], %(support)s::int[], %(kinds)s::int[], %(voices)s::int[])
        AS told(household_id, question, fact, value, points, effective_centi, support_percent, kind_count, voice_count)
),
changed AS (
    SELECT told.* FROM told LEFT JOIN scoring_confirmation kept
        ON kept.household_id = told.household_id AND kept.source = 'CONFIRMATION' AND kept.question = told.question
        AND kept.superseded_at IS NULL
    WHERE kept.id IS NULL OR (kept.value, kept.points, kept.effective_centi, kept.support_percent, kept.voice_count)
        IS DISTINCT FROM (told.value, told.points, told.effective_centi, told.support_percent, told.voice_count)
),
ended AS (
    UPDATE scoring_confirmation kept SET superseded_at = %(at)s FROM changed
    WHERE kept.household_id = changed.household_id AND kept.source = 'CONFIRMATION'
        AND kept.question = changed.question AND kept.superseded_at IS NULL
    RETURNING kept.id
)
SELECT changed.*, (SELECT count(*) FROM ended) FROM changed
"""
_KEEP: Final = """
INSERT INTO scoring_confirmation (household_id, source, question, fact, value, points, effective_centi,
    support_percent, kind_count, voice_count, confirmed_at)
VALUES (%s, 'CONFIRMATION', %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def settle_confirmations(*, actor: Actor, at: datetime, household_ids: Iterable[int]) -> frozenset[int]:
    """Weigh all answers of the last year about these households; tells of whom the result changed."""
    del actor  # whoever asks, the weighing is the system's: it alone sees every answer
    ids = list(household_ids)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [ids, at - ASKED_AGAIN_AFTER])
        results = _weigh_all(cursor.fetchall())
        if not results:
            return frozenset()
        cursor.execute(_TOLD, _columns(results) | {"at": at})
        changed = cursor.fetchall()
        cursor.executemany(_KEEP, [(*row[:9], at) for row in changed])
    return frozenset(row[0] for row in changed)


def audit_answer(*, actor: Actor, at: datetime, answer_id: int, was_right: bool) -> None:
    """Write what a check on the spot found. It moves the confirmer's weight in everything that stands.

    Raises:
        ConfirmerUnknown: the office doesn't see the answer, or it was audited before.
    """
    actor.require(Permission.READ_PROVINCE)
    with acting(actor):
        found = ConfirmationAnswer.objects.filter(id=answer_id, audited_at__isnull=True).first()
        if found is None:
            raise ConfirmerUnknown(field="answer_id")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scoring_confirmation_answer SET was_right = %s, audited_at = %s, audited_by_id = %s"
            " WHERE id = %s AND audited_at IS NULL",
            [was_right, at, actor.user_id, answer_id],
        )
        if not cursor.rowcount:
            return
        cursor.execute(
            "UPDATE scoring_confirmer SET audited_count = audited_count + 1, right_count = right_count + %s"
            " WHERE id = %s",
            [int(was_right), found.confirmer_id],
        )
    settle_of_confirmer(actor=actor, at=at, confirmer_id=found.confirmer_id)


def settle_of_confirmer(*, actor: Actor, at: datetime, confirmer_id: int) -> frozenset[int]:
    """Weigh anew every household of which this confirmer spoke in the last year."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT household_id FROM scoring_confirmation_answer"
            " WHERE confirmer_id = %s AND answered_at > %s",
            [confirmer_id, at - ASKED_AGAIN_AFTER],
        )
        households = [row[0] for row in cursor.fetchall()]
    return settle_confirmations(actor=actor, at=at, household_ids=households)


def _weigh_all(rows: list[tuple[Any, ...]]) -> list[tuple[int, QuestionCode, Weighed, int]]:
    groups: dict[tuple[int, QuestionCode, int | None], list[GivenAnswer]] = defaultdict(list)
    for row in rows:
        question = QuestionCode(row[1])
        groups[row[0], question, row[2]].append(
            GivenAnswer(
                confirmer_id=row[3],
                kind=ConfirmerKind(row[4]),
                organisation_id=row[5],
                nominated_by_id=row[6],
                question=question,
                value=row[7],
                answered_at=row[8],
                is_kin=row[9],
                is_stopped=row[10],
                right_count=row[11],
                audited_count=row[12],
            )
        )
    results = []
    for (household_id, question, registered_by_id), answers in groups.items():
        voices = voices_of(answers, registered_by_id=registered_by_id)
        points = hardship_points(voices) if QUESTIONS[question].is_hardship else 0
        results.append((household_id, question, weigh(voices), points))
    return results


def _columns(results: list[tuple[int, QuestionCode, Weighed, int]]) -> dict[str, list[Any]]:
    return {
        "households": [household_id for household_id, *_ in results],
        "questions": [question.value for _, question, *_ in results],
        "facts": [(fact.value if (fact := QUESTIONS[question].fact) else "") for _, question, *_ in results],
        "values": [weighed.value for _, _, weighed, _ in results],
        "points": [points for *_, points in results],
        "effective": [weighed.effective_centi for _, _, weighed, _ in results],
        "support": [weighed.support_percent for _, _, weighed, _ in results],
        "kinds": [weighed.kind_count for _, _, weighed, _ in results],
        "voices": [weighed.voice_count for _, _, weighed, _ in results],
    }
