"""A household says that something is not right: a case with a deadline, and nothing that was said is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Scope, household_actor
from sakha.access.rules.sealing import seal
from sakha.databanks.actions import (
    CaseUnknown,
    CaseWordsMissing,
    Contradiction,
    Correction,
    Proof,
    bring_proof,
    lapse_cases,
    open_contradictions,
    open_correction,
    record_evidence_many,
    settle_case,
)
from sakha.databanks.queries import (
    CaseLine,
    KnownFact,
    PaperUnknown,
    cases_of_household,
    get_paper,
    open_cases,
    what_is_known,
)
from sakha.databanks.rules import EvidenceStatus, EvidenceToRecord, subject_indexes
from sakha.databanks.rules.papers import PaperKind, ProofUnfit
from sakha.databanks.rules.states import CaseKind, CaseState, CaseStateWrong
from tests.ledger_cast import AT, a_national_id, an_officer, given_charity

pytestmark = pytest.mark.django_db
PAPER = Proof(content=b"%PDF-")
HOUSEHOLD = 11
TODAY = AT.date()


def a_car(identifier: str, on: date = TODAY) -> None:
    car = EvidenceToRecord(
        subject_index=subject_indexes(key_ring(), [identifier])[0],
        subject_sealed=seal(key_ring(), identifier),
        fact="CAR_COUNT",
        value=1,
        unit="count",
        source="VEHICLES",
        observed_on=on,
        expires_on=on + timedelta(days=180),
    )
    record_evidence_many(actor=SYSTEM, at=AT, purpose="AID_ASSESSMENT", evidence=[car])


def known(identifier: str) -> KnownFact:
    facts = what_is_known(at=AT, people={1: identifier})[1].facts
    return max(facts, key=lambda fact: (fact.source == "CORRECTION", fact.observed_on))


def correct(identifier: str, kind: CaseKind = CaseKind.WRONG, words: str = "فروخته شد") -> int:
    told = Correction(
        kind=kind, household_id=HOUSEHOLD, identifier=identifier, fact="CAR_COUNT", source="VEHICLES", words=words
    )
    return open_correction(actor=staff(), at=AT, correction=told)


def staff() -> Actor:
    return given_charity("مهر")


def the_case() -> CaseLine:
    (case,) = cases_of_household(at=AT, household_id=HOUSEHOLD)
    return case


def test_a_correction_waits_for_its_proof_and_the_answer_counts_until_then() -> None:
    a_car(person := a_national_id())

    first, again = correct(person), correct(person)

    assert first == again
    assert (the_case().state, the_case().due_on) == (CaseState.WAITING_FOR_PROOF, AT.date() + timedelta(days=30))
    assert (the_case().words, the_case().found_value) == ("فروخته شد", 1)
    assert known(person).is_believed


def test_with_its_proof_the_answer_is_disputed_and_believed_by_nobody() -> None:
    a_car(person := a_national_id())

    bring_proof(actor=staff(), at=AT, case_id=correct(person), proof=PAPER)

    assert the_case().state is CaseState.IN_REVIEW
    assert (known(person).status, known(person).is_believed) == (EvidenceStatus.DISPUTED, False)


def test_an_upheld_correction_is_what_is_known_and_the_bank_cannot_say_it_again() -> None:
    a_car(person := a_national_id(), on=AT.date() - timedelta(days=9))
    case_id = correct(person)
    bring_proof(actor=staff(), at=AT, case_id=case_id, proof=PAPER)

    settle_case(
        actor=an_officer(Scope.COUNTY), at=AT, case_id=case_id, is_upheld=True, words="سند فروش دیده شد", value=0
    )

    assert (known(person).source, known(person).value, known(person).is_believed) == ("CORRECTION", 0, True)
    assert [step.state for step in the_case().steps] == [
        CaseState.WAITING_FOR_PROOF, CaseState.IN_REVIEW, CaseState.UPHELD,
    ]  # fmt: skip
    assert not the_case().is_open


def test_a_rejected_correction_lets_the_answer_count_again() -> None:
    a_car(person := a_national_id())
    case_id = correct(person)
    bring_proof(actor=staff(), at=AT, case_id=case_id, proof=PAPER)

    settle_case(actor=an_officer(), at=AT, case_id=case_id, is_upheld=False, words="سند از آنِ خودروی دیگری است")

    assert (known(person).value, known(person).is_believed) == (1, True)


def test_a_charity_cannot_settle_and_no_step_is_skipped() -> None:
    a_car(person := a_national_id())
    case_id = correct(person)

    with pytest.raises(PermissionMissing):
        settle_case(actor=staff(), at=AT, case_id=case_id, is_upheld=True, words="")
    with pytest.raises(CaseStateWrong):
        settle_case(actor=an_officer(), at=AT, case_id=case_id, is_upheld=True, words="")


@pytest.mark.parametrize(
    "paper", [Proof(content=b""), Proof(content=b"%PDF-" + b"0" * (5 * 2**20)), Proof(content=b"<svg onload=")]
)
def test_a_proof_is_a_paper_of_some_size(paper: Proof) -> None:
    with pytest.raises(ProofUnfit):
        bring_proof(actor=staff(), at=AT, case_id=correct(a_national_id()), proof=paper)


def test_a_household_speaks_of_itself_alone_and_of_its_paper_only_the_kind_is_kept() -> None:
    a_car(person := a_national_id())
    own, other = household_actor(HOUSEHOLD), household_actor(HOUSEHOLD + 1)
    told = Correction(
        kind=CaseKind.CHANGED, household_id=HOUSEHOLD, identifier=person, fact="CAR_COUNT", source="VEHICLES",
        words="فروخته شد",
    )  # fmt: skip
    with pytest.raises(CaseUnknown):
        open_correction(actor=other, at=AT, correction=told)
    case_id = open_correction(actor=own, at=AT, correction=told)
    with pytest.raises(CaseUnknown):
        bring_proof(actor=other, at=AT, case_id=case_id, proof=PAPER)

    bring_proof(actor=own, at=AT, case_id=case_id, proof=Proof(content=b"\xff\xd8\xff\xe0 photo"))

    opened, proved = the_case().steps
    assert (opened.by, opened.paper, proved.by, proved.paper) == ("خود خانوار", None, "خود خانوار", PaperKind.JPEG)
    assert get_paper(household_id=HOUSEHOLD, step_id=proved.id).content == b"\xff\xd8\xff\xe0 photo"
    for household_id, step_id in ((HOUSEHOLD + 1, proved.id), (HOUSEHOLD, opened.id)):
        with pytest.raises(PaperUnknown):
            get_paper(household_id=household_id, step_id=step_id)


def test_a_correction_says_what_is_not_right() -> None:
    with pytest.raises(CaseWordsMissing):
        correct(a_national_id(), words=" ")


def test_without_a_proof_in_time_a_case_lapses() -> None:
    correct(a_national_id())

    assert lapse_cases(at=AT + timedelta(days=30)) == 0
    assert lapse_cases(at=AT + timedelta(days=31)) == 1
    assert the_case().state is CaseState.LAPSED


def test_a_contradiction_opens_one_case_and_not_again_for_the_same() -> None:
    told = Contradiction(household_id=HOUSEHOLD, fact="has_car", source="VEHICLES", declared_value=0, found_value=1)

    opened = [open_contradictions(actor=SYSTEM, at=AT, contradictions=[told]) for _ in range(2)]

    assert opened == [1, 0]
    (case,) = open_cases(at=AT + timedelta(days=31))
    assert (case.label, case.declared_value, case.found_value, case.is_late) == ("خودرو", 0, 1, True)


@pytest.mark.parametrize("table", ["databanks_case_step", "databanks_inquiry", "databanks_exchange"])
def test_what_happened_cannot_be_taken_away(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
