"""What counts as evidence: which facts are asked of which bank, and when a value may be missing.

Decides the shape of one answer; how long it is believed is decided by whoever reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index, blind_index_many
from sakha.vocabulary.refusal import Refusal

DECILES: Final = range(1, 11)
NATIONAL_ID_LENGTH: Final = 10

# The welfare data bank refreshes its deciles perhaps twice a year (docs/coordination.md), so an answer is believed for
# half a year after the day it speaks of.
OFFICIAL_DECILE_BELIEVED_FOR: Final = timedelta(days=183)


class BankFact(StrEnum):
    """The facts that the code itself names; all others are named by the banks' mapping documents alone."""

    OFFICIAL_DECILE = "OFFICIAL_DECILE"
    MOBILE_OWNED = "MOBILE_OWNED"


class BankSource(StrEnum):
    """The sources that the code itself names. CORRECTION is a household's word that was looked at and found right."""

    WELFARE_EXTRACT = "WELFARE_EXTRACT"
    CORRECTION = "CORRECTION"


class EvidenceStatus(StrEnum):
    """KNOWN and DISPUTED answers carry a value, UNKNOWN ones never do: unknown is not zero."""

    KNOWN = "KNOWN"
    UNKNOWN = "UNKNOWN"
    DISPUTED = "DISPUTED"


class BankUnknown(Refusal):
    """No bank of this name, or none that this installation reaches."""

    code: ClassVar[str] = "BANK_UNKNOWN"
    sentence: ClassVar[str] = "بانک داده‌ای به نام {bank} شناخته نیست."


class EvidenceInconsistent(Refusal):
    """An unknown answer came with a value, or a known one without."""

    code: ClassVar[str] = "EVIDENCE_INCONSISTENT"
    sentence: ClassVar[str] = "پاسخ بانک داده باید یا مقدار داشته باشد یا نامعلوم باشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceToRecord:
    """One answer about one person, as the bank gave it. The subject is named by its index only."""

    subject_index: bytes
    subject_sealed: bytes | None = field(default=None, repr=False)
    fact: str
    value: int | None
    unit: str
    source: str
    observed_on: date
    expires_on: date | None = None
    status: EvidenceStatus = EvidenceStatus.KNOWN
    text_sealed: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.value is None) is not (self.status is EvidenceStatus.UNKNOWN):
            raise EvidenceInconsistent(field="value")


def official_decile(
    *, subject_index: bytes, subject_sealed: bytes | None, decile: int | None, decile_on: date
) -> EvidenceToRecord:
    """The welfare data bank's word on a person's decile; a decile outside 1 to 10 is unknown."""
    is_known = decile in DECILES
    return EvidenceToRecord(
        subject_index=subject_index,
        subject_sealed=subject_sealed,
        fact=BankFact.OFFICIAL_DECILE,
        value=decile if is_known else None,
        unit="decile",
        source=BankSource.WELFARE_EXTRACT,
        observed_on=decile_on,
        expires_on=decile_on + OFFICIAL_DECILE_BELIEVED_FOR,
        status=EvidenceStatus.KNOWN if is_known else EvidenceStatus.UNKNOWN,
    )


def subject_indexes(ring: KeyRing, identifiers: Sequence[str]) -> list[bytes]:
    """The indexes under which people are kept: of the national ID, or of a foreigner's code, told by its length."""
    if all(len(identifier) == NATIONAL_ID_LENGTH for identifier in identifiers):
        return blind_index_many(ring, IndexKind.NATIONAL_ID, identifiers)
    return [blind_index(ring, _kind_of(identifier), identifier) for identifier in identifiers]


def _kind_of(identifier: str) -> IndexKind:
    return IndexKind.NATIONAL_ID if len(identifier) == NATIONAL_ID_LENGTH else IndexKind.FIDA
