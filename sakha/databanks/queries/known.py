"""What is known of people: each fact with its source, day and age, who asked for it, and what is still on its way.

Whoever calls has checked that the asker may see these people; here it is read as the system.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_indexes, open_sealed
from sakha.databanks.banks.catalogue import banks, fact_label, find_mapping, source_label
from sakha.databanks.rules import NATIONAL_ID_LENGTH, EvidenceStatus
from sakha.databanks.rules.grounds import PURPOSE_LABELS, Purpose
from sakha.databanks.rules.showing import show_value
from sakha.databanks.rules.states import QuestionState
from sakha.vocabulary.jalali import TEHRAN

# The newest answer of each source; an answer that was disputed later the same day comes first.
_NEWEST: Final = """
    SELECT DISTINCT ON (one.place, kept.fact, kept.source)
           one.place, kept.fact, kept.value, kept.text_sealed, kept.unit, kept.source, kept.observed_on,
           kept.fetched_at, kept.expires_on, kept.status, kept.purpose, asker.display_name, organisation.name
      FROM unnest(%s::int[], %s::bytea[]) AS one(place, index)
      JOIN databanks_evidence AS kept ON kept.subject_index = one.index
      LEFT JOIN access_user AS asker ON asker.id = kept.asked_by_id
      LEFT JOIN databanks_inquiry AS inquiry ON inquiry.id = kept.inquiry_id
      LEFT JOIN access_organisation AS organisation ON organisation.id = inquiry.organisation_id
     ORDER BY one.place, kept.fact, kept.source, kept.observed_on DESC, kept.id DESC
"""
_ON_THE_WAY: Final = """
    SELECT one.place, question.bank, question.state, question.error_code, question.answered_at, question.next_try_at
      FROM unnest(%s::int[], %s::bytea[]) AS one(place, index)
      JOIN databanks_subject AS subject ON subject.subject_index = one.index
      JOIN databanks_question AS question ON question.subject_id = subject.id
     ORDER BY one.place, question.bank
"""
_INQUIRIES: Final = """
    SELECT inquiry.asked_at, inquiry.banks, inquiry.purpose, inquiry.level, inquiry.decision, inquiry.refused_code,
           organisation.name, asker.display_name, sum(inquiry.person_count)
      FROM databanks_inquiry AS inquiry
      LEFT JOIN access_user AS asker ON asker.id = inquiry.asked_by_id
      LEFT JOIN access_organisation AS organisation ON organisation.id = inquiry.organisation_id
     WHERE inquiry.household_id = %s
     GROUP BY inquiry.asked_at, inquiry.banks, inquiry.purpose, inquiry.level, inquiry.decision, inquiry.refused_code,
              organisation.name, asker.display_name
     ORDER BY inquiry.asked_at DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """One fact as its newest answer says it. `is_believed`: known, not disputed, young enough to act on."""

    fact: str
    label: str
    value: int | None
    shown: str
    unit: str
    source: str
    source_label: str
    observed_on: date
    age_days: int
    fetched_at: datetime
    expires_on: date | None
    status: EvidenceStatus
    is_believed: bool
    purpose: str
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """Where the question to one bank stands. `error_code` says why there is no answer yet."""

    bank: str
    label: str
    state: QuestionState
    error_code: str
    answered_at: datetime | None
    next_try_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKnown:
    """Everything the banks have said of a person, and what they were asked."""

    facts: tuple[KnownFact, ...] = ()
    questions: tuple[QuestionLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryLine:
    """That somebody asked about a household. `refused_code` is empty where it was allowed."""

    asked_at: datetime
    bank_labels: tuple[str, ...]
    purpose: str
    level: int
    decision: str
    refused_code: str
    organisation_name: str
    asked_by: str
    person_count: int


def what_is_known(*, at: datetime, people: Mapping[int, str]) -> dict[int, PersonKnown]:
    """What is known of these people, named by any number of the caller's, given by their identifiers."""
    ring = key_ring()
    pairs = [(number, index) for number, identifier in people.items() for index in _indexes(ring, identifier)]
    places, indexes = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_NEWEST, [places, indexes])
        facts = [(row[0], _fact(ring, row[1:], at)) for row in cursor.fetchall()]
        cursor.execute(_ON_THE_WAY, [places, indexes])
        questions = [(row[0], _question(row[1:])) for row in cursor.fetchall()]
    return {
        number: PersonKnown(
            facts=tuple(fact for place, fact in facts if place == number),
            questions=tuple(question for place, question in questions if place == number),
        )
        for number in people
    }


def who_asked(*, household_id: int, limit: int = 50) -> tuple[InquiryLine, ...]:
    """Who asked the banks about a household, newest first, refused askings too."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_INQUIRIES, [household_id, limit])
        rows = cursor.fetchall()
    labels = {name: bank.label for name, bank in banks().items()}
    return tuple(
        InquiryLine(
            asked_at=row[0],
            bank_labels=tuple(labels.get(bank, bank) for bank in row[1]),
            purpose=purpose_label(row[2]),
            level=row[3],
            decision=row[4],
            refused_code=row[5],
            organisation_name=row[6] or "",
            asked_by=row[7] or SYSTEM.display_name,
            person_count=row[8],
        )
        for row in rows
    )


def purpose_label(purpose: str) -> str:
    """A purpose in Persian; older evidence carries its purpose in words already."""
    return PURPOSE_LABELS[Purpose(purpose)] if purpose in set(Purpose) else purpose


def _indexes(ring: KeyRing, identifier: str) -> list[bytes]:
    kind = IndexKind.NATIONAL_ID if len(identifier) == NATIONAL_ID_LENGTH else IndexKind.FIDA
    return blind_indexes(ring, kind, identifier)


def _fact(ring: KeyRing, row: Any, at: datetime) -> KnownFact:
    fact, value, sealed, unit, source, observed_on, fetched_at, expires_on, told, purpose, asker, organisation = row
    mapping, status, today = find_mapping(fact, source), EvidenceStatus(told), at.astimezone(TEHRAN).date()
    text = None if sealed is None else open_sealed(ring, bytes(sealed))
    return KnownFact(
        fact=fact,
        label=fact_label(fact, source),
        value=value,
        shown=show_value(mapping, value, text=text),
        unit=unit,
        source=source,
        source_label=source_label(source),
        observed_on=observed_on,
        age_days=(today - observed_on).days,
        fetched_at=fetched_at,
        expires_on=expires_on,
        status=status,
        is_believed=status is EvidenceStatus.KNOWN and (expires_on is None or today < expires_on),
        purpose=purpose_label(purpose),
        asked_by=organisation or asker or SYSTEM.display_name,
    )


def _question(row: Any) -> QuestionLine:
    bank, state, error_code, answered_at, next_try_at = row
    known = banks().get(bank)
    return QuestionLine(
        bank=bank,
        label=bank if known is None else known.label,
        state=QuestionState(state),
        error_code=error_code,
        answered_at=answered_at,
        next_try_at=next_try_at,
    )
