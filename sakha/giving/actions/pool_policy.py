"""The way of the nation's policy for free money: proposed with its effect, confirmed by somebody else, never edited.

What it changes is found by the same rule and needs as proposals of shares; nothing is booked here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, PermissionMissing
from sakha.giving.queries.pool import read_pool
from sakha.giving.queries.pool_effect import compare_terms
from sakha.giving.queries.pool_policy import PoolPolicyCard, find_pool_terms, get_pool_policy
from sakha.giving.rules.pool_policy import (
    EFFECT_FRESH_FOR,
    REASON_MAX,
    REASON_MIN,
    PoolEffectChanged,
    PoolEffectStale,
    PoolEffectUnproved,
    PoolPolicyBegun,
    PoolPolicyInvalid,
    PoolPolicyOwn,
    PoolPolicyUnknown,
    PoolTerms,
    PoolWithdrawalAsked,
    PoolWithdrawalOwn,
    may_decide_pool,
    require_sound,
)
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.persian_text import clean_text

# Shares are approved and versions decided one after the other: who approves sees every version that was confirmed.
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_pool_policy'))"
_PROPOSE: Final = """
    INSERT INTO giving_pool_policy (deprived_provinces, deprived_mille, poor_mille, poor_below_mille, valid_from,
                                    reason, proposed_by_id, proposed_at, effect, effect_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
_EFFECT: Final = """
    UPDATE giving_pool_policy SET effect = %s, effect_at = %s
     WHERE id = %s AND confirmed_at IS NULL AND withdrawn_at IS NULL RETURNING id
"""
_LOCK: Final = """
    SELECT id FROM giving_pool_policy WHERE id = %s AND confirmed_at IS NULL AND withdrawn_at IS NULL
       FOR NO KEY UPDATE
"""
_CONFIRM: Final = "UPDATE giving_pool_policy SET confirmed_by_id = %s, confirmed_at = %s WHERE id = %s"
_WITHDRAW: Final = "UPDATE giving_pool_policy SET withdrawn_by_id = %s, withdrawn_at = %s WHERE id = %s"
_ASK_BACK: Final = """
    UPDATE giving_pool_policy SET withdrawal_asked_by_id = %s, withdrawal_asked_at = %s, withdrawal_reason = %s
     WHERE id = %s
"""
_LEAVE_BE: Final = """
    UPDATE giving_pool_policy
       SET withdrawal_asked_by_id = NULL, withdrawal_asked_at = NULL, withdrawal_reason = '' WHERE id = %s
"""


def propose_pool_policy(*, actor: Actor, at: datetime, terms: PoolTerms) -> int:
    """Propose a version with what it would change by today's needs and money. Returns its id.

    Raises: PermissionMissing, PoolPolicyUnknown (not theirs to decide), PoolPolicyInvalid.
    """
    _require(actor)
    told = replace(
        terms, reason=clean_text(terms.reason), deprived_provinces=tuple(sorted(set(terms.deprived_provinces)))
    )
    require_sound(told, on=at.astimezone(TEHRAN).date())
    effect = _look(at, told)
    values: list[Any] = [list(told.deprived_provinces), told.deprived_mille, told.poor_mille, told.poor_below_mille]
    try:
        with acting(SYSTEM), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PROPOSE, [*values, told.valid_from, told.reason, actor.user_id, at, effect, at])
            return int(cursor.fetchone()[0])
    except IntegrityError as error:
        raise PoolPolicyInvalid(field="valid_from", reason="نسخهٔ دیگری از همین روز آغاز می‌شود") from error


def look_at_pool_policy(*, actor: Actor, at: datetime, policy_id: int) -> None:
    """Find anew what a waiting version would change, by today's needs and money.

    Raises: PermissionMissing, PoolPolicyUnknown.
    """
    _require(actor)
    effect = _look(at, get_pool_policy(actor=actor, policy_id=policy_id).terms)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_EFFECT, [effect, at, policy_id])
        if cursor.fetchone() is None:
            raise PoolPolicyUnknown


def confirm_pool_policy(*, actor: Actor, at: datetime, policy_id: int, effect_at: datetime | None = None) -> None:
    """Confirm somebody else's version, whose effect was looked at lately; from its day proposals follow it.

    `effect_at` is of when the figures were that the confirming officer saw.

    Raises: PermissionMissing, PoolPolicyUnknown, PoolPolicyOwn, PoolEffectStale, PoolEffectChanged, PoolEffectUnproved,
        PoolPolicyInvalid (its day is past).
    """
    _require(actor)
    with acting(SYSTEM), connection.cursor() as cursor:
        come = _come_to_turn(cursor, at)
        _lock(cursor, policy_id)
        card = get_pool_policy(actor=actor, policy_id=policy_id)
        if card.proposed_by_id == actor.user_id:
            raise PoolPolicyOwn
        if card.effect_at < at - EFFECT_FRESH_FOR:
            raise PoolEffectStale
        if effect_at is not None and effect_at != card.effect_at:
            raise PoolEffectChanged
        if not card.effect["holds"]:
            raise PoolEffectUnproved
        if card.terms.valid_from < come.astimezone(TEHRAN).date():
            raise PoolPolicyInvalid(field="valid_from", reason="روز آغاز آن گذشته است؛ نسخهٔ تازه‌ای بنویسید")
        cursor.execute(_CONFIRM, [actor.user_id, come, policy_id])


def withdraw_pool_policy(*, actor: Actor, at: datetime, policy_id: int) -> None:
    """Put a waiting version aside; it stays to be read. Raises: PermissionMissing, PoolPolicyUnknown."""
    _require(actor)
    with acting(SYSTEM), connection.cursor() as cursor:
        _lock(cursor, policy_id)
        cursor.execute(_WITHDRAW, [actor.user_id, at, policy_id])


def ask_pool_withdrawal(*, actor: Actor, at: datetime, policy_id: int, reason: str) -> None:
    """Ask that a confirmed version be withdrawn before its first day; somebody else of the nation's office decides.

    Raises: PermissionMissing, PoolPolicyUnknown, PoolPolicyBegun, PoolWithdrawalAsked, PoolPolicyInvalid (no reason).
    """
    told = clean_text(reason)
    if not REASON_MIN <= len(told) <= REASON_MAX:
        raise PoolPolicyInvalid(field="reason", reason="دلیل را بنویسید")
    with acting(SYSTEM), connection.cursor() as cursor:
        card, come = _lock_confirmed(cursor, actor, at, policy_id)
        if card.withdrawal_asked_by_id is not None:
            raise PoolWithdrawalAsked
        cursor.execute(_ASK_BACK, [actor.user_id, come, told, policy_id])


def refuse_pool_withdrawal(*, actor: Actor, at: datetime, policy_id: int) -> None:
    """Put a wish to withdraw aside: whoever asked takes it back, or somebody else refuses; the version stays as it is.

    Raises: PermissionMissing, PoolPolicyUnknown, PoolPolicyBegun, PoolWithdrawalAsked (nobody asked).
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        card, _ = _lock_confirmed(cursor, actor, at, policy_id)
        if card.withdrawal_asked_by_id is None:
            raise PoolWithdrawalAsked
        cursor.execute(_LEAVE_BE, [policy_id])


def withdraw_confirmed_policy(*, actor: Actor, at: datetime, policy_id: int) -> None:
    """Withdraw a confirmed version as somebody else asked, before its first day; it stays to be read.

    Raises: PermissionMissing, PoolPolicyUnknown, PoolPolicyBegun, PoolWithdrawalAsked, PoolWithdrawalOwn.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        card, come = _lock_confirmed(cursor, actor, at, policy_id)
        if card.withdrawal_asked_by_id is None:
            raise PoolWithdrawalAsked
        if card.withdrawal_asked_by_id == actor.user_id:
            raise PoolWithdrawalOwn
        cursor.execute(_WITHDRAW, [actor.user_id, come, policy_id])


def keep_pool_policy(cursor: Any) -> None:
    """Until the caller's transaction ends nobody else confirms a version, nor approves shares by one."""
    cursor.execute(_IN_TURN)


def _require(actor: Actor) -> None:
    actor.require(Permission.DECIDE_POLICY)
    if not may_decide_pool(actor):
        raise PoolPolicyUnknown
    if actor.user_id is None:
        raise PermissionMissing(field="actor")  # a version has an author, and other eyes are somebody's


def _lock(cursor: Any, policy_id: int) -> None:
    cursor.execute(_LOCK, [policy_id])
    if cursor.fetchone() is None:
        raise PoolPolicyUnknown


def _come_to_turn(cursor: Any, at: datetime) -> datetime:
    """The moment in which the lock came: days are judged by it, for whoever waited may have waited past midnight."""
    asked = monotonic()
    keep_pool_policy(cursor)
    return at + timedelta(seconds=monotonic() - asked)


def _lock_confirmed(cursor: Any, actor: Actor, at: datetime, policy_id: int) -> tuple[PoolPolicyCard, datetime]:
    """A confirmed version whose first day is still to come, which nobody else decides on meanwhile; and the moment."""
    _require(actor)
    come = _come_to_turn(cursor, at)
    card, on = get_pool_policy(actor=actor, policy_id=policy_id), come.astimezone(TEHRAN).date()
    if card.confirmed_at is None or card.withdrawn_at is not None:
        raise PoolPolicyUnknown
    if not card.may_be_withdrawn(on=on):
        raise PoolPolicyBegun
    return card, come


def _look(at: datetime, terms: PoolTerms) -> str:
    """Against what counts today; the day itself may be to come."""
    in_use = find_pool_terms(on=at.astimezone(TEHRAN).date())
    return json.dumps(compare_terms(read_pool(at=at, province="", terms=in_use), terms))
