"""Renews what older keys have sealed in this room: confirmers, links, words of appeals, papers."""

from typing import Final

from sakha.access.actions.resealing import SealedColumn, index_mobiles, renew_columns
from sakha.access.rules import Actor
from sakha.access.rules.sealing import KeyRing
from sakha.databanks.rules import subject_indexes
from sakha.scoring.rules.needs_states import PROOF_SEAL

SEALED: Final = (
    SealedColumn("scoring_confirmer", "name_sealed", "confirmer"),
    SealedColumn("scoring_confirmer", "mobile_sealed", "confirmer", "mobile_index", index_mobiles),
    SealedColumn("scoring_confirmer", "id_sealed", "confirmer", "id_index", subject_indexes),
    SealedColumn("scoring_confirmation_request", "token_sealed", "link"),
    SealedColumn("scoring_appeal", "statement_sealed", "appeal"),
    SealedColumn("scoring_appeal", "reason_sealed", "appeal"),
    SealedColumn("scoring_appeal_step", "note_sealed", "appeal"),
    SealedColumn("scoring_need_proof", "reference_sealed", PROOF_SEAL),
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal anew up to `limit` rows; tells how many changed, 0 when nothing is left."""
    return renew_columns(SEALED, actor=actor, ring=ring, limit=limit)
