"""Renews, batch by batch, what older keys have sealed in this room: answers, messages, secrets, subscribed persons."""

from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.access.rules.sealing import KeyRing, open_many, reseal_many, seal_many, sealed_prefix
from sakha.databanks.rules import subject_indexes
from sakha.exchange.actions.outbox import BODY_KIND, WEBHOOK_KIND
from sakha.exchange.actions.requests import ANSWER_KIND

# Table, column, and what it was sealed as.
SEALED: Final = (
    ("exchange_request", "answer_sealed", ANSWER_KIND),
    ("exchange_message", "body_sealed", BODY_KIND),
    ("exchange_webhook", "secret_sealed", WEBHOOK_KIND),
)
_STALE: Final = (
    "SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND substr({column}, 1, 3) <> %s"
    " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"
)
_RENEW: Final = (
    "UPDATE {table} AS kept SET {column} = fresh.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS fresh(id, sealed)"
    " WHERE kept.id = fresh.id"
)
_RENEW_PERSONS: Final = (
    "UPDATE exchange_subscription AS kept SET person_sealed = fresh.sealed, person_index = fresh.index"
    " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS fresh(id, sealed, index) WHERE kept.id = fresh.id"
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Seal anew up to `limit` rows of each column; tells how many changed, 0 when nothing is left."""
    with acting(actor):
        renewed = sum(_reseal(ring, table, column, kind, limit) for table, column, kind in SEALED)
        return renewed + _reseal_persons(ring, limit)


def _reseal(ring: KeyRing, table: str, column: str, kind: str, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STALE.format(table=table, column=column), [sealed_prefix(ring), limit])
        rows = cursor.fetchall()
        fresh = reseal_many(ring, [bytes(sealed) for _, sealed in rows], kind=kind)
        cursor.execute(_RENEW.format(table=table, column=column), [[row[0] for row in rows], fresh])
    return len(rows)


def _reseal_persons(ring: KeyRing, limit: int) -> int:
    """Whoever is subscribed to is found by an index, which is renewed with the seal."""
    with connection.cursor() as cursor:
        statement = _STALE.format(table="exchange_subscription", column="person_sealed")
        cursor.execute(statement, [sealed_prefix(ring), limit])
        rows = cursor.fetchall()
        texts = open_many(ring, [bytes(sealed) for _, sealed in rows])
        values = [[row[0] for row in rows], seal_many(ring, texts), subject_indexes(ring, texts)]
        cursor.execute(_RENEW_PERSONS, values)
    return len(rows)
