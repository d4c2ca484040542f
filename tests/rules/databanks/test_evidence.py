"""One answer of a data bank: known with a value, unknown without."""

from datetime import date

import pytest

from sakha.access.rules.sealing import IndexKind, blind_index, generate_key_ring, parse_key_ring
from sakha.databanks.rules import (
    BankFact,
    BankSource,
    EvidenceInconsistent,
    EvidenceStatus,
    EvidenceToRecord,
    official_decile,
    subject_indexes,
)


@pytest.mark.parametrize("decile", [1, 10])
def test_a_decile_from_one_to_ten_is_known(decile: int) -> None:
    answer = official_decile(subject_index=b"i" * 16, subject_sealed=None, decile=decile, decile_on=date(2026, 8, 23))

    assert (answer.value, answer.status) == (decile, EvidenceStatus.KNOWN)
    assert answer.expires_on == date(2027, 2, 22)


@pytest.mark.parametrize("decile", [None, 0, 11])
def test_unknown_is_never_zero(decile: int | None) -> None:
    answer = official_decile(subject_index=b"i" * 16, subject_sealed=None, decile=decile, decile_on=date(2026, 8, 23))

    assert (answer.value, answer.status) == (None, EvidenceStatus.UNKNOWN)


@pytest.mark.parametrize(("value", "status"), [(None, EvidenceStatus.KNOWN), (3, EvidenceStatus.UNKNOWN)])
def test_an_answer_that_contradicts_itself_is_refused(value: int | None, status: EvidenceStatus) -> None:
    with pytest.raises(EvidenceInconsistent):
        EvidenceToRecord(
            subject_index=b"i" * 16,
            fact=BankFact.OFFICIAL_DECILE,
            value=value,
            unit="decile",
            source=BankSource.WELFARE_EXTRACT,
            observed_on=date(2026, 8, 23),
            status=status,
        )


def test_people_are_indexed_as_the_register_indexes_them() -> None:
    ring = parse_key_ring(generate_key_ring())
    national, foreign = "9991234561", "123456789012"

    assert subject_indexes(ring, [national, foreign]) == [
        blind_index(ring, IndexKind.NATIONAL_ID, national),
        blind_index(ring, IndexKind.FIDA, foreign),
    ]
