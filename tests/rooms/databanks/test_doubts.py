"""What a household had corrected stays corrected: a bank that repeats it on a later day is not believed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM
from sakha.databanks.actions import (
    Correction,
    PersonToAsk,
    Proof,
    bring_proof,
    open_correction,
    record_evidence_many,
    settle_case,
)
from sakha.databanks.rules import EvidenceStatus, EvidenceToRecord, subject_indexes
from sakha.databanks.rules.states import CaseKind
from tests.bank_cast import RunningBanks, ask, known_of, run, some_people, truth
from tests.ledger_cast import an_officer, given_charity

pytestmark = pytest.mark.django_db
LONG_AGO = date(2026, 1, 1)


@pytest.fixture
def owner(banks: RunningBanks) -> PersonToAsk:
    """Somebody of whom the bank said long ago what it still says today."""
    (person,) = some_people(banks, 1, "car_count > 0")
    said = EvidenceToRecord(
        subject_index=subject_indexes(key_ring(), [person.identifier])[0], fact="CAR_COUNT",
        value=truth(banks, "car_count")[person.identifier], unit="count", source="VEHICLES", observed_on=LONG_AGO,
        status=EvidenceStatus.KNOWN,
    )  # fmt: skip
    record_evidence_many(actor=SYSTEM, at=datetime.now(UTC), purpose="AID_ASSESSMENT", evidence=[said])
    return person


def correct(person: PersonToAsk, *, is_upheld: bool) -> None:
    at, charity = datetime.now(UTC), given_charity("مهر")
    told = Correction(
        kind=CaseKind.WRONG, household_id=person.household_id or 0, identifier=person.identifier, fact="CAR_COUNT",
        source="VEHICLES", words="هرگز خودرو نداشته‌ایم",
    )  # fmt: skip
    case_id = open_correction(actor=charity, at=at, correction=told)
    bring_proof(actor=charity, at=at, case_id=case_id, proof=Proof(content=b"%PDF-"))
    value = 0 if is_upheld else None
    settle_case(actor=an_officer(), at=at, case_id=case_id, is_upheld=is_upheld, words="سند دیده شد", value=value)


def said_last(person: PersonToAsk, fact: str) -> tuple[EvidenceStatus, bool]:
    """How the bank's newest answer stands, and whether it is of a later day than the first."""
    line = next(one for one in known_of(person, fact) if one.source == "VEHICLES")
    return EvidenceStatus(line.status), line.observed_on > LONG_AGO


def test_a_bank_that_repeats_what_was_found_wrong_is_disputed_and_only_in_that(owner: PersonToAsk) -> None:
    correct(owner, is_upheld=True)

    ask([owner], "vehicles")
    run("vehicles")

    assert said_last(owner, "CAR_COUNT") == (EvidenceStatus.DISPUTED, True)
    assert said_last(owner, "MOTORCYCLE_COUNT") == (EvidenceStatus.KNOWN, True)


def test_where_the_correction_was_rejected_the_same_answer_counts(owner: PersonToAsk) -> None:
    correct(owner, is_upheld=False)

    ask([owner], "vehicles")
    run("vehicles")

    assert said_last(owner, "CAR_COUNT") == (EvidenceStatus.KNOWN, True)
