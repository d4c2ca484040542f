"""Renewing the keys of this room, and waiting with everything that compares indexes until they are renewed.

What is taken from the register is copied from it again; what this room sealed itself is opened and sealed anew.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.queries import acting, key_ring
from sakha.access.rules import Actor
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index_many, open_many, seal_many, sealed_prefix
from sakha.databanks.rules import subject_indexes
from sakha.vocabulary.refusal import Refusal


class KeysInRenewal(Refusal):
    """While keys are renewed, equal people stand under different indexes: comparing them would lose some."""

    code: ClassVar[str] = "KEYS_IN_RENEWAL"
    sentence: ClassVar[str] = "کلیدهای رمزنگاری در حال نوسازی است. پس از پایان آن دوباره تلاش کنید."


# What has no sealed identifier of its own is indexed as the register indexes the person, also after the register has
# learnt or corrected an identifier. Where the organisation covers that identifier already, the second span is emptied;
# where it is a candidate already, the second candidate stays as it was.
_FOLLOW: Final = {
    "coordination_coverage": """
        UPDATE coordination_coverage AS kept
           SET subject_index = fresh.id_index,
               to_on = CASE WHEN EXISTS (
                   SELECT FROM coordination_coverage AS other
                    WHERE other.subject_index = fresh.id_index AND other.organisation_id = kept.organisation_id
                      AND daterange(other.from_on, other.to_on) && daterange(kept.from_on, kept.to_on))
                   THEN kept.from_on ELSE kept.to_on END
          FROM (SELECT one.id, person.id_index FROM coordination_coverage AS one
                  JOIN registry_person AS person ON person.id = one.person_id
                 WHERE one.subject_sealed IS NULL AND one.subject_index <> person.id_index LIMIT %s) AS fresh
         WHERE kept.id = fresh.id
    """,
    "coordination_candidate": """
        UPDATE coordination_candidate AS kept SET subject_index = fresh.id_index
          FROM (SELECT one.id, person.id_index FROM coordination_candidate AS one
                  JOIN registry_person AS person ON person.id = one.person_id
                 WHERE one.subject_sealed IS NULL AND one.subject_index <> person.id_index
                   AND NOT EXISTS (SELECT FROM coordination_candidate AS other
                                    WHERE other.subject_index = person.id_index) LIMIT %s) AS fresh
         WHERE kept.id = fresh.id
    """,
}
# Table, sealed column, index column ("" where none follows from it).
_SUBJECTS: Final = (
    ("coordination_coverage", "subject_sealed", "subject_index"),
    ("coordination_candidate", "subject_sealed", "subject_index"),
)
_MOBILES: Final = (
    ("coordination_candidate", "mobile_sealed", "mobile_index"),
    ("coordination_invitation", "mobile_sealed", "mobile_index"),
    ("coordination_opt_out", "mobile_sealed", "mobile_index"),
    ("coordination_notice", "mobile_sealed", "mobile_index"),
)
_TEXTS: Final = (
    ("coordination_message", "number_sealed", ""),
    ("coordination_message", "text_sealed", ""),
    ("coordination_sign_in_code", "text_sealed", ""),
    ("coordination_notice", "text_sealed", ""),
    ("coordination_registration", "draft_sealed", ""),
    ("coordination_registration", "helper_sealed", ""),
    ("coordination_grievance", "text_sealed", ""),
    ("coordination_grievance", "answer_sealed", ""),
    ("coordination_grievance", "mobile_sealed", ""),
    ("coordination_grievance_entry", "note_sealed", ""),
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Renew up to about `limit` rows; tells how many changed, 0 when nothing is left."""
    with acting(actor), connection.cursor() as cursor:
        for statement in _FOLLOW.values():
            cursor.execute(statement, [limit])
            if cursor.rowcount:
                return int(cursor.rowcount)
        for table, sealed, index in (*_SUBJECTS, *_MOBILES, *_TEXTS):
            if count := _renew(cursor, (table, sealed, index), ring, limit):
                return count
    return 0


def require_current_keys(cursor: CursorWrapper) -> None:
    """Refuse to compare people while some are indexed with an older key; follow the register in all others."""
    checks = [
        f"EXISTS (SELECT FROM {table} WHERE substr({sealed}, 1, 3) <> %(prefix)s)"
        for table, sealed, _ in (("registry_person", "id_sealed", ""), *_SUBJECTS, *_MOBILES)
    ]
    cursor.execute(f"SELECT {' OR '.join(checks)}", {"prefix": sealed_prefix(key_ring())})
    if cursor.fetchone()[0]:
        raise KeysInRenewal
    for statement in _FOLLOW.values():
        cursor.execute(statement, [None])


def _renew(cursor: CursorWrapper, column: tuple[str, str, str], ring: KeyRing, limit: int) -> int:
    table, sealed, index = column
    cursor.execute(
        f"SELECT id, {sealed} FROM {table} WHERE {sealed} IS NOT NULL AND substr({sealed}, 1, 3) <> %s"  # noqa: S608 -- names above
        " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
        [sealed_prefix(ring), limit],
    )
    rows = cursor.fetchall()
    if not rows:
        return 0
    texts = open_many(ring, (bytes(row[1]) for row in rows))
    indexes = _indexer(column)(ring, texts)
    setting = f"{sealed} = fresh.sealed" + (f", {index} = fresh.index" if index else "")
    cursor.execute(
        f"UPDATE {table} AS kept SET {setting}"  # noqa: S608 -- names above
        " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS fresh(id, sealed, index) WHERE kept.id = fresh.id",
        [[row[0] for row in rows], seal_many(ring, texts), indexes],
    )
    return len(rows)


def _indexer(column: tuple[str, str, str]) -> Callable[[KeyRing, Sequence[str]], list[Any]]:
    if column in _SUBJECTS:
        return subject_indexes
    if column in _MOBILES:
        return _mobile_indexes
    return _no_indexes


def _mobile_indexes(ring: KeyRing, texts: Sequence[str]) -> list[bytes]:
    return blind_index_many(ring, IndexKind.MOBILE, texts)


def _no_indexes(ring: KeyRing, texts: Sequence[str]) -> list[None]:  # noqa: ARG001 -- one form for all columns
    return [None] * len(texts)
