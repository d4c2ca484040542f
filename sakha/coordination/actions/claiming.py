"""Claims what is queued: cancels what may not go any more, marks the rest SENDING, opens numbers and texts.

A row is SENDING, committed, before the provider is called; so a killed worker never leaves a row that looks unsent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import INDEX_LENGTH, IndexKind, blind_indexes, open_many
from sakha.coordination.actions.door_keys import make_door_keys
from sakha.coordination.gateways import Gateway, MessageKind, OutgoingMessage
from sakha.coordination.rules.campaigns import CampaignState
from sakha.coordination.rules.doors import LINK_LIVES
from sakha.coordination.rules.notices import ANSWERS
from sakha.coordination.rules.sms_text import fill_invitation


@dataclass(frozen=True, slots=True)
class Claim:
    """What is handed over next, and how many rows were cancelled on the way."""

    messages: list[OutgoingMessage]
    cancelled_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    id: int
    mobile_sealed: bytes = field(repr=False)
    part_count: int
    text: str = field(repr=False)
    is_uncovered: bool


@dataclass(frozen=True, slots=True)
class _Claimed:
    rows: list[_Row]
    stranded_count: int


# Each campaign's queue is an index of its own, in the order of sending: a batch reads its own rows and no others, also
# where a million wait. The subquery stands in the list of columns, where no planner turns it into a join of all.
_QUEUES: Final = """
    SELECT id, text, state FROM (
        SELECT campaign.id, campaign.text, campaign.state,
               (SELECT invitation.id FROM coordination_invitation AS invitation
                 WHERE invitation.campaign_id = campaign.id AND invitation.state = 'QUEUED'
                 ORDER BY invitation.id LIMIT 1) AS first_id
          FROM coordination_campaign AS campaign WHERE campaign.state <> 'PAUSED' OFFSET 0) AS queues
     WHERE first_id IS NOT NULL ORDER BY first_id
"""
_CLAIM: Final = """
    SELECT id, mobile_sealed, part_count, candidate_id FROM coordination_invitation
     WHERE campaign_id = %s AND state = 'QUEUED' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_UNCOVERED: Final = "SELECT id FROM coordination_candidate WHERE id = ANY(%s) AND state = 'OPEN'"
# What was on its way when its campaign was stopped, and came back: nobody else would end it.
_CANCEL_STRANDED: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = 'CAMPAIGN_STOPPED', settled_at = %s
     WHERE id IN (SELECT id FROM coordination_invitation WHERE campaign_id = %s AND state = 'QUEUED'
                   ORDER BY id FOR UPDATE SKIP LOCKED)
"""
_CANCEL: Final = """
    UPDATE coordination_invitation SET state = 'CANCELLED', reason = %s, settled_at = %s WHERE id = ANY(%s)
"""
# What was sent before and surely never arrived had another link: only the newest one opens. The digests come as two
# long values: an array of short ones is written into a statement byte by byte.
_MARK: Final = """
    UPDATE coordination_invitation AS kept
       SET state = 'SENDING', sending_at = %(at)s, gateway = %(gateway)s, attempt_count = attempt_count + 1,
           link_digest = substring(%(links)s::bytea from (made.place::int - 1) * %(length)s + 1 for %(length)s),
           code_digest = substring(%(codes)s::bytea from (made.place::int - 1) * %(length)s + 1 for %(length)s),
           link_until = %(until)s
      FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS made(id, place)
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
    """Claim up to `size` invitations, of the campaign that waits longest first; by night none."""
    if is_night:
        return Claim([], 0)
    ring = key_ring()
    with transaction.atomic(durable=True), acting(SYSTEM), connection.cursor() as cursor:
        claimed = _take(cursor, at, size)
        numbers = open_many(ring, (one.mobile_sealed for one in claimed.rows))
        refused = refused_numbers(numbers)
        opted_out = [one.id for one, number in zip(claimed.rows, numbers, strict=True) if number in refused]
        wanted = [one for one in zip(claimed.rows, numbers, strict=True) if one[1] not in refused]
        covered = [one.id for one, _ in wanted if not one.is_uncovered]
        going = [(one, number) for one, number in wanted if one.is_uncovered]
        keys = make_door_keys(ring, [number for _, number in going])
        messages = [
            OutgoingMessage(
                local_id=one.id,
                number=number,
                text=fill_invitation(one.text, link=key.link, code=key.code),
                part_count=one.part_count,
            )
            for (one, number), key in zip(going, keys, strict=True)
        ]
        _cancel(cursor, at, opted_out, "OPT_OUT")
        _cancel(cursor, at, covered, "NO_LONGER_UNCOVERED")
        facts: dict[str, Any] = {
            "at": at,
            "gateway": way.name,
            "until": at + LINK_LIVES,
            "length": INDEX_LENGTH,
            "ids": [message.local_id for message in messages],
            "links": b"".join(key.link_digest for key in keys),
            "codes": b"".join(key.code_digest for key in keys),
        }
        if messages:
            cursor.execute(_MARK, facts)
    return Claim(messages, len(opted_out) + len(covered) + claimed.stranded_count)


def _take(cursor: Any, at: datetime, size: int) -> _Claimed:
    """Lock the first of each queue until there are enough; what a stopped campaign left behind ends here."""
    cursor.execute(_QUEUES)
    queues = cursor.fetchall()
    found: list[tuple[Any, ...]] = []
    stranded_count = 0
    for campaign_id, text, state in queues:
        if state == CampaignState.STOPPED:
            cursor.execute(_CANCEL_STRANDED, [at, campaign_id])
            stranded_count += int(cursor.rowcount)
        elif len(found) < size:
            cursor.execute(_CLAIM, [campaign_id, size - len(found)])
            found += [(*row, text) for row in cursor.fetchall()]
    uncovered = set[int]()
    if found:
        cursor.execute(_UNCOVERED, [[row[3] for row in found]])
        uncovered = {row[0] for row in cursor.fetchall()}
    rows = [
        _Row(id=row[0], mobile_sealed=bytes(row[1]), part_count=row[2], text=row[4], is_uncovered=row[3] in uncovered)
        for row in found
    ]
    return _Claimed(rows, stranded_count)


def _cancel(cursor: Any, at: datetime, ids: list[int], reason: str) -> None:
    if ids:
        cursor.execute(_CANCEL, [reason, at, ids])


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
