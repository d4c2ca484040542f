"""Hearing a no: from an inbound SMS or told at an office. It counts at once for whatever is still queued."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_indexes, seal
from sakha.coordination.rules.opting_out import is_opt_out
from sakha.coordination.rules.states import OptOutSource
from sakha.vocabulary.identifiers import parse_mobile


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """What an inbound text meant."""

    is_opt_out: bool
    cancelled_count: int


_KEEP: Final = """
    INSERT INTO coordination_opt_out (mobile_index, mobile_sealed, source, opted_out_at)
    SELECT %s, %s, %s, %s WHERE NOT EXISTS (SELECT FROM coordination_opt_out WHERE mobile_index = ANY(%s))
    ON CONFLICT (mobile_index) DO NOTHING
"""
_CANCEL: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = 'OPT_OUT', settled_at = %s
     WHERE state = 'QUEUED' AND mobile_index = ANY(%s)
"""


def receive_inbound(*, actor: Actor, at: datetime, mobile: str, text: str) -> Inbound:
    """Read an inbound SMS; only a no is kept, and of it the number alone."""
    if not is_opt_out(text):
        return Inbound(is_opt_out=False, cancelled_count=0)
    return opt_out(actor=actor, at=at, mobile=mobile, source=OptOutSource.INBOUND_SMS)


def opt_out(*, actor: Actor, at: datetime, mobile: str, source: OptOutSource) -> Inbound:
    """Keep that a number wants no messages; saying it again changes nothing."""
    actor.require(Permission.INVITE)
    number = parse_mobile(mobile)
    ring = key_ring()
    indexes = blind_indexes(ring, IndexKind.MOBILE, number)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KEEP, [indexes[0], seal(ring, number), source.value, at, indexes])
        cursor.execute(_CANCEL, [at, indexes])
        return Inbound(is_opt_out=True, cancelled_count=cursor.rowcount)
