"""The decisions of the room: what a bank is, why it may be asked, what an answer says, what counts as evidence."""

from sakha.databanks.rules.evidence import (
    DECILES,
    NATIONAL_ID_LENGTH,
    OFFICIAL_DECILE_BELIEVED_FOR,
    BankFact,
    BankSource,
    EvidenceInconsistent,
    EvidenceStatus,
    EvidenceToRecord,
    official_decile,
    subject_indexes,
)

__all__ = [
    "DECILES",
    "NATIONAL_ID_LENGTH",
    "OFFICIAL_DECILE_BELIEVED_FOR",
    "BankFact",
    "BankSource",
    "EvidenceInconsistent",
    "EvidenceStatus",
    "EvidenceToRecord",
    "official_decile",
    "subject_indexes",
]
