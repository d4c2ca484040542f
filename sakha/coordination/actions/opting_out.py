"""Hearing a no: from an inbound SMS or told at an office. It counts at once for whatever is still queued."""

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_indexes, seal
from sakha.coordination.rules.states import OptOutSource
from sakha.vocabulary.identifiers import parse_mobile

_KEEP: Final = """
    INSERT INTO coordination_opt_out (mobile_index, mobile_sealed, source, opted_out_at)
    SELECT %s, %s, %s, %s WHERE NOT EXISTS (SELECT FROM coordination_opt_out WHERE mobile_index = ANY(%s))
    ON CONFLICT (mobile_index) DO NOTHING
"""
_CANCEL: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = 'OPT_OUT', settled_at = %s
     WHERE state = 'QUEUED' AND mobile_index = ANY(%s)
"""
_CANCEL_NOTICES: Final = """
    UPDATE coordination_notice SET state = 'CANCELLED', reason = 'OPT_OUT', settled_at = %s, text_sealed = NULL
     WHERE state = 'QUEUED' AND mobile_index = ANY(%s)
"""


def opt_out(*, actor: Actor, at: datetime, mobile: str, source: OptOutSource) -> int:
    """Keep that a number wants no messages, and cancel what is queued; tells how much. Again it changes nothing."""
    actor.require(Permission.INVITE)
    number = parse_mobile(mobile)
    ring = key_ring()
    indexes = blind_indexes(ring, IndexKind.MOBILE, number)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KEEP, [indexes[0], seal(ring, number), source.value, at, indexes])
        cursor.execute(_CANCEL, [at, indexes])
        cancelled_count = int(cursor.rowcount)
        cursor.execute(_CANCEL_NOTICES, [at, indexes])
        return cancelled_count + int(cursor.rowcount)
