"""Asking people who is who: pairs that are likely and not certain, and rows that carry the identifier of another.

A pair is asked about once. What was answered of somebody holds for whoever he was found to be. Asked as the system; who
may answer is decided when it is answered.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, blind_index, open_sealed, seal
from sakha.registry.models import IntakeFile
from sakha.registry.rules.identity_pairs import Feature, told_key
from sakha.registry.rules.identity_states import QuestionState
from sakha.registry.rules.rows import unidentified_text

IDENTITY_CODES: Final = ("IDENTITY_UNSURE", "IDENTITY_CONTRADICTS")

# The area that both share, and the organisation of which both are, if there is only one. Nothing is asked of two who
# are one already, nor where somebody answered before of any of those whom they were found to be.
_ASK_PAIRS: Final = """
WITH told AS (
    SELECT least(t.person, t.other) AS person, greatest(t.person, t.other) AS other, t.weight, t.features
    FROM json_to_recordset(%(pairs)s) AS t(person bigint, other bigint, weight int, features jsonb)
),
area AS (
    SELECT t.*, a.province AS a_province, a.county AS a_county, b.province AS b_province, b.county AS b_county
    FROM told t
    JOIN registry_person p ON p.id = t.person AND p.merged_into_id IS NULL
    JOIN registry_person q ON q.id = t.other AND q.merged_into_id IS NULL
    LEFT JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
    LEFT JOIN registry_household a ON a.id = m.household_id
    LEFT JOIN registry_membership n ON n.person_id = q.id AND n.to_on IS NULL
    LEFT JOIN registry_household b ON b.id = n.household_id
    WHERE t.person <> t.other AND NOT EXISTS (
        SELECT 1 FROM registry_identity_question d
        JOIN registry_person dp ON dp.id = d.person_id
        JOIN registry_person dq ON dq.id = d.other_person_id
        WHERE d.kind = 'PAIR' AND d.state IN ('DIFFERENT', 'UNKNOWN')
            AND least(coalesce(dp.merged_into_id, dp.id), coalesce(dq.merged_into_id, dq.id)) = t.person
            AND greatest(coalesce(dp.merged_into_id, dp.id), coalesce(dq.merged_into_id, dq.id)) = t.other
            AND (dp.id IN (t.person, t.other) OR dp.merged_into_id IN (t.person, t.other))
    )
)
INSERT INTO registry_identity_question (
    kind, person_id, other_person_id, owner_id, province, county, weight, features, told_key, joins_aid, state, asked_at
)
SELECT 'PAIR', a.person, a.other,
    (SELECT CASE WHEN count(DISTINCT r.organisation_id) = 1 THEN min(r.organisation_id) END
     FROM registry_record r WHERE r.person_id IN (a.person, a.other)),
    CASE WHEN a.a_province = a.b_province THEN a.a_province ELSE '' END,
    CASE WHEN a.a_province = a.b_province AND a.a_county = a.b_county THEN a.a_county ELSE '' END,
    a.weight, a.features, '', false, 'OPEN', %(at)s
FROM area a
ORDER BY a.person, a.other
ON CONFLICT (person_id, other_person_id) WHERE kind = 'PAIR' DO UPDATE
    SET state = 'OPEN', decided_at = NULL, asked_at = excluded.asked_at, weight = excluded.weight,
        features = excluded.features
    WHERE registry_identity_question.state = 'WITHDRAWN'
"""

_ROWS: Final = """
SELECT s.row_number, coalesce(p.merged_into_id, p.id), s.given_name, s.family_name, s.father_name, s.birth_on
FROM registry_intake_row s
CROSS JOIN LATERAL unnest(s.id_indexes) AS one(id_index)
JOIN registry_person p ON p.id_index = one.id_index
WHERE s.intake_file_id = %s AND s.row_number = ANY(%s)
"""
_ANSWERED: Final = """
SELECT coalesce(p.merged_into_id, p.id), q.told_key, q.state
FROM registry_identity_question q JOIN registry_person p ON p.id = q.person_id
WHERE q.kind = 'ROW' AND q.organisation_id = %s AND q.state IN ('SAME', 'DIFFERENT', 'UNKNOWN')
    AND (p.id = ANY(%s) OR p.merged_into_id = ANY(%s))
ORDER BY q.decided_at, q.id
"""
_ASK_ROWS: Final = """
INSERT INTO registry_identity_question (
    kind, person_id, intake_file_id, row_number, organisation_id, told_key, owner_id, province, county, features,
    joins_aid, state, asked_at
)
SELECT 'ROW', t.person, %(file)s, t.number, %(organisation)s, t.told,
    (SELECT CASE WHEN bool_and(r.organisation_id = %(organisation)s) THEN %(organisation)s END
     FROM registry_record r WHERE r.person_id = t.person),
    CASE WHEN h.province = s.province THEN h.province ELSE '' END,
    CASE WHEN h.province = s.province AND h.county = s.county THEN h.county ELSE '' END,
    '[]', false, 'OPEN', %(at)s
FROM json_to_recordset(%(rows)s) AS t(number int, person bigint, told text)
JOIN registry_intake_row s ON s.intake_file_id = %(file)s AND s.row_number = t.number
LEFT JOIN registry_membership m ON m.person_id = t.person AND m.to_on IS NULL
LEFT JOIN registry_household h ON h.id = m.household_id
ON CONFLICT (intake_file_id, row_number) WHERE kind = 'ROW' AND state = 'OPEN' DO NOTHING
"""
_TAKE_AS_SAME: Final = """
UPDATE registry_intake_row SET is_decided = true WHERE intake_file_id = %s AND row_number = ANY(%s)
"""
_OPEN_ROW: Final = """
SELECT given_name, family_name, father_name, birth_on, birth_precision, payload_sealed
FROM registry_intake_row WHERE intake_file_id = %s AND row_number = %s FOR UPDATE
"""
_WITHDRAW: Final = """
UPDATE registry_identity_question q SET state = 'WITHDRAWN', decided_at = %(at)s
WHERE q.state = 'OPEN' AND q.kind = 'ROW' AND (%(file)s::bigint IS NULL OR q.intake_file_id = %(file)s::bigint)
    AND NOT EXISTS (
        SELECT 1 FROM registry_intake_row s
        WHERE s.intake_file_id = q.intake_file_id AND s.row_number = q.row_number AND s.problems <> '[]'::jsonb
    )
"""


@dataclass(frozen=True, slots=True)
class PairToAsk:
    """Two persons who may be one, with what says so."""

    person_id: int
    other_person_id: int
    weight: float
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """What became of rows in doubt: `asked` wait for a look; `same` and `different` were answered before."""

    asked: tuple[int, ...] = ()
    same: tuple[int, ...] = ()
    different: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def waiting(self) -> tuple[int, ...]:
        """The rows that are not loaded as they are."""
        return self.asked + self.unknown


def ask_about_pairs(pairs: Sequence[PairToAsk], *, at: datetime) -> int:
    """Ask about pairs; tell how many questions are new. What was answered before never comes back."""
    told = [
        {
            "person": one.person_id,
            "other": one.other_person_id,
            "weight": round(one.weight * 10),
            "features": [[feature.field, feature.level, feature.weight] for feature in one.features],
        }
        for one in pairs
    ]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ASK_PAIRS, {"pairs": json.dumps(told), "at": at})
        return int(cursor.rowcount)


def ask_about_rows(file: IntakeFile, numbers: Sequence[int], *, at: datetime) -> RowsAsked:
    """Ask about rows that carry the identifier of somebody who is told of otherwise; earlier answers are applied."""
    if not numbers:
        return RowsAsked()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ROWS, (file.pk, list(numbers)))
        told = {row[0]: (row[1], told_key(*row[2:6])) for row in cursor.fetchall()}
        persons = [person for person, _ in told.values()]
        cursor.execute(_ANSWERED, (file.organisation_id, persons, persons))
        answered = {(row[0], row[1]): QuestionState(row[2]) for row in cursor.fetchall()}
        states = {number: answered.get(key) for number, key in told.items()}
        new = [
            {"number": number, "person": told[number][0], "told": told[number][1]}
            for number, state in states.items()
            if state is None
        ]
        values: dict[str, Any] = {
            "file": file.pk,
            "organisation": file.organisation_id,
            "rows": json.dumps(new),
            "at": at,
        }
        cursor.execute(_ASK_ROWS, values)
        by_state = _by_state(states)
        cursor.execute(_TAKE_AS_SAME, (file.pk, list(by_state.same)))
        for number in by_state.different:
            drop_identifier(file, number)
    return by_state


def drop_identifier(file: IntakeFile, number: int) -> None:
    """Let a row go on without the number that belongs to another; what was submitted keeps it."""
    ring = key_ring()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ROW, (file.pk, number))
        given, family, father, birth_on, precision, payload = cursor.fetchone()
        told = json.loads(open_sealed(ring, payload))
        text = unidentified_text(
            case=told["case"],
            content=told["content"],
            organisation_id=file.organisation_id,
            names=(given, family, father),
            birth=(birth_on, precision),
        )
        cursor.execute(
            "UPDATE registry_intake_row SET id_kind = 'NONE', id_indexes = ARRAY[%s]::bytea[], id_sealed = %s,"
            " id_tail_index = NULL, is_decided = true WHERE intake_file_id = %s AND row_number = %s",
            (blind_index(ring, IndexKind.DIGEST, text), seal(ring, text), file.pk, number),
        )


def withdraw_row_questions(*, at: datetime, file_id: int | None = None) -> int:
    """Questions of rows that wait no longer: corrected, given up, or found to agree meanwhile."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, {"at": at, "file": file_id})
        return int(cursor.rowcount)


def _by_state(states: Mapping[int, QuestionState | None]) -> RowsAsked:
    def of(state: QuestionState | None) -> tuple[int, ...]:
        return tuple(sorted(number for number, one in states.items() if one is state))

    return RowsAsked(of(None), of(QuestionState.SAME), of(QuestionState.DIFFERENT), of(QuestionState.UNKNOWN))
