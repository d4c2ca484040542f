"""Claims what is queued: cancels what may not go any more, marks the rest SENDING, opens numbers and texts.

A row is SENDING, committed, before the provider is called; so a killed worker never leaves a row that looks unsent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, blind_indexes, open_many
from sakha.coordination.actions.door_keys import make_door_keys
from sakha.coordination.gateways import Gateway, MessageKind, OutgoingMessage
from sakha.coordination.rules.doors import LINK_LIVES
from sakha.coordination.rules.notices import ANSWERS
from sakha.coordination.rules.sms_text import fill_invitation


@dataclass(frozen=True, slots=True)
class Claim:
    """What is handed over next, and how many rows were cancelled on the way."""

    messages: list[OutgoingMessage]
    cancelled_count: int


_CLAIM: Final = """
    SELECT invitation.id, invitation.mobile_sealed, campaign.text, invitation.part_count, candidate.state = 'OPEN'
      FROM coordination_invitation AS invitation
      JOIN coordination_campaign AS campaign ON campaign.id = invitation.campaign_id
      JOIN coordination_candidate AS candidate ON candidate.id = invitation.candidate_id
     WHERE invitation.state = 'QUEUED' AND campaign.state = 'RUNNING'
     ORDER BY invitation.id LIMIT %s FOR UPDATE OF invitation SKIP LOCKED
"""
# What was on its way when its campaign was stopped, and came back: nobody else would end it.
_CANCEL_STRANDED: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = 'CAMPAIGN_STOPPED', settled_at = %s
     WHERE id IN (SELECT invitation.id FROM coordination_invitation AS invitation
                    JOIN coordination_campaign AS campaign ON campaign.id = invitation.campaign_id
                   WHERE invitation.state = 'QUEUED' AND campaign.state = 'STOPPED'
                   ORDER BY invitation.id FOR UPDATE OF invitation SKIP LOCKED)
"""
_CANCEL: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = %s, settled_at = %s WHERE id = ANY(%s)
"""
# What was sent before and surely never arrived had another link: only the newest one opens.
_MARK: Final = """
    UPDATE coordination_invitation AS kept
       SET state = 'SENDING', sending_at = %(at)s, gateway = %(gateway)s, attempt_count = attempt_count + 1,
           link_digest = made.link, code_digest = made.code, link_until = %(until)s
      FROM unnest(%(ids)s::bigint[], %(links)s::bytea[], %(codes)s::bytea[]) AS made(id, link, code)
     WHERE kept.id = made.id
"""
_CLAIM_NOTICES: Final = """
    SELECT id, mobile_sealed, text_sealed, part_count, expires_at <= %(at)s FROM coordination_notice
     WHERE state = 'QUEUED' AND (NOT %(is_night)s OR kind = ANY(%(answers)s))
     ORDER BY id LIMIT %(size)s FOR UPDATE SKIP LOCKED
"""
_CANCEL_NOTICES: Final = """
    UPDATE coordination_notice SET state = 'CANCELLED', reason = %s, settled_at = %s, text_sealed = NULL
     WHERE id = ANY(%s)
"""
_MARK_NOTICES: Final = """
    UPDATE coordination_notice SET state = 'SENDING', sending_at = %s, gateway = %s, attempt_count = attempt_count + 1
     WHERE id = ANY(%s)
"""


def claim_invitations(at: datetime, way: Gateway, size: int, *, is_night: bool) -> Claim:
    """Claim up to `size` invitations; by night none."""
    if is_night:
        return Claim([], 0)
    ring = key_ring()
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CANCEL_STRANDED, [at])
        stranded_count = int(cursor.rowcount)
        cursor.execute(_CLAIM, [size])
        rows = cursor.fetchall()
        numbers = open_many(ring, (bytes(row[1]) for row in rows))
        refused = refused_numbers(numbers)
        opted_out = [row[0] for row, number in zip(rows, numbers, strict=True) if number in refused]
        covered = [row[0] for row, number in zip(rows, numbers, strict=True) if not row[4] and number not in refused]
        going = [(row, number) for row, number in zip(rows, numbers, strict=True) if row[4] and number not in refused]
        keys = make_door_keys(ring, [number for _, number in going])
        messages = [
            OutgoingMessage(
                local_id=row[0],
                number=number,
                text=fill_invitation(row[2], link=key.link, code=key.code),
                part_count=row[3],
            )
            for (row, number), key in zip(going, keys, strict=True)
        ]
        cursor.execute(_CANCEL, ["OPT_OUT", at, opted_out])
        cursor.execute(_CANCEL, ["NO_LONGER_UNCOVERED", at, covered])
        facts: dict[str, Any] = {
            "at": at,
            "gateway": way.name,
            "until": at + LINK_LIVES,
            "ids": [message.local_id for message in messages],
            "links": [key.link_digest for key in keys],
            "codes": [key.code_digest for key in keys],
        }
        cursor.execute(_MARK, facts)
    return Claim(messages, len(opted_out) + len(covered) + stranded_count)


def claim_notices(at: datetime, way: Gateway, size: int, *, is_night: bool) -> Claim:
    """Claim up to `size` notices, of one phone one at a time; by night only answers to what has just been asked."""
    ring = key_ring()
    asked: dict[str, Any] = {"at": at, "is_night": is_night, "answers": [kind.value for kind in ANSWERS], "size": size}
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CLAIM_NOTICES, asked)
        rows = cursor.fetchall()
        numbers = open_many(ring, (bytes(row[1]) for row in rows))
        refused = refused_numbers(numbers)
        opted_out = [row[0] for row, number in zip(rows, numbers, strict=True) if number in refused]
        late = [row[0] for row, number in zip(rows, numbers, strict=True) if row[4] and number not in refused]
        # Providers answer a batch by number, so a phone's second notice waits for the next batch.
        going: dict[str, Any] = {}
        for row, number in zip(rows, numbers, strict=True):
            if number not in refused and not row[4]:
                going.setdefault(number, row)
        texts = open_many(ring, (bytes(row[2]) for row in going.values()))
        messages = [
            OutgoingMessage(local_id=row[0], number=number, text=text, part_count=row[3], kind=MessageKind.NOTICE)
            for (number, row), text in zip(going.items(), texts, strict=True)
        ]
        cursor.execute(_CANCEL_NOTICES, ["OPT_OUT", at, opted_out])
        cursor.execute(_CANCEL_NOTICES, ["TOO_LATE", at, late])
        cursor.execute(_MARK_NOTICES, [at, way.name, [message.local_id for message in messages]])
    return Claim(messages, len(opted_out) + len(late))


def refused_numbers(numbers: Sequence[str]) -> set[str]:
    """Those of the numbers that want no messages, whichever key indexed their no."""
    ring = key_ring()
    indexes = {index: number for number in numbers for index in blind_indexes(ring, IndexKind.MOBILE, number)}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT mobile_index FROM coordination_opt_out WHERE mobile_index = ANY(%s)", [list(indexes)])
        return {indexes[bytes(row[0])] for row in cursor.fetchall()}
