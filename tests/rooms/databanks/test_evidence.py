"""Evidence is kept as it was answered, once, and shown to few."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Scope
from sakha.access.rules.sealing import add_keys, open_sealed, parse_key_ring, seal, sealed_key_id
from sakha.databanks.actions import record_evidence_many, reseal_batch
from sakha.databanks.queries import evidence_history, latest_evidence
from sakha.databanks.rules import BankFact, EvidenceToRecord, official_decile, subject_indexes
from tests.ledger_cast import a_national_id, an_officer, given_charity

AT = datetime(2026, 11, 11, 8, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def an_answer(decile: int | None = 2, on: date = date(2026, 8, 23)) -> EvidenceToRecord:
    national_id, ring = a_national_id(), key_ring()
    return official_decile(
        subject_index=subject_indexes(ring, [national_id])[0],
        subject_sealed=seal(ring, national_id),
        decile=decile,
        decile_on=on,
    )


def record(*answers: EvidenceToRecord) -> int:
    return record_evidence_many(actor=SYSTEM, at=AT, purpose="آزمون", evidence=answers)


def test_the_same_answer_is_kept_once() -> None:
    answer, other = an_answer(), an_answer(None)

    assert record(answer, other, answer) == 2
    assert record(answer, other) == 0


def test_a_newer_answer_stands_beside_the_older() -> None:
    old = an_answer(2, date(2025, 12, 22))
    record(old, replace(old, value=4, observed_on=date(2026, 8, 23), expires_on=date(2027, 2, 22)))

    history = evidence_history(actor=SYSTEM, subject_indexes=[old.subject_index])
    latest = latest_evidence(actor=SYSTEM, subject_indexes=[old.subject_index], fact=BankFact.OFFICIAL_DECILE)

    assert [line.value for line in history] == [4, 2]
    assert latest is not None
    assert latest.value == 4
    assert latest.is_believed(on=date(2027, 2, 21))
    assert not latest.is_believed(on=date(2027, 2, 22))


def test_an_unknown_answer_is_kept_without_a_value_and_is_not_believed() -> None:
    answer = an_answer(None)
    record(answer)

    (line,) = evidence_history(actor=SYSTEM, subject_indexes=[answer.subject_index])

    assert line.value is None
    assert not line.is_believed(on=AT.date())


def test_the_database_refuses_a_zero_for_unknown() -> None:
    record(answer := an_answer(None))

    with pytest.raises(IntegrityError, match="unknown_is_never_zero"), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO databanks_evidence (subject_index, fact, value, unit, source, observed_on, fetched_at,"
            " purpose, status) SELECT subject_index, fact, 0, unit, source, observed_on, fetched_at, purpose, status"
            " FROM databanks_evidence WHERE subject_index = %s",
            [answer.subject_index],
        )


@pytest.mark.parametrize("change", ["UPDATE databanks_evidence SET value = 9", "DELETE FROM databanks_evidence"])
def test_an_answer_cannot_be_changed(change: str) -> None:
    record(an_answer())

    with pytest.raises(ProgrammingError, match="permission denied"), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(change)


def test_only_the_system_and_the_nation_see_evidence() -> None:
    record(answer := an_answer())
    seen = [SYSTEM, an_officer(Scope.NATION)]
    blind = [an_officer(Scope.PROVINCE), an_officer(Scope.COUNTY), given_charity("مهر")]

    for actor in seen:
        assert len(evidence_history(actor=actor, subject_indexes=[answer.subject_index])) == 1
    for actor in blind:
        assert evidence_history(actor=actor, subject_indexes=[answer.subject_index]) == ()


def test_nobody_but_the_system_writes_evidence() -> None:
    record(answer := an_answer())
    copy = (
        "INSERT INTO databanks_evidence (subject_index, fact, value, unit, source, observed_on, fetched_at, purpose,"
        " status) VALUES (%s, 'OFFICIAL_DECILE', 1, 'decile', 'WELFARE_EXTRACT', now(), now(), 'x', 'KNOWN')"
    )

    for actor in (an_officer(Scope.NATION), an_officer(Scope.PROVINCE), given_charity("نور")):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), acting(actor):
            connection.cursor().execute(copy, [answer.subject_index])


def test_new_keys_seal_and_index_everything_anew(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [an_answer(), an_answer(None), an_answer(3)]
    record(*answers)
    ring = parse_key_ring(add_keys(settings.SAKHA.keys_text()))

    renewed = [reseal_batch(actor=SYSTEM, ring=ring, limit=2) for _ in range(3)]

    assert renewed == [2, 1, 0]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT subject_index, subject_sealed FROM databanks_evidence")
        for index, sealed in cursor.fetchall():
            assert sealed_key_id(bytes(sealed)) == ring.seal_key_id
            assert subject_indexes(ring, [open_sealed(ring, bytes(sealed))]) == [bytes(index)]
