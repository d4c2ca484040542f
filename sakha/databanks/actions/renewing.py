"""Renewing the keys of this room: every sealed column, and the indexes that follow from them."""

from typing import Final

from sakha.access.actions.resealing import SealedColumn, index_digests, renew_columns
from sakha.access.rules import Actor
from sakha.access.rules.sealing import KeyRing
from sakha.databanks.rules import subject_indexes

SEALED: Final = (
    SealedColumn("databanks_evidence", "subject_sealed", index="subject_index", indexer=subject_indexes),
    SealedColumn("databanks_subject", "subject_sealed", index="subject_index", indexer=subject_indexes),
    SealedColumn("databanks_question", "fillings_sealed", index="fillings_index", indexer=index_digests),
    SealedColumn("databanks_evidence", "text_sealed"),
    SealedColumn("databanks_case", "words_sealed"),
    SealedColumn("databanks_case_step", "words_sealed"),
    SealedColumn("databanks_case_step", "proof_sealed"),
    SealedColumn("databanks_life_event", "told_sealed"),
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal and index anew what older keys wrote; tells how many rows changed, 0 when nothing is left."""
    return renew_columns(SEALED, actor=actor, ring=ring, limit=limit)
