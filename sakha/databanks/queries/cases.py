"""The cases: what is looked at again, why, until when, and what happened to it.

Whoever calls has checked that the asker may see the household.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_indexes, open_sealed
from sakha.databanks.banks.catalogue import fact_label, find_mapping, source_label
from sakha.databanks.rules import NATIONAL_ID_LENGTH
from sakha.databanks.rules.papers import PaperKind
from sakha.databanks.rules.showing import show_value
from sakha.databanks.rules.states import OPEN_CASES, CaseKind, CaseState
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

OWN_WORDS: Final = "خود خانوار"

_SELECT: Final = """
    SELECT one.id, one.kind, one.state, one.household_id, one.fact, one.source, one.declared_value, one.found_value,
           one.settled_value, one.words_sealed, one.opened_at, one.due_on, one.settled_at
      FROM databanks_case AS one
"""
_OF_HOUSEHOLD: Final = """
     WHERE one.household_id = %s AND (one.subject_id IS NULL OR %s::bytea[] IS NULL OR one.subject_id IN (
           SELECT id FROM databanks_subject WHERE subject_index = ANY(%s::bytea[])))
     ORDER BY one.id DESC
"""
_STEPS: Final = """
    SELECT step.id, step.case_id, step.state, step.at, person.display_name, step.words_sealed, step.paper_kind,
           step.is_own
      FROM databanks_case_step AS step LEFT JOIN access_user AS person ON person.id = step.by_id
     WHERE step.case_id = ANY(%s) ORDER BY step.id
"""
_PAPER: Final = """
    SELECT step.paper_kind, step.proof_sealed FROM databanks_case_step AS step
      JOIN databanks_case AS one ON one.id = step.case_id
     WHERE step.id = %s AND one.household_id = %s AND step.proof_sealed IS NOT NULL
"""
_UPHELD: Final = """
    SELECT DISTINCT ON (household_id, fact) household_id, fact, settled_value, found_value, settled_at
      FROM databanks_case
     WHERE household_id = ANY(%s) AND kind = 'CONTRADICTION' AND state = 'UPHELD' AND settled_value IS NOT NULL
           AND settled_at > %s
     ORDER BY household_id, fact, settled_at DESC
"""
_IN_REVIEW: Final = """
    SELECT household_id, fact, source FROM databanks_case
     WHERE household_id = ANY(%s) AND kind <> 'MISSING' AND state = 'IN_REVIEW'
"""


class PaperUnknown(Refusal):
    """No such paper of this household."""

    code: ClassVar[str] = "PAPER_UNKNOWN"
    sentence: ClassVar[str] = "این مدرک پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as it was brought."""

    kind: PaperKind
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpheldValue:
    """What people found instead of what a bank had said of a household, and on which day."""

    value: int
    instead_of: int | None
    settled_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAgain:
    """How cases stand: contradictions that were upheld by household and fact; what is in review, with its source."""

    upheld: Mapping[tuple[int, str], UpheldValue]
    in_review: frozenset[tuple[int, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStepLine:
    """One step of a case; `paper` says what the paper is that came with it."""

    id: int
    state: CaseState
    at: datetime
    by: str
    words: str
    paper: PaperKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case with its steps."""

    id: int
    kind: CaseKind
    state: CaseState
    household_id: int
    fact: str
    label: str
    source: str
    source_label: str
    declared_value: int | None
    declared_shown: str
    found_value: int | None
    found_shown: str
    settled_value: int | None
    words: str
    opened_at: datetime
    due_on: date
    settled_at: datetime | None
    is_open: bool
    is_late: bool
    steps: tuple[CaseStepLine, ...]


def cases_of_household(*, at: datetime, household_id: int, identifier: str | None = None) -> tuple[CaseLine, ...]:
    """All cases of a household, the open ones first, then the newest.

    With an identifier only those of this member and of the household as a whole, not of the others in it.
    """
    indexes = None
    if identifier is not None:
        kind = IndexKind.NATIONAL_ID if len(identifier) == NATIONAL_ID_LENGTH else IndexKind.FIDA
        indexes = blind_indexes(key_ring(), kind, identifier)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"{_SELECT} {_OF_HOUSEHOLD}",
            [household_id, indexes, indexes],
        )
        lines = _lines(cursor, cursor.fetchall(), at)
    return tuple(sorted(lines, key=lambda line: not line.is_open))


def open_cases(*, at: datetime, household_ids: Sequence[int] | None = None, limit: int = 200) -> tuple[CaseLine, ...]:
    """Open cases, the most urgent first: of these households, or of all."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"{_SELECT} WHERE one.state = ANY(%s) AND (%s::bigint[] IS NULL OR one.household_id = ANY(%s::bigint[]))"
            " ORDER BY one.due_on, one.id LIMIT %s",
            [
                [state.value for state in OPEN_CASES],
                None if household_ids is None else list(household_ids),
                None if household_ids is None else list(household_ids),
                limit,
            ],
        )
        return tuple(_lines(cursor, cursor.fetchall(), at))


def get_paper(*, household_id: int, step_id: int) -> Paper:
    """The paper of a step, for whoever reviews it. Raises: PaperUnknown."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PAPER, [step_id, household_id])
        row = cursor.fetchone()
    if row is None:
        raise PaperUnknown(field="paper")
    return Paper(kind=PaperKind(row[0]), content=bytes.fromhex(open_sealed(key_ring(), bytes(row[1]))))


def looked_again(*, household_ids: Sequence[int], since: datetime) -> LookedAgain:
    """What people found of these households since then, and what they look at now."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_UPHELD, [list(household_ids), since])
        upheld = {
            (household_id, fact): UpheldValue(
                value=value, instead_of=found, settled_on=settled_at.astimezone(TEHRAN).date()
            )
            for household_id, fact, value, found, settled_at in cursor.fetchall()
        }
        cursor.execute(_IN_REVIEW, [list(household_ids)])
        return LookedAgain(upheld=upheld, in_review=frozenset(cursor.fetchall()))


def _lines(cursor: Any, rows: Sequence[Any], at: datetime) -> list[CaseLine]:
    ring = key_ring()
    cursor.execute(_STEPS, [[row[0] for row in rows]])
    steps: dict[int, list[CaseStepLine]] = {}
    for number, case_id, state, moment, by, words, paper, is_own in cursor.fetchall():
        step = CaseStepLine(
            id=number,
            state=CaseState(state),
            at=moment,
            by=OWN_WORDS if is_own else by or SYSTEM.display_name,
            words=_words(ring, words),
            paper=PaperKind(paper) if paper else None,
        )
        steps.setdefault(case_id, []).append(step)
    return [_line(ring, row, tuple(steps.get(row[0], ())), at.astimezone(TEHRAN).date()) for row in rows]


def _line(ring: KeyRing, row: Any, steps: tuple[CaseStepLine, ...], today: date) -> CaseLine:
    number, kind, state, household_id, fact, source, declared, found, settled, words, opened_at, due_on, ended = row
    mapping, is_open = find_mapping(fact, source), CaseState(state) in OPEN_CASES
    return CaseLine(
        id=number,
        kind=CaseKind(kind),
        state=CaseState(state),
        household_id=household_id,
        fact=fact,
        label=fact_label(fact, source),
        source=source,
        source_label=source_label(source),
        declared_value=declared,
        declared_shown=show_value(mapping, declared),
        found_value=found,
        found_shown=show_value(mapping, found),
        settled_value=settled,
        words=_words(ring, words),
        opened_at=opened_at,
        due_on=due_on,
        settled_at=ended,
        is_open=is_open,
        is_late=is_open and due_on < today,
        steps=steps,
    )


def _words(ring: KeyRing, sealed: Any) -> str:
    return "" if sealed is None else open_sealed(ring, bytes(sealed))
