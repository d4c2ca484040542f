"""Renewing the keys of this room, and waiting with everything that compares indexes until they are renewed.

What is taken from the register is copied from it again; what this room sealed itself is opened and sealed anew.
"""

from typing import ClassVar, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.actions.resealing import SealedColumn, index_mobiles, renew_columns
from sakha.access.queries import acting, key_ring
from sakha.access.rules import Actor
from sakha.access.rules.sealing import KeyRing, sealed_prefix
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
_INDEXED: Final = (
    SealedColumn("coordination_coverage", "subject_sealed", index="subject_index", indexer=subject_indexes),
    SealedColumn("coordination_candidate", "subject_sealed", index="subject_index", indexer=subject_indexes),
    SealedColumn("coordination_candidate", "mobile_sealed", index="mobile_index", indexer=index_mobiles),
    SealedColumn("coordination_invitation", "mobile_sealed", index="mobile_index", indexer=index_mobiles),
    SealedColumn("coordination_opt_out", "mobile_sealed", index="mobile_index", indexer=index_mobiles),
    SealedColumn("coordination_notice", "mobile_sealed", index="mobile_index", indexer=index_mobiles),
)
_TEXTS: Final = (
    SealedColumn("coordination_message", "number_sealed"),
    SealedColumn("coordination_message", "text_sealed"),
    SealedColumn("coordination_sign_in_code", "text_sealed"),
    SealedColumn("coordination_notice", "text_sealed"),
    SealedColumn("coordination_registration", "draft_sealed"),
    SealedColumn("coordination_registration", "helper_sealed"),
    SealedColumn("coordination_grievance", "text_sealed"),
    SealedColumn("coordination_grievance", "answer_sealed"),
    SealedColumn("coordination_grievance", "mobile_sealed"),
    SealedColumn("coordination_grievance_entry", "note_sealed"),
)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Renew up to about `limit` rows; tells how many changed, 0 when nothing is left."""
    with acting(actor), connection.cursor() as cursor:
        for statement in _FOLLOW.values():
            cursor.execute(statement, [limit])
            if cursor.rowcount:
                return int(cursor.rowcount)
    return renew_columns((*_INDEXED, *_TEXTS), actor=actor, ring=ring, limit=limit)


def require_current_keys(cursor: CursorWrapper) -> None:
    """Refuse to compare people while some are indexed with an older key; follow the register in all others."""
    checks = [
        f"EXISTS (SELECT FROM {table} WHERE substr({sealed}, 1, 3) <> %(prefix)s)"
        for table, sealed in (("registry_person", "id_sealed"), *((one.table, one.sealed) for one in _INDEXED))
    ]
    cursor.execute(f"SELECT {' OR '.join(checks)}", {"prefix": sealed_prefix(key_ring())})
    if cursor.fetchone()[0]:
        raise KeysInRenewal
    for statement in _FOLLOW.values():
        cursor.execute(statement, [None])
