"""A legal giver's way: registered by one of its people, checked by one officer, approved by another, acted for by all.

Whoever acts for it signs in by the own phone; the gifts, receipts and statements are the legal giver's.
"""

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission, PermissionMissing
from sakha.access.rules.sealing import IndexKind, blind_indexes, seal
from sakha.coordination.actions import queue_notices
from sakha.coordination.rules.notices import NoticeKind
from sakha.giving.actions.notices import write_notice
from sakha.giving.queries.donors import DonorCard
from sakha.giving.rules.legal_givers import (
    MEMBERS_MOST,
    NAME_MAX,
    NAME_MIN,
    NOTE_MAX,
    NOTE_MIN,
    PERSON_MAX,
    PERSON_MIN,
    WAITING_MOST,
    LegalGiverDecided,
    LegalGiverKnown,
    LegalGiverOfRegister,
    LegalGiverOwn,
    LegalGiversMany,
    LegalGiverState,
    LegalGiverUnknown,
    MembersFew,
    MembersMany,
    require_between,
)
from sakha.vocabulary.identifiers import parse_legal_id, parse_mobile
from sakha.vocabulary.persian_text import clean_text

# Of whom it is: a shared phone must not tell.
_READY: Final = "حساب حقوقی شما در سخا آماده است. با همین گوشی وارد «هدیه‌های من» شوید. سخا"
_ANSWERED: Final = "درخواست حساب حقوقی شما در سخا پذیرفته نشد. دلیلش در «هدیه‌های من» است. سخا"
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_legal_givers'))"
# Of the own requests alone: which companies give is not for whoever has a phone. A clash is for the office to see.
_KNOWN: Final = """
    SELECT bool_or(legal_id = %s), count(*) FILTER (WHERE state <> 'APPROVED')
      FROM giving_legal_giver WHERE registered_by_id = %s AND state IN ('WAITING', 'CHECKED', 'APPROVED')
"""
# In whatever standing: what was taken from a body must not be had by its number on another way.
_OF_REGISTER: Final = "SELECT 1 FROM access_organisation WHERE legal_id = %s LIMIT 1"
_REGISTER: Final = """
    INSERT INTO giving_legal_giver (name, legal_id, registered_by_id, registered_at, contact_sealed, state, note,
                                    reason)
    VALUES (%s, %s, %s, %s, %s, 'WAITING', '', '') RETURNING id
"""
_LOCK: Final = """
    SELECT one.state, one.checked_by_id, one.registered_by_id, one.contact_sealed, donor.mobile_sealed, one.legal_id
      FROM giving_legal_giver AS one JOIN giving_donor AS donor ON donor.id = one.registered_by_id
     WHERE one.id = %s FOR NO KEY UPDATE OF one
"""
_CHECK: Final = """
    UPDATE giving_legal_giver SET state = 'CHECKED', note = %s, checked_by_id = %s, checked_at = %s WHERE id = %s
"""
_DECIDE: Final = """
    UPDATE giving_legal_giver SET state = %s, decided_by_id = %s, decided_at = %s, reason = %s, contact_sealed = %s
     WHERE id = %s
"""
_STOP: Final = """
    UPDATE giving_legal_giver SET state = 'STOPPED', stopped_by_id = %s, stopped_at = %s, reason = %s WHERE id = %s
"""
_WITHDRAW_GOODS: Final = """
    UPDATE giving_goods_offer SET withdrawn_at = %s
     WHERE withdrawn_at IS NULL AND donor_id IN (SELECT id FROM giving_donor WHERE legal_giver_id = %s)
"""
# By nobody of it, and not because months were missed.
_END_PROMISES: Final = """
    UPDATE giving_sponsorship SET state = 'ENDED', state_at = %s, ended_by = ''
     WHERE state <> 'ENDED' AND donor_id IN (SELECT id FROM giving_donor WHERE legal_giver_id = %s)
"""
_ACCOUNT: Final = "INSERT INTO giving_donor (legal_giver_id, opened_at) VALUES (%s, %s)"
_MEMBER: Final = """
    INSERT INTO giving_legal_member (legal_giver_id, donor_id, name_sealed, added_at, accepted_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (legal_giver_id, donor_id) WHERE removed_at IS NULL DO NOTHING
"""
_COUNT: Final = "SELECT count(*) FROM giving_legal_member WHERE legal_giver_id = %s AND removed_at IS NULL"
_LOCK_OWN: Final = "SELECT 1 FROM giving_legal_giver WHERE id = %s FOR NO KEY UPDATE"
# A statement of its own: it sees what became while the lock was waited for.
_MAY_ACT: Final = """
    SELECT 1 FROM giving_legal_giver AS one
      JOIN giving_legal_member AS member ON member.legal_giver_id = one.id AND member.removed_at IS NULL
       AND member.accepted_at IS NOT NULL
     WHERE one.id = %s AND member.donor_id = %s AND one.state = 'APPROVED'
"""
_STAY: Final = """
    SELECT 1 FROM giving_legal_member
     WHERE legal_giver_id = %s AND removed_at IS NULL AND accepted_at IS NOT NULL AND id <> %s LIMIT 1
"""
_ACCEPT: Final = """
    UPDATE giving_legal_member AS member SET accepted_at = %(at)s
      FROM giving_legal_giver AS one
     WHERE one.id = member.legal_giver_id AND one.state = 'APPROVED' AND one.id = %(company)s
       AND member.donor_id = %(donor)s AND member.removed_at IS NULL AND member.accepted_at IS NULL
    RETURNING member.id
"""
_DECLINE: Final = """
    UPDATE giving_legal_member SET removed_at = %(at)s
     WHERE legal_giver_id = %(company)s AND donor_id = %(donor)s AND removed_at IS NULL AND accepted_at IS NULL
    RETURNING id
"""
_STANDING: Final = "SELECT 1 FROM giving_legal_giver WHERE id = %s AND state = 'APPROVED' FOR SHARE"
_PHONE: Final = """
    INSERT INTO giving_donor (mobile_index, mobile_sealed, opened_at)
    SELECT %(index)s, %(sealed)s, %(at)s
     WHERE NOT EXISTS (SELECT 1 FROM giving_donor WHERE mobile_index = ANY(%(numbers)s))
    ON CONFLICT (mobile_index) DO NOTHING
"""
_REMOVE: Final = """
    UPDATE giving_legal_member SET removed_at = %s
     WHERE id = %s AND legal_giver_id = %s AND removed_at IS NULL RETURNING id
"""


def register_legal_giver(*, giver: DonorCard, at: datetime, name: str, legal_id: str, contact: str) -> int:
    """Register a legal person by the phone of one of its people; an office looks at it before anything is given.

    Raises: LegalIdInvalid, LegalGiverInvalid, LegalGiverKnown, LegalGiverOfRegister, LegalGiversMany,
        LegalGiverUnknown (not by a phone).
    """
    if giver.is_organisation:
        raise LegalGiverUnknown
    number, told, person = parse_legal_id(legal_id), clean_text(name), clean_text(contact)
    require_between(told, NAME_MIN, NAME_MAX, field="name", reason="نام کامل شرکت یا نهاد را بنویسید.")
    require_between(person, PERSON_MIN, PERSON_MAX, field="contact", reason="نام و سمت خودتان را بنویسید.")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_IN_TURN)
        _require_not_of_register(cursor, number)
        cursor.execute(_KNOWN, [number, giver.donor_id])
        is_known, waiting_count = cursor.fetchone()
        if is_known:
            raise LegalGiverKnown(field="legal_id")
        if waiting_count >= WAITING_MOST:
            raise LegalGiversMany(most=WAITING_MOST)
        cursor.execute(_REGISTER, [told, number, giver.donor_id, at, seal(key_ring(), person)])
        return int(cursor.fetchone()[0])


def check_legal_giver(*, actor: Actor, at: datetime, legal_giver_id: int, note: str) -> None:
    """Say what was seen of its papers; somebody else approves.

    Raises: PermissionMissing, LegalGiverUnknown, LegalGiverDecided, LegalGiverInvalid.
    """
    seen = _told(note, "بنویسید چه دیدید: روزنامهٔ رسمی، تماس با شرکت.")
    with acting(SYSTEM), connection.cursor() as cursor:
        if _lock(cursor, actor, legal_giver_id)[0] != LegalGiverState.WAITING:
            raise LegalGiverDecided
        cursor.execute(_CHECK, [seen, actor.user_id, at, legal_giver_id])


def decide_legal_giver(*, actor: Actor, at: datetime, legal_giver_id: int, is_approved: bool, reason: str = "") -> None:
    """Approve what somebody else checked, or reject what waits; whoever registered hears it.

    Raises: PermissionMissing, LegalGiverUnknown, LegalGiverDecided, LegalGiverOwn, LegalGiverKnown,
        LegalGiverOfRegister, LegalGiverInvalid.
    """
    why = "" if is_approved else _told(reason, "دلیل را بنویسید.")
    with acting(SYSTEM), connection.cursor() as cursor:
        state, checked_by, donor_id, contact, phone, number = _lock(cursor, actor, legal_giver_id)
        if state not in (
            {LegalGiverState.CHECKED} if is_approved else {LegalGiverState.WAITING, LegalGiverState.CHECKED}
        ):
            raise LegalGiverDecided
        if is_approved and checked_by == actor.user_id:
            raise LegalGiverOwn
        if is_approved:
            _require_not_of_register(cursor, number)
        after = LegalGiverState.APPROVED if is_approved else LegalGiverState.REJECTED
        try:
            with transaction.atomic():
                # Whom to call is nobody's to keep: afterwards it is the member's name, or nothing.
                nobody = seal(key_ring(), "")
                cursor.execute(_DECIDE, [after, actor.user_id, at, why, nobody, legal_giver_id])
        except IntegrityError as error:
            raise LegalGiverKnown from error
        if is_approved:
            cursor.execute(_ACCOUNT, [legal_giver_id, at])
            cursor.execute(_MEMBER, [legal_giver_id, donor_id, contact, at, at])
        notice = write_notice(
            key_ring(),
            kind=NoticeKind.GIVER_LEGAL,
            reference=f"legal-giver:{legal_giver_id}",
            phone=phone,
            text=_READY if is_approved else _ANSWERED,
        )
        queue_notices(actor=SYSTEM, at=at, notices=[notice] if notice else [])


def stop_legal_giver(*, actor: Actor, at: datetime, legal_giver_id: int, reason: str) -> None:
    """From now on nobody acts for it, its goods are not offered and its months not asked for; what it gave goes on.

    Raises: PermissionMissing, LegalGiverUnknown, LegalGiverDecided, LegalGiverInvalid.
    """
    why = _told(reason, "دلیل را بنویسید.")
    with acting(SYSTEM), connection.cursor() as cursor:
        if _lock(cursor, actor, legal_giver_id)[0] != LegalGiverState.APPROVED:
            raise LegalGiverDecided
        cursor.execute(_STOP, [actor.user_id, at, why, legal_giver_id])
        cursor.execute(_WITHDRAW_GOODS, [at, legal_giver_id])
        cursor.execute(_END_PROMISES, [at, legal_giver_id])


def add_member(*, giver: DonorCard, person_id: int, at: datetime, mobile: str, name: str) -> None:
    """Ask somebody else to act for it too, who comes in by a code to that phone and says yes.

    `person_id` is the member who asks. Until the yes a number written wrong opens nothing to anybody.

    Raises: LegalGiverUnknown, LegalGiverInvalid, MembersMany, MobileInvalid.
    """
    legal_giver_id = _own(giver)
    number, person, ring = parse_mobile(mobile), clean_text(name), key_ring()
    require_between(person, PERSON_MIN, PERSON_MAX, field="name", reason="نام و سمت همکارتان را بنویسید.")
    numbers = blind_indexes(ring, IndexKind.MOBILE, number)
    with acting(SYSTEM), connection.cursor() as cursor:
        _lock_own(cursor, legal_giver_id, person_id)
        cursor.execute(_COUNT, [legal_giver_id])
        if cursor.fetchone()[0] >= MEMBERS_MOST:
            raise MembersMany(most=MEMBERS_MOST)
        cursor.execute(_PHONE, {"index": numbers[0], "sealed": seal(ring, number), "at": at, "numbers": numbers})
        cursor.execute("SELECT id FROM giving_donor WHERE mobile_index = ANY(%s)", [numbers])
        cursor.execute(_MEMBER, [legal_giver_id, cursor.fetchone()[0], seal(ring, person), at, None])


def answer_company(*, person: DonorCard, at: datetime, legal_giver_id: int, is_accepted: bool) -> None:
    """Say yes or no to a company that asked one to act for it. Raises: LegalGiverUnknown."""
    asked: dict[str, Any] = {"at": at, "company": legal_giver_id, "donor": person.donor_id}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ACCEPT if is_accepted else _DECLINE, asked)
        if cursor.fetchone() is None:
            raise LegalGiverUnknown


def remove_member(*, giver: DonorCard, person_id: int, at: datetime, member_id: int) -> None:
    """Somebody acts for it no more, or is asked no more, from this moment on. Raises: LegalGiverUnknown, MembersFew."""
    legal_giver_id = _own(giver)
    with acting(SYSTEM), connection.cursor() as cursor:
        _lock_own(cursor, legal_giver_id, person_id)
        cursor.execute(_STAY, [legal_giver_id, member_id])
        if cursor.fetchone() is None:
            raise MembersFew
        cursor.execute(_REMOVE, [at, member_id, legal_giver_id])
        if cursor.fetchone() is None:
            raise LegalGiverUnknown


def keep_standing(cursor: Any, giver: DonorCard) -> None:
    """Until the caller's transaction ends nobody stops the legal giver that gives. Raises: LegalGiverUnknown."""
    if giver.legal_giver_id is None:
        return
    cursor.execute(_STANDING, [giver.legal_giver_id])
    if cursor.fetchone() is None:
        raise LegalGiverUnknown


def _own(giver: DonorCard) -> int:
    if giver.legal_giver_id is None or not giver.is_in_good_standing:
        raise LegalGiverUnknown
    return giver.legal_giver_id


def _lock_own(cursor: Any, legal_giver_id: int, person_id: int) -> None:
    """One after the other; what the card said before may be true no more, so it is asked again behind the lock."""
    cursor.execute(_LOCK_OWN, [legal_giver_id])
    cursor.execute(_MAY_ACT, [legal_giver_id, person_id])
    if cursor.fetchone() is None:
        raise LegalGiverUnknown


def _require_not_of_register(cursor: Any, legal_id: str) -> None:
    cursor.execute(_OF_REGISTER, [legal_id])
    if cursor.fetchone() is not None:
        raise LegalGiverOfRegister(field="legal_id")


def _told(text: str, reason: str) -> str:
    told = clean_text(text)
    require_between(told, NOTE_MIN, NOTE_MAX, field="note", reason=reason)
    return told


def _lock(cursor: Any, actor: Actor, legal_giver_id: int) -> tuple[Any, ...]:
    actor.require(Permission.DECIDE_POLICY)
    if actor.user_id is None:
        raise PermissionMissing(field="actor")  # four eyes are two people's
    cursor.execute(_LOCK, [legal_giver_id])
    row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise LegalGiverUnknown
    return row
