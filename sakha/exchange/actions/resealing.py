"""Renews what older keys have sealed in this room: answers, messages, secrets and keys, persons with their index."""

from typing import Final

from sakha.access.actions.resealing import SealedColumn, renew_columns
from sakha.access.rules import Actor
from sakha.access.rules.sealing import KeyRing
from sakha.databanks.rules import subject_indexes
from sakha.exchange.actions.outbox import BODY_KIND, WEBHOOK_KIND
from sakha.exchange.actions.requests import ANSWER_KIND
from sakha.exchange.rules.matching import KEY_KIND

SEALED: Final = (
    SealedColumn("exchange_request", "answer_sealed", ANSWER_KIND),
    SealedColumn("exchange_message", "body_sealed", BODY_KIND),
    SealedColumn("exchange_webhook", "secret_sealed", WEBHOOK_KIND),
    SealedColumn("exchange_digestkey", "key_sealed", KEY_KIND),
    SealedColumn("exchange_subscription", "person_sealed", index="person_index", indexer=subject_indexes),
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal anew up to `limit` rows; tells how many changed, 0 when nothing is left."""
    return renew_columns(SEALED, actor=actor, ring=ring, limit=limit)
