"""Identity questions that wait, and one of them with both sides beside each other.

A side is opened as the system once the question itself was seen: who may answer sees both. Numbers are masked, and that
the two were looked at is logged for both households.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Scope
from sakha.registry.queries.people_views import person_views, row_view
from sakha.registry.rules.identity_pairs import Feature, PersonView, weigh_pair
from sakha.registry.rules.identity_states import QuestionKind, QuestionState
from sakha.vocabulary.refusal import Refusal

WAITING_MAX: Final = 50
_MASK: Final = "••••"
_SHOWN_DIGITS: Final = 4
_WAITING: Final = """
SELECT id, kind, asked_at, weight, first_at IS NOT NULL, intake_file_id, row_number,
    owner_id IS NOT DISTINCT FROM %(own)s, first_by_id IS NOT DISTINCT FROM %(user)s AND first_at IS NOT NULL
FROM registry_identity_question
WHERE state = 'OPEN' AND (%(own)s::int IS NULL OR owner_id = %(own)s)
ORDER BY asked_at, id LIMIT %(limit)s
"""
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'OPEN'), count(*) FILTER (WHERE state IN ('SAME', 'DIFFERENT', 'UNKNOWN')),
    count(*) FILTER (WHERE state = 'OPEN' AND first_at IS NOT NULL)
FROM registry_identity_question WHERE %(own)s::int IS NULL OR owner_id = %(own)s
"""
_ONE: Final = """
SELECT kind, state, person_id, other_person_id, intake_file_id, row_number, organisation_id, owner_id, asked_at,
    first_by_id, first_at, joins_aid
FROM registry_identity_question WHERE id = %s
"""
_ABOUT: Final = """
SELECT p.id, coalesce(h.id, 0), coalesce(h.code, ''), coalesce(h.is_protected, false), coalesce(m.relation, ''),
    ARRAY(SELECT q.given_name || ' ' || q.family_name FROM registry_membership n
          JOIN registry_person q ON q.id = n.person_id
          WHERE n.household_id = h.id AND n.to_on IS NULL AND n.person_id <> p.id ORDER BY q.birth_on NULLS LAST, q.id),
    ARRAY(SELECT DISTINCT o.name FROM registry_record r JOIN access_organisation o ON o.id = r.organisation_id
          WHERE r.person_id = p.id ORDER BY 1)
FROM registry_person p
LEFT JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
LEFT JOIN registry_household h ON h.id = m.household_id
WHERE p.id = ANY(%s)
"""
_ROW_BODY: Final = """
SELECT o.name, ARRAY(
    SELECT s.given_name || ' ' || s.family_name FROM registry_intake_row s JOIN registry_intake_row me
        ON me.intake_file_id = s.intake_file_id AND me.row_number = %(number)s
    WHERE s.intake_file_id = %(file)s AND s.row_number <> %(number)s AND s.case_keys = me.case_keys
        AND s.case_keys <> '{}' ORDER BY s.row_number LIMIT 20)
FROM access_organisation o WHERE o.id = %(organisation)s
"""
_HOUSEHOLDS: Final = """
SELECT m.household_id FROM registry_identity_question q
JOIN registry_membership m ON m.person_id IN (q.person_id, q.other_person_id) AND m.to_on IS NULL
WHERE q.id = %s
"""


class QuestionNotSeen(Refusal):
    """No such question, or none that the actor sees."""

    code = "IDENTITY_QUESTION_UNKNOWN"
    sentence = "این پرسش پیدا نشد."


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question in the queue. `waits_for_second`: one person has said that they are the same."""

    id: int
    kind: QuestionKind
    asked_at: datetime
    weight: float | None
    waits_for_second: bool
    intake_file_id: int | None
    row_number: int | None
    is_own: bool
    is_first_mine: bool


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How far the queue is."""

    waiting: int
    decided: int
    waiting_for_second: int


@dataclass(frozen=True, slots=True)
class IdentityCounts:
    """How many persons and households were found to be another, and how many questions wait."""

    merged_people: int
    merged_households: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two, as it is shown: numbers masked, no place of a protected household."""

    given_name: str
    family_name: str
    father_name: str
    birth_on: date | None
    birth_precision: str
    gender: str
    identifier: str
    mobile: str
    county: str
    relation: str
    household_id: int | None
    household_code: str
    others: tuple[str, ...]
    bodies: tuple[str, ...]
    is_waiting_row: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """A question with both sides and what speaks for and against their being one."""

    id: int
    kind: QuestionKind
    state: QuestionState
    asked_at: datetime
    left: Side
    right: Side | None
    weight: float
    features: tuple[Feature, ...]
    waits_for_second: bool
    is_first_mine: bool
    may_answer: bool
    merge_id: int | None


def waiting_questions(*, actor: Actor, limit: int = WAITING_MAX) -> list[WaitingQuestion]:
    """The questions that the actor may answer, the oldest first."""
    actor.require(Permission.DECIDE_IDENTITY)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_WAITING, {"own": _own(actor), "user": actor.user_id, "limit": limit})
        rows = cursor.fetchall()
    return [
        WaitingQuestion(row[0], QuestionKind(row[1]), row[2], None if row[3] is None else row[3] / 10, *row[4:])
        for row in rows
    ]


def queue_counts(*, actor: Actor) -> QueueCounts:
    """How many wait for the actor, and how many were answered."""
    actor.require(Permission.DECIDE_IDENTITY)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"own": _own(actor)})
        return QueueCounts(*cursor.fetchone())


def identity_counts(*, actor: Actor) -> IdentityCounts:
    """What stands of all merges, and what waits, as far as the actor sees."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(gone_person_id), count(gone_household_id), (SELECT count(*) FROM registry_identity_question"
            " WHERE state = 'OPEN') FROM registry_merge WHERE undone_at IS NULL"
        )
        return IdentityCounts(*cursor.fetchone())


def waiting_rows(*, actor: Actor, file_id: int) -> int:
    """How many rows of a file wait until somebody has answered."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM registry_identity_question WHERE intake_file_id = %s AND state = 'OPEN'", (file_id,)
        )
        return int(cursor.fetchone()[0])


def get_question(*, actor: Actor, at: datetime, question_id: int) -> QuestionCard:
    """One question with both sides; the look is logged for both households.

    Raises: PermissionMissing, QuestionNotSeen.
    """
    actor.require(Permission.DECIDE_IDENTITY)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_ONE, (question_id,))
        row = cursor.fetchone()
        if row is None or (actor.scope is Scope.ORGANISATION and row[7] != actor.organisation_id):
            raise QuestionNotSeen(field="question_id")
        left, right, views = _sides(row)
        for side in (left, right):
            if side is not None and side.household_id:
                record_access(
                    actor=actor,
                    at=at,
                    action=AccessAction.READ,
                    household_id=side.household_id,
                    purpose="identity question",
                )
        merge_id = merge_of_question(actor=actor, question_id=question_id)
    weight, features = weigh_pair(*views) if len(views) > 1 else (0.0, ())
    return QuestionCard(
        id=question_id,
        kind=QuestionKind(row[0]),
        state=QuestionState(row[1]),
        asked_at=row[8],
        left=left,
        right=right,
        weight=weight,
        features=features,
        waits_for_second=row[10] is not None,
        is_first_mine=row[10] is not None and row[9] == actor.user_id,
        may_answer=row[1] == QuestionState.OPEN.value,
        merge_id=merge_id,
    )


def merge_of_question(*, actor: Actor, question_id: int) -> int | None:
    """The merge that an answer led to and that stands, if the actor sees it."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM registry_merge WHERE question_id = %s AND undone_at IS NULL", (question_id,))
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def question_households(question_id: int) -> tuple[int, ...]:
    """The households of both sides, for the ledger, which asks as the system."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS, (question_id,))
        return tuple(row[0] for row in cursor.fetchall())


def _own(actor: Actor) -> int | None:
    return actor.organisation_id if actor.scope is Scope.ORGANISATION else None


def _sides(row: Sequence[Any]) -> tuple[Side, Side | None, list[PersonView]]:
    person, other, file_id, number, organisation_id = row[2:7]
    with acting(SYSTEM), connection.cursor() as cursor:
        ids = [one for one in (person, other) if one is not None]
        views = person_views(ids)
        cursor.execute(_ABOUT, (ids,))
        about = {found[0]: found for found in cursor.fetchall()}
        left = _side(views[person], about[person])
        if other is not None:
            return left, _side(views[other], about[other]), [views[person], views[other]]
        told = row_view(file_id, number)
        if told is None:
            return left, None, [views[person]]
        values = {"file": file_id, "number": number, "organisation": organisation_id}
        cursor.execute(_ROW_BODY, values)
        body, others = cursor.fetchone()
        waiting = (0, 0, "", False, "", others, [body])
        return left, _side(told, waiting, is_waiting_row=True), [views[person], told]


def _side(view: PersonView, about: Sequence[Any], *, is_waiting_row: bool = False) -> Side:
    _, household_id, code, is_protected, relation, others, bodies = about
    return Side(
        given_name=view.given_name,
        family_name=view.family_name,
        father_name=view.father_name,
        birth_on=view.birth_on,
        birth_precision=view.birth_precision,
        gender=view.gender,
        identifier=_MASK + view.national_id[-_SHOWN_DIGITS:] if view.national_id else "",
        mobile=_MASK + view.mobile[-_SHOWN_DIGITS:] if view.mobile else "",
        county="" if is_protected else view.county,
        relation=relation,
        household_id=household_id or None,
        household_code=code,
        others=tuple(others),
        bodies=() if is_protected else tuple(bodies),
        is_waiting_row=is_waiting_row,
    )
