"""Hears what people write to us: a no, the question where their file stands, or something that we can't read.

Kept of a text is what it meant, by the provider's id, so that a text brought twice is heard once. Answers go to the
phone that wrote, by the queue of notices; so a phone that said no gets none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_index, blind_indexes
from sakha.coordination.actions.notices import NoticeToQueue, queue_notice
from sakha.coordination.actions.opting_out import opt_out
from sakha.coordination.actions.receipts import answer_by_sms
from sakha.coordination.gateways import InboundText
from sakha.coordination.rules.inbound import ANSWER_DAY, ANSWERS_A_DAY, InboundMeaning, meaning_of
from sakha.coordination.rules.notice_texts import HELP, STATUS_TEXTS, FileState
from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.states import OptOutSource
from sakha.vocabulary.identifiers import parse_mobile


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """What an inbound text meant and led to. A text that was heard before leads to nothing."""

    meaning: InboundMeaning
    is_new: bool = True
    cancelled_count: int = 0
    is_answered: bool = False

    @property
    def is_opt_out(self) -> bool:
        """Whether it was a no."""
        return self.meaning is InboundMeaning.OPT_OUT


_KEEP: Final = """
    INSERT INTO coordination_inbound (provider, provider_id, meaning, received_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING id
"""
_ANSWERED: Final = """
    SELECT count(*) FROM coordination_notice WHERE mobile_index = ANY(%s) AND kind = %s AND queued_at > %s
"""
_REGISTRATION: Final = """
    SELECT begun.state FROM coordination_invitation AS invitation
      LEFT JOIN coordination_registration AS begun ON begun.invitation_id = invitation.id
     WHERE invitation.mobile_index = ANY(%s) AND invitation.state IN ('SENT', 'DELIVERED', 'UNDELIVERED', 'UNKNOWN')
     ORDER BY invitation.id LIMIT 1
"""
# A protected household's phone is answered like an unknown one.
_HEAD: Final = """
    SELECT EXISTS (SELECT FROM registry_person AS person
                     JOIN registry_membership AS member
                       ON member.person_id = person.id AND member.to_on IS NULL AND member.relation = 'HEAD'
                     JOIN registry_household AS home ON home.id = member.household_id AND NOT home.is_protected
                    WHERE person.mobile_index = ANY(%s) AND person.merged_into_id IS NULL)
"""
_REGISTERED: Final = {"SENT": FileState.REGISTERED, "BEGUN": FileState.BEGUN, "WITHDRAWN": FileState.WITHDRAWN}


def hear(*, actor: Actor, at: datetime, provider: str, told: InboundText, address: str) -> Inbound:
    """Hear one text and queue its answer; `address` is what answers name, and without one none goes.

    Raises: IdentifierInvalid: it comes from no mobile number.
    """
    actor.require(Permission.INVITE)
    number, meaning = parse_mobile(told.mobile), meaning_of(told.text)
    indexes = blind_indexes(key_ring(), IndexKind.MOBILE, number)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KEEP, [provider, told.provider_id or _own_id(at, number, told.text), meaning.value, at])
        row = cursor.fetchone()
        if row is None:
            return Inbound(meaning=meaning, is_new=False)
        if meaning is InboundMeaning.OPT_OUT:
            source = OptOutSource.INBOUND_SMS
            cancelled_count = opt_out(actor=SYSTEM, at=at, mobile=number, source=source)
            return Inbound(meaning=meaning, cancelled_count=cancelled_count)
        if meaning is InboundMeaning.RECEIPT:
            answer_by_sms(at=at, mobile=number, text=told.text)
            return Inbound(meaning=meaning)
        kind = NoticeKind.STATUS if meaning is InboundMeaning.STATUS else NoticeKind.HELP
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(indexes[0][:8], "big", signed=True)])
        cursor.execute(_ANSWERED, [indexes, kind.value, at - ANSWER_DAY])
        has_patience = address != "" and cursor.fetchone()[0] < ANSWERS_A_DAY[kind]
        is_answered = has_patience and queue_notice(
            actor=SYSTEM,
            at=at,
            notice=NoticeToQueue(
                kind=kind,
                reference=f"inbound:{row[0]}",
                mobile=number,
                text=_answer(cursor, kind, indexes).format(address=address),
            ),
        )
    return Inbound(meaning=meaning, is_answered=is_answered)


def receive_inbound(*, actor: Actor, at: datetime, mobile: str, text: str) -> Inbound:
    """Hear a text that somebody at an office typed off; the same text of a number is heard once a day."""
    return hear(actor=actor, at=at, provider="office", told=InboundText(mobile=mobile, text=text), address="")


def _answer(cursor: Any, kind: NoticeKind, indexes: list[bytes]) -> str:
    if kind is NoticeKind.HELP:
        return HELP
    cursor.execute(_REGISTRATION, [indexes])
    row = cursor.fetchone()
    if row is not None:
        return STATUS_TEXTS[_REGISTERED.get(row[0], FileState.INVITED)]
    cursor.execute(_HEAD, [indexes])
    return STATUS_TEXTS[FileState.REGISTERED if cursor.fetchone()[0] else FileState.NONE]


def _own_id(at: datetime, number: str, text: str) -> str:
    """Where a protocol names no message: the same text of a number is one a day, told by a keyed digest."""
    on = timezone.localdate(at)
    return blind_index(key_ring(), IndexKind.DIGEST, f"inbound\x1f{number}\x1f{text}\x1f{on}").hex()
