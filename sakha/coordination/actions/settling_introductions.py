"""How an introduction ends: served by what the ledger says, closed by both sides or a deadline, disputed, settled.

No side closes alone what the other disputes; the database refuses it too (migration 0006).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, Scope
from sakha.coordination.actions.introduction_ends import ENDED_WORD, GivenBack, close_introductions, give_back
from sakha.coordination.actions.notices import HouseholdNotice, queue_household_notices
from sakha.coordination.actions.placing import climb_due, place
from sakha.coordination.rules.introductions import (
    AGREE_TIME,
    NOTE_LENGTH_MAX,
    ClosedBecause,
    IntroductionDisputed,
    IntroductionElsewhere,
    IntroductionUnknown,
    OfferState,
    Side,
)
from sakha.coordination.rules.notice_texts import CLOSING_PROPOSED
from sakha.coordination.rules.notices import NoticeKind
from sakha.vocabulary.persian_text import clean_text

_log = structlog.get_logger()

_SERVED: Final = """
    UPDATE coordination_introduction AS one
       SET state = 'SERVED', state_at = %(at)s, served_at = given.at, body_agreed_at = given.at,
           closes_at = given.at + %(agree)s
      FROM (SELECT taken.id, min(hold.settled_at) AS at
              FROM coordination_introduction AS taken
              JOIN ledger_hold AS hold
                ON hold.household_id = taken.household_id AND hold.kind = taken.kind
               AND hold.organisation_id = taken.taken_by_id AND hold.status = 2
               AND hold.settled_at >= taken.taken_at
             WHERE taken.state = 'TAKEN' GROUP BY taken.id) AS given
     WHERE one.id = given.id AND one.state = 'TAKEN'
    RETURNING one.id
"""
_OFFER_SERVED: Final = """
    UPDATE coordination_offer SET state = 'SERVED', state_at = %s
     WHERE introduction_id = ANY(%s) AND state = 'TAKEN'
"""
# Locked, here and below: what another says meanwhile counts, for the conditions are asked again after the wait.
# Aid that is held for it keeps a claim alive until it is delivered or falls free.
_LAPSED: Final = """
    SELECT id FROM coordination_introduction AS one
     WHERE state = 'TAKEN' AND claim_until <= %s AND body_agreed_at IS NULL AND disputed_at IS NULL
       AND NOT EXISTS (SELECT FROM ledger_hold AS hold
                        WHERE hold.household_id = one.household_id AND hold.kind = one.kind
                          AND hold.organisation_id = one.taken_by_id AND hold.status = 1)
     ORDER BY id FOR NO KEY UPDATE OF one
"""
_AGREED_BY_SILENCE: Final = """
    SELECT id FROM coordination_introduction AS one
     WHERE state IN ('TAKEN', 'SERVED') AND closes_at <= %s AND disputed_at IS NULL
     ORDER BY id FOR NO KEY UPDATE OF one
"""
# What an office found not to have come stays open, as long as the ledger still says that this very body delivered it.
_NEED_GONE: Final = """
    SELECT id FROM coordination_introduction AS one
     WHERE state = 'OFFERED' AND NOT EXISTS (
           SELECT FROM coordination_offer AS offer
             JOIN ledger_hold AS hold ON hold.household_id = offer.household_id AND hold.kind = offer.kind
                                     AND hold.organisation_id = offer.organisation_id AND hold.status = 2
                                     AND hold.settled_at <= offer.state_at
            WHERE offer.introduction_id = one.id AND offer.state = 'RECALLED' AND offer.reason = 'DISPUTED')
       AND NOT EXISTS (
           SELECT FROM scoring_need AS need WHERE need.household_id = one.household_id AND need.kind = one.kind
              AND need.state IN (2, 3, 4) AND need.target > need.delivered)
     ORDER BY id FOR NO KEY UPDATE OF one
"""
# Who was put under protection meanwhile is seen by no body; the word is the one of any end, so that it tells nothing.
_HIDE_PROTECTED: Final = """
    UPDATE coordination_offer AS offer SET state = 'RECALLED', reason = %s, state_at = %s, user_id = NULL
     WHERE offer.state = 'OFFERED'
       AND EXISTS (SELECT FROM registry_household AS home WHERE home.id = offer.household_id AND home.is_protected)
"""
# Nobody will be offered them any more: the office speaks with a body itself, and this ends.
_PROTECTED: Final = """
    SELECT one.id FROM coordination_introduction AS one
      JOIN registry_household AS home ON home.id = one.household_id AND home.is_protected
     WHERE one.state = 'OFFERED' ORDER BY one.id FOR NO KEY UPDATE OF one
"""
_JOINED: Final = """
    SELECT one.id FROM coordination_introduction AS one
      JOIN registry_household AS home ON home.id = one.household_id AND home.merged_into_id IS NOT NULL
     WHERE one.state <> 'CLOSED' ORDER BY one.id
"""
# Who consented for one of two households that proved to be one consented for it.
_CONSENT_FOLLOWS: Final = """
    INSERT INTO coordination_introduction_consent (household_id, given_at, heard_by, organisation_id, user_id)
    SELECT DISTINCT ON (home.merged_into_id) home.merged_into_id, consent.given_at, consent.heard_by,
           consent.organisation_id, consent.user_id
      FROM coordination_introduction_consent AS consent
      JOIN registry_household AS home ON home.id = consent.household_id AND home.merged_into_id IS NOT NULL
     WHERE consent.withdrawn_at IS NULL
       AND NOT EXISTS (SELECT FROM coordination_introduction_consent AS said
                        WHERE said.household_id = home.merged_into_id)
     ORDER BY home.merged_into_id, consent.given_at
    ON CONFLICT DO NOTHING
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('coordination.introductions'))"
_ONE: Final = """
    SELECT state, body_agreed_at IS NOT NULL, disputed_at IS NOT NULL, taken_by_id
      FROM coordination_introduction WHERE id = %s FOR NO KEY UPDATE
"""
_SEEN: Final = "SELECT FROM coordination_introduction WHERE id = %s"
_PROPOSE: Final = """
    UPDATE coordination_introduction SET body_agreed_at = %s, closes_at = %s, note = %s, user_id = %s WHERE id = %s
"""
_AGREE: Final = "UPDATE coordination_introduction SET household_agreed_at = %s, user_id = %s WHERE id = %s"
_DISPUTE: Final = """
    UPDATE coordination_introduction SET disputed_at = %s, disputed_by = %s, note = %s, user_id = %s WHERE id = %s
"""
_STANDS: Final = """
    UPDATE coordination_introduction
       SET disputed_at = NULL, disputed_by = '', settled_at = %s, note = %s, user_id = %s WHERE id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionsFollowed:
    """What time and the ledger did to introductions."""

    served_count: int
    lapsed_count: int
    closed_count: int
    climbed_count: int
    offer_count: int


def follow_introductions(*, actor: Actor, at: datetime) -> IntroductionsFollowed:
    """Mark what was delivered, give back what lapsed, close what both or silence agreed to, let wait nobody unseen.

    Raises: PermissionMissing.
    """
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_CONSENT_FOLLOWS)
        closed = _close(cursor, at, _ids(cursor, _JOINED), ClosedBecause.JOINED)
        served = _mark_served(cursor, at)
        lapsed = _ids(cursor, _LAPSED, at)
        give_back(cursor, at=at, ids=lapsed, how=GivenBack(offer=OfferState.LAPSED, reason="TIME"))
        closed += _close(cursor, at, _ids(cursor, _AGREED_BY_SILENCE, at), ClosedBecause.DEADLINE)
        closed += _close(cursor, at, _ids(cursor, _NEED_GONE), ClosedBecause.NEED_GONE)
        cursor.execute(_HIDE_PROTECTED, [ENDED_WORD, at])
        closed += _close(cursor, at, _ids(cursor, _PROTECTED), ClosedBecause.OFFICE)
        climbed = climb_due(cursor, at=at)
        placed = place(cursor, at=at)
    followed = IntroductionsFollowed(
        served_count=served,
        lapsed_count=len(lapsed),
        closed_count=closed,
        climbed_count=climbed + placed.climbed_count,
        offer_count=placed.offer_count,
    )
    _log.info("introductions_followed", served_count=served, lapsed_count=len(lapsed), closed_count=closed)
    return followed


def mark_served(*, at: datetime) -> int:
    """Mark what the ledger says was delivered; for the door where somebody just delivered."""
    with acting(SYSTEM), connection.cursor() as cursor:
        return _mark_served(cursor, at)


def propose_closing(*, actor: Actor, at: datetime, introduction_id: int, note: str) -> None:
    """The body says that it is done, though nothing was delivered: the household agrees, disputes or is silent.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere.
    """
    actor.require(Permission.HOLD_AID)
    with acting(SYSTEM), connection.cursor() as cursor:
        state, has_agreed, is_disputed, taker = _one(cursor, introduction_id)
        if actor.organisation_id is None or taker != actor.organisation_id:
            raise IntroductionUnknown(field="introduction_id")
        if is_disputed:
            raise IntroductionDisputed(field="introduction_id")
        if state != "TAKEN" or has_agreed:
            raise IntroductionElsewhere(field="introduction_id")
        cursor.execute(_PROPOSE, [at, at + AGREE_TIME, _note(note), actor.user_id, introduction_id])
        _tell_of_proposal(cursor, at, introduction_id)


def agree_to_closing(*, actor: Actor, at: datetime, introduction_id: int) -> None:
    """The household, or an office that asked it, says that it is so: now both sides do, and it is closed.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere, IntroductionDisputed.
    """
    _require_other_side(actor, introduction_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        state, has_agreed, is_disputed, _ = _one(cursor, introduction_id)
        if is_disputed:
            raise IntroductionDisputed(field="introduction_id")
        if state not in {"TAKEN", "SERVED"} or not has_agreed:
            raise IntroductionElsewhere(field="introduction_id")
        cursor.execute(_AGREE, [at, actor.user_id, introduction_id])
        ids = [introduction_id]
        close_introductions(cursor, at=at, ids=ids, because=ClosedBecause.BOTH, user_id=actor.user_id)


def dispute_introduction(*, actor: Actor, at: datetime, introduction_id: int, note: str) -> None:
    """The household, or an office for it, says that it is not so: nothing closes until an office has looked.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere.
    """
    side = _require_other_side(actor, introduction_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        state, _, is_disputed, _ = _one(cursor, introduction_id)
        if state not in {"TAKEN", "SERVED"} or is_disputed:
            raise IntroductionElsewhere(field="introduction_id")
        cursor.execute(_DISPUTE, [at, side.value, _note(note), actor.user_id, introduction_id])


def settle_dispute(*, actor: Actor, at: datetime, introduction_id: int, is_upheld: bool, note: str) -> None:
    """An office decides: upheld, the need is offered to others again; else what the body said stands.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere.
    """
    actor.require(Permission.INVITE)
    if actor.scope not in {Scope.COUNTY, Scope.PROVINCE, Scope.NATION, Scope.SYSTEM}:
        raise IntroductionUnknown(field="introduction_id")
    _require_seen(actor, introduction_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        _, has_agreed, is_disputed, _ = _one(cursor, introduction_id)
        if not is_disputed:
            raise IntroductionElsewhere(field="introduction_id")
        ids = [introduction_id]
        if is_upheld:
            how = GivenBack(
                offer=OfferState.RECALLED, reason="DISPUTED", note=_note(note), user_id=actor.user_id, settled_at=at
            )
            give_back(cursor, at=at, ids=ids, how=how)
            place(cursor, at=at, only=ids)
            return
        if has_agreed:
            cursor.execute(
                "UPDATE coordination_introduction SET settled_at = %s, note = %s WHERE id = %s",
                [at, _note(note), introduction_id],
            )
            close_introductions(cursor, at=at, ids=ids, because=ClosedBecause.OFFICE, user_id=actor.user_id)
        else:
            cursor.execute(_STANDS, [at, _note(note), actor.user_id, introduction_id])


def _tell_of_proposal(cursor: Any, at: datetime, introduction_id: int) -> None:
    """Its silence will be taken for a yes: so it is told."""
    cursor.execute("SELECT household_id FROM coordination_introduction WHERE id = %s", [introduction_id])
    notice = HouseholdNotice(
        kind=NoticeKind.INTRODUCTION,
        reference=f"introduction:{introduction_id}:{at:%Y%m%d%H%M}",
        household_id=cursor.fetchone()[0],
        text=CLOSING_PROPOSED,
    )
    queue_household_notices(actor=SYSTEM, at=at, notices=[notice])


def _require_other_side(actor: Actor, introduction_id: int) -> Side:
    """The household itself, or an office of its area; never a body."""
    if actor.scope is Scope.HOUSEHOLD:
        actor.require(Permission.READ_HOUSEHOLD)
        side = Side.HOUSEHOLD
    else:
        actor.require(Permission.INVITE)
        side = Side.OFFICE
    _require_seen(actor, introduction_id)
    return side


def _require_seen(actor: Actor, introduction_id: int) -> None:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [introduction_id])
        if cursor.fetchone() is None:
            raise IntroductionUnknown(field="introduction_id")


def _one(cursor: Any, introduction_id: int) -> tuple[str, bool, bool, int | None]:
    cursor.execute(_ONE, [introduction_id])
    row: tuple[str, bool, bool, int | None] | None = cursor.fetchone()
    if row is None:
        raise IntroductionUnknown(field="introduction_id")
    return row


def _mark_served(cursor: Any, at: datetime) -> int:
    cursor.execute(_SERVED, {"at": at, "agree": AGREE_TIME})
    ids = [row[0] for row in cursor.fetchall()]
    if ids:
        cursor.execute(_OFFER_SERVED, [at, ids])
    return len(ids)


def _ids(cursor: Any, statement: str, *values: Any) -> list[int]:
    cursor.execute(statement, list(values))
    return [row[0] for row in cursor.fetchall()]


def _close(cursor: Any, at: datetime, ids: list[int], because: ClosedBecause) -> int:
    close_introductions(cursor, at=at, ids=ids, because=because)
    return len(ids)


def _note(text: str) -> str:
    return clean_text(text)[:NOTE_LENGTH_MAX]
