"""Looking again at what is known: a household's corrections, contradictions, and how both end.

Nothing that a bank said is changed: a correction in review makes its answer disputed, an upheld one stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import seal
from sakha.databanks.actions.subjects import all_indexes, settle_subjects
from sakha.databanks.rules import BankSource
from sakha.databanks.rules.papers import paper_kind
from sakha.databanks.rules.states import PROOF_WITHIN, REVIEW_WITHIN, CaseKind, CaseState, require_follows
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal

_OPEN: Final = """
    INSERT INTO databanks_case (kind, state, subject_id, household_id, fact, source, declared_value, found_value,
                                words_sealed, opened_at, opened_by_id, due_on)
    VALUES (%(kind)s, 'WAITING_FOR_PROOF', %(subject)s, %(household)s, %(fact)s, %(source)s, %(declared)s, %(found)s,
            %(words)s, %(at)s, %(by)s, %(due)s)
    ON CONFLICT DO NOTHING RETURNING id
"""
_OPEN_ONE: Final = """
    SELECT id FROM databanks_case
     WHERE household_id = %(household)s AND subject_id IS NOT DISTINCT FROM %(subject)s AND fact = %(fact)s
       AND source = %(source)s AND state IN ('WAITING_FOR_PROOF', 'IN_REVIEW')
"""
_FOUND: Final = """
    SELECT value FROM databanks_evidence WHERE subject_index = ANY(%s) AND fact = %s AND source = %s
     ORDER BY observed_on DESC, id DESC LIMIT 1
"""
# The newest answer again, with another status: what was said before stays as it was said.
_AGAIN: Final = """
    INSERT INTO databanks_evidence (subject_index, subject_sealed, fact, value, text_sealed, unit, source, observed_on,
                                    expires_on, status, asked_by_id, purpose, inquiry_id, fetched_at)
    SELECT newest.subject_index, newest.subject_sealed, newest.fact, newest.value, newest.text_sealed, newest.unit,
           newest.source, newest.observed_on, newest.expires_on, %(status)s, %(by)s, 'CORRECTION', newest.inquiry_id,
           %(at)s
      FROM (SELECT told.* FROM databanks_evidence AS told
              JOIN databanks_subject AS subject ON subject.subject_index = told.subject_index
             WHERE subject.id = %(subject)s AND told.fact = %(fact)s AND told.source = %(source)s
             ORDER BY told.observed_on DESC, told.id DESC LIMIT 1) AS newest
     WHERE newest.value IS NOT NULL
"""
_CORRECTED: Final = """
    INSERT INTO databanks_evidence (subject_index, subject_sealed, fact, value, unit, source, observed_on, expires_on,
                                    status, asked_by_id, purpose, fetched_at)
    SELECT subject_index, subject_sealed, %(fact)s, %(value)s, %(unit)s, %(source)s, %(on)s, NULL, 'KNOWN', %(by)s,
           'CORRECTION', %(at)s
      FROM databanks_subject WHERE id = %(subject)s
"""
_STEP: Final = """
    INSERT INTO databanks_case_step (case_id, state, at, by_id, is_own, words_sealed, paper_kind, proof_sealed)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_LOCK: Final = """
    SELECT state, kind, subject_id, household_id, fact, source, found_value FROM databanks_case WHERE id = %s FOR UPDATE
"""
_MOVE: Final = """
    UPDATE databanks_case
       SET state = %(state)s, due_on = coalesce(%(due)s, due_on), settled_value = %(value)s, is_applied = false,
           settled_at = CASE WHEN %(is_settled)s THEN %(at)s::timestamptz END,
           settled_by_id = CASE WHEN %(is_settled)s THEN %(by)s::bigint END
     WHERE id = %(case)s
"""
_ANSWER: Final = """
    WITH ended AS (
        UPDATE databanks_case SET state = 'ANSWERED', settled_at = %(at)s, settled_by_id = %(by)s
         WHERE household_id = %(household)s AND fact = %(fact)s AND kind = 'CONTRADICTION'
               AND state IN ('WAITING_FOR_PROOF', 'IN_REVIEW') RETURNING id
    )
    INSERT INTO databanks_case_step (case_id, state, at, by_id) SELECT id, 'ANSWERED', %(at)s, %(by)s FROM ended
"""
_LAPSE: Final = """
    WITH ended AS (
        UPDATE databanks_case SET state = 'LAPSED', settled_at = %(at)s
         WHERE state = 'WAITING_FOR_PROOF' AND due_on < %(on)s RETURNING id
    )
    INSERT INTO databanks_case_step (case_id, state, at) SELECT id, 'LAPSED', %(at)s FROM ended
"""
_CONTRADICT: Final = """
    WITH told AS (
        SELECT * FROM unnest(%(households)s::bigint[], %(facts)s::text[], %(sources)s::text[], %(declared)s::bigint[],
                             %(found)s::bigint[]) AS one(household_id, fact, source, declared_value, found_value)
    ), opened AS (
        INSERT INTO databanks_case (kind, state, household_id, fact, source, declared_value, found_value, opened_at,
                                    due_on)
        SELECT 'CONTRADICTION', 'WAITING_FOR_PROOF', told.household_id, told.fact, told.source, told.declared_value,
               told.found_value, %(at)s, %(due)s
          FROM told
         WHERE NOT EXISTS (SELECT FROM databanks_case AS known
                            WHERE known.household_id = told.household_id AND known.fact = told.fact
                              AND known.source = told.source
                              AND known.declared_value IS NOT DISTINCT FROM told.declared_value
                              AND known.found_value = told.found_value)
        ON CONFLICT DO NOTHING RETURNING id
    )
    INSERT INTO databanks_case_step (case_id, state, at) SELECT id, 'WAITING_FOR_PROOF', %(at)s FROM opened
"""


class CaseUnknown(Refusal):
    """No such case."""

    code: ClassVar[str] = "CASE_UNKNOWN"
    sentence: ClassVar[str] = "این درخواست پیدا نشد."


class CaseWordsMissing(Refusal):
    """A correction says in a sentence what is not right."""

    code: ClassVar[str] = "CASE_WORDS_MISSING"
    sentence: ClassVar[str] = "در یک جمله بنویسید چه چیزی درست نیست."


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a household says of a fact: changed, wrong, or missing. `identifier` is of the person it is about."""

    kind: CaseKind
    household_id: int
    identifier: str = field(repr=False)
    fact: str
    source: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A paper that shows it; how its file was called is nobody's business."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """What was declared of a household and what the banks say."""

    household_id: int
    fact: str
    source: str
    declared_value: int | None
    found_value: int


def open_correction(*, actor: Actor, at: datetime, correction: Correction) -> int:
    """Open a case for a correction, or find the one that is open; tells its id. The proof comes next, within its time.

    Raises: PermissionMissing, CaseUnknown (of another household), CaseWordsMissing.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    _require_own(actor, correction.household_id)
    words = clean_text(correction.words)
    if not words:
        raise CaseWordsMissing(field="words")
    subject = settle_subjects([correction.identifier])[correction.identifier]
    place: dict[str, Any] = {
        "household": correction.household_id,
        "subject": subject,
        "fact": correction.fact,
        "source": correction.source,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        indexes = all_indexes(key_ring(), correction.identifier)
        cursor.execute(_FOUND, [indexes, correction.fact, correction.source])
        found = cursor.fetchone()
        facts: dict[str, Any] = {
            **place,
            "kind": correction.kind.value,
            "declared": None,
            "found": found[0] if found else None,
            "words": seal(key_ring(), words),
            "at": at,
            "by": actor.user_id,
            "due": (at + PROOF_WITHIN).astimezone(TEHRAN).date(),
        }
        cursor.execute(_OPEN, facts)
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_OPEN_ONE, place)
            return int(cursor.fetchone()[0])
        _note(cursor, row[0], _Step(state=CaseState.WAITING_FOR_PROOF, at=at, by=actor))
        return int(row[0])


def bring_proof(*, actor: Actor, at: datetime, case_id: int, proof: Proof, words: str = "") -> None:
    """Bring the paper: the case goes into review, and what the bank said of it is disputed until it ends.

    Raises: PermissionMissing, CaseUnknown, CaseStateWrong, ProofUnfit.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    paper_kind(proof.content)
    with acting(SYSTEM), connection.cursor() as cursor:
        case = _locked(cursor, case_id, CaseState.IN_REVIEW)
        _require_own(actor, case.place["household"])
        due = (at + REVIEW_WITHIN).astimezone(TEHRAN).date()
        step = _Step(state=CaseState.IN_REVIEW, at=at, by=actor, words=words, proof=proof, due=due)
        _move(cursor, case_id, step)
        if case.kind is not CaseKind.MISSING:
            cursor.execute(_AGAIN, {**case.place, "status": "DISPUTED", "by": actor.user_id, "at": at})


def settle_case(
    *, actor: Actor, at: datetime, case_id: int, is_upheld: bool, words: str, value: int | None = None
) -> None:
    """End a review. Upheld with a value, that value is known from now on; rejected, the bank's answer counts again.

    Raises: PermissionMissing, CaseUnknown, CaseStateWrong.
    """
    actor.require(Permission.READ_PROVINCE)
    state = CaseState.UPHELD if is_upheld else CaseState.REJECTED
    with acting(SYSTEM), connection.cursor() as cursor:
        case = _locked(cursor, case_id, state)
        step = _Step(state=state, at=at, by=actor, words=words, value=value if is_upheld else None)
        _move(cursor, case_id, step)
        facts: dict[str, Any] = {**case.place, "by": actor.user_id, "at": at}
        if is_upheld and value is not None:
            on = at.astimezone(TEHRAN).date()
            told: dict[str, Any] = {
                "value": value,
                "unit": "corrected",
                "source": BankSource.CORRECTION.value,
                "on": on,
            }
            cursor.execute(_CORRECTED, {**facts, **told})
        elif not is_upheld and case.kind is not CaseKind.MISSING:
            cursor.execute(_AGAIN, {**facts, "status": "KNOWN"})


def open_contradictions(*, actor: Actor, at: datetime, contradictions: Sequence[Contradiction]) -> int:
    """Open a case for each contradiction that was not looked at before; tells how many."""
    if not contradictions or not actor.is_system:
        return 0
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            _CONTRADICT,
            {
                "households": [one.household_id for one in contradictions],
                "facts": [one.fact for one in contradictions],
                "sources": [one.source for one in contradictions],
                "declared": [one.declared_value for one in contradictions],
                "found": [one.found_value for one in contradictions],
                "at": at,
                "due": (at + PROOF_WITHIN).astimezone(TEHRAN).date(),
            },
        )
        return int(cursor.rowcount)


def answer_case(*, actor: Actor, at: datetime, household_id: int, fact: str) -> int:
    """End what a bank's word asked people, who have answered by an act of their own; tells how many cases ended.

    For actions of the rooms above, which have judged whether the actor may.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ANSWER, {"at": at, "by": actor.user_id, "household": household_id, "fact": fact})
        return int(cursor.rowcount)


def lapse_cases(*, at: datetime) -> int:
    """End the cases whose proof did not come in time; tells how many."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LAPSE, {"at": at, "on": at.astimezone(TEHRAN).date()})
        return int(cursor.rowcount)


def _require_own(actor: Actor, household_id: int) -> None:
    """A household speaks of itself alone; whom staff see is asked by who calls."""
    if actor.household_id not in {None, household_id}:
        raise CaseUnknown(field="case")


@dataclass(frozen=True, slots=True)
class _Locked:
    kind: CaseKind
    place: dict[str, Any]


def _locked(cursor: Any, case_id: int, after: CaseState) -> _Locked:
    cursor.execute(_LOCK, [case_id])
    row = cursor.fetchone()
    if row is None:
        raise CaseUnknown(field="case")
    require_follows(CaseState(row[0]), after)
    return _Locked(CaseKind(row[1]), {"subject": row[2], "household": row[3], "fact": row[4], "source": row[5]})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step to take: where to, when, by whom, with what."""

    state: CaseState
    at: datetime
    by: Actor
    words: str = ""
    proof: Proof | None = None
    value: int | None = None
    due: date | None = None


def _move(cursor: Any, case_id: int, step: _Step) -> None:
    is_settled = step.state in {CaseState.UPHELD, CaseState.REJECTED}
    facts = {"case": case_id, "state": step.state.value, "at": step.at, "by": step.by.user_id}
    cursor.execute(_MOVE, {**facts, "due": step.due, "value": step.value, "is_settled": is_settled})
    _note(cursor, case_id, step)


def _note(cursor: Any, case_id: int, step: _Step) -> None:
    ring, words, proof = key_ring(), clean_text(step.words), step.proof
    cursor.execute(
        _STEP,
        [
            case_id,
            step.state.value,
            step.at,
            step.by.user_id,
            step.by.household_id is not None,
            seal(ring, words) if words else None,
            "" if proof is None else paper_kind(proof.content).value,
            None if proof is None else seal(ring, proof.content.hex()),
        ],
    )
