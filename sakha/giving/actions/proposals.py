"""Proposals of fair shares: made by one officer, decided by another, carried out by bodies that know the households.

Each share is carried out in a transaction of its own under a request id of its own: whatever ends the work in between,
the next call goes on with what waits, and nothing is held twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import numpy as np
import structlog
from django.db import connection
from django.db.utils import Error as DatabaseError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.allocation.rules.certificate import certify
from sakha.allocation.rules.problem import Fund
from sakha.allocation.rules.set_aside import ReservedSharing
from sakha.allocation.rules.sharing import share_funds
from sakha.giving.actions.pool_policy import keep_pool_policy
from sakha.giving.actions.raised import MONEY_SHORT, state_of
from sakha.giving.queries.pool import Pool, needs_of, read_pool, share_pool
from sakha.giving.queries.pool_effect import measure_pool
from sakha.giving.queries.pool_policy import find_pool_policy
from sakha.giving.rules.pool_policy import DEPRIVED, POOR
from sakha.giving.rules.proposals import (
    NATION,
    LeftOut,
    NothingToShare,
    OpenProposal,
    OwnProposal,
    ProposalDecided,
    ProposalOutdated,
    ProposalState,
    ProposalUnknown,
    SharesBroken,
    ShareState,
    may_decide_for,
)
from sakha.ledger.actions import hold_aid
from sakha.ledger.rules.terms import clean_reason, terms_of
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind

ONE_MORE: Final = 10_000_000  # rials: one million toman, what givers speak of
_REQUESTS: Final = UUID("6f0c1c0e-6a3d-4f5e-9f5d-7c1f0a9b2d10")
_ONE_BY_ONE: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_propose_shares'))"
# The nation's money is every province's too.
_OPEN: Final = "SELECT 1 FROM giving_proposal WHERE state = 'PROPOSED' AND (%s = %s OR province IN ('', %s)) LIMIT 1"
_PROPOSE: Final = """
    INSERT INTO giving_proposal (province, state, money_rial, shared_rial, effect, policy_id, proposed_by_id,
                                 proposed_at, reason)
    VALUES (%s, 'PROPOSED', %s, %s, %s, %s, %s, %s, '') RETURNING id
"""
_SHARES: Final = """
    INSERT INTO giving_share (proposal_id, household_id, kind, period, tier, province, county, household_types,
                              organisation_id, is_of_poor_body, target_rial, covered_rial, amount_rial, state, left_out,
                              held_rial)
    SELECT %s, household_id, kind, period, tier, province, county, string_to_array(types, '|'), organisation_id,
           is_poor, target, covered, amount, 'WAITING', '', 0
      FROM unnest(%s::bigint[], %s::smallint[], %s::int[], %s::smallint[], %s::text[], %s::text[], %s::text[],
                  %s::bigint[], %s::bigint[], %s::int[], %s::boolean[], %s::bigint[])
           WITH ORDINALITY AS one(household_id, kind, period, tier, province, county, types, target, covered,
                                  organisation_id, is_poor, amount, place)
     ORDER BY place RETURNING id
"""
_PIECES: Final = """
    INSERT INTO giving_share_piece (share_id, gift_id, amount_rial, deprived_rial, poor_rial)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
"""
_LOCK: Final = """
    SELECT province, state, proposed_by_id, policy_id FROM giving_proposal WHERE id = %s FOR NO KEY UPDATE
"""
_DECIDE: Final = "UPDATE giving_proposal SET state = %s, decided_by_id = %s, decided_at = %s, reason = %s WHERE id = %s"
_WAITING: Final = """
    SELECT id FROM giving_share
     WHERE proposal_id = %s AND organisation_id = %s AND state = 'WAITING' AND amount_rial > 0
     ORDER BY id LIMIT %s
"""
_TAKE: Final = """
    SELECT taken.household_id, taken.kind, taken.rial, taken.why, share.period
      FROM giving_take_share(%s, %s) AS taken CROSS JOIN giving_share AS share WHERE share.id = %s
"""
_SETTLE: Final = "SELECT giving_settle_share(%s, %s, %s, %s, %s)"

# Somebody else was quicker with the money or holds a lock: the share waits for the next round.
_LATER: Final = frozenset({MONEY_SHORT, "40P01", "55P03"})
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """One round of a body: shares held in full, held in part, left out; whether more wait."""

    held_count: int
    partly_count: int
    left_out_count: int
    has_more: bool


def propose_shares(*, actor: Actor, at: datetime, province: str) -> int:
    """Share what lies in the pool among a province's verified open needs, as a proposal. Returns its id.

    Raises: PermissionMissing, ProposalUnknown (not theirs to decide on), NothingToShare, OpenProposal,
        SharesBroken.
    """
    actor.require(Permission.DECIDE_POLICY)
    if not may_decide_for(actor, province):
        raise ProposalUnknown
    # Read and written under one lock: nobody shares the same money or the same need at the same time.
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ONE_BY_ONE)
        cursor.execute(_OPEN, [province, NATION, province])
        if cursor.fetchone() is not None:
            raise OpenProposal
        policy = find_pool_policy(on=at.astimezone(TEHRAN).date())
        pool = read_pool(at=at, province=province, terms=policy.terms if policy else None)
        shares = share_pool(pool)
        given = shares.sharing.given
        if not given.any():
            raise NothingToShare
        effect = _effect(pool, shares, by_county=bool(province))
        money, policy_id = sum(fund.amount for fund in pool.funds), policy.id if policy else None
        cursor.execute(_PROPOSE, [province, money, int(given.sum()), json.dumps(effect), policy_id, actor.user_id, at])
        proposal_id = int(cursor.fetchone()[0])
        _write_shares(cursor, proposal_id, pool, shares)
    return proposal_id


def decide_proposal(*, actor: Actor, at: datetime, proposal_id: int, state: ProposalState, reason: str = "") -> None:
    """Approve or reject somebody's proposal, or cancel an approved one: what is held stays held.

    Raises: PermissionMissing, ProposalUnknown, ProposalDecided, OwnProposal, ProposalOutdated, ReasonInvalid.
    """
    actor.require(Permission.DECIDE_POLICY)
    before = ProposalState.APPROVED if state is ProposalState.CANCELLED else ProposalState.PROPOSED
    with acting(SYSTEM), connection.cursor() as cursor:
        if state is ProposalState.APPROVED:
            keep_pool_policy(cursor)
        cursor.execute(_LOCK, [proposal_id])
        found = cursor.fetchone()
        if found is None or not may_decide_for(actor, found[0]):
            raise ProposalUnknown
        if found[1] != before or state is ProposalState.PROPOSED:
            raise ProposalDecided
        if state is ProposalState.APPROVED and found[2] == actor.user_id:
            raise OwnProposal
        if state is ProposalState.APPROVED and found[3] != _policy_in_use(at):
            raise ProposalOutdated
        cursor.execute(_DECIDE, [state, actor.user_id, at, clean_reason(reason), proposal_id])


def carry_out_shares(*, actor: Actor, at: datetime, proposal_id: int, limit: int = 100) -> CarriedOut:
    """Hold the next shares of the actor's body in the ledger, and draw their money; each wholly or not at all.

    A share that meets a changed world is held as far as it still can be, or left out with the reason; one that meets
    another's work goes on waiting.

    Raises: PermissionMissing.
    """
    actor.require(Permission.HOLD_AID)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_WAITING, [proposal_id, actor.organisation_id, limit + 1])
        waiting = [int(row[0]) for row in cursor.fetchall()]
    states = [_carry_out(actor, at, share_id) for share_id in waiting[:limit]]
    return CarriedOut(
        states.count(ShareState.HELD),
        states.count(ShareState.PARTLY),
        states.count(ShareState.LEFT_OUT),
        len(waiting) > limit,
    )


def _carry_out(actor: Actor, at: datetime, share_id: int) -> ShareState:
    try:
        return _carry_out_one(actor, at, share_id)
    except DatabaseError as failed:
        if state_of(failed) in _LATER:
            return ShareState.WAITING
        raise


def _carry_out_one(actor: Actor, at: datetime, share_id: int) -> ShareState:
    day = at.astimezone(TEHRAN).date()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_TAKE, [share_id, day, share_id])
        household_id, number, rial, why, period = cursor.fetchone()
        if household_id is None:  # another page of the body came before, or the proposal was cancelled
            return ShareState.WAITING
        kind, hold_id = NeedKind(number), None
        if rial and period != terms_of(kind, at=at).period:  # the ledger would hold for the period that runs
            rial, why = 0, LeftOut.NEED_UNVERIFIED
        if rial:
            held = hold_aid(
                actor=actor, at=at, household_id=household_id, kind=kind, quantity=rial,
                request_id=uuid5(_REQUESTS, str(share_id)),
            )  # fmt: skip
            hold_id, why = held.hold_id if held.is_held else None, "" if held.is_held else LeftOut.NOT_HELD
        cursor.execute(_SETTLE, [share_id, at, day, hold_id, why])
        cursor.execute("SELECT state FROM giving_share WHERE id = %s", [share_id])
        return ShareState(cursor.fetchone()[0])


def _write_shares(cursor: Any, proposal_id: int, pool: Pool, shares: ReservedSharing) -> None:
    columns = [list(column) for column in zip(*(row[:10] for row in pool.rows), strict=True)]
    cursor.execute(_SHARES, [proposal_id, *columns, pool.is_of_poor_body.tolist(), shares.sharing.given.tolist()])
    ids = [row[0] for row in cursor.fetchall()]
    payments, reserved = shares.payments_of_funds()
    kept = [reserved[:, one].tolist() if one < reserved.shape[1] else [0] * len(reserved) for one in (DEPRIVED, POOR)]
    cursor.execute(
        _PIECES,
        [
            [ids[row] for row in payments.need.tolist()],
            [pool.gift_ids[fund] for fund in payments.fund.tolist()],
            payments.amount.tolist(),
            *kept,
        ],
    )


def _policy_in_use(at: datetime) -> int | None:
    policy = find_pool_policy(on=at.astimezone(TEHRAN).date())
    return policy.id if policy else None


def _effect(pool: Pool, shares: ReservedSharing, *, by_county: bool) -> dict[str, Any]:
    """Figures that the deciding officer sees, with the second program's word.

    The second program looks at the parts that a policy made of the funds: each is a fund with its own conditions.
    """
    needs, sharing = needs_of(pool), shares.sharing
    certificate = certify(needs, shares.parts, sharing.payments, kept=sharing.kept)
    if certificate.broken_rules:
        _log.error("shares_broken", broken_rules=certificate.broken_rules)
        raise SharesBroken
    after = replace(needs, already=needs.already + sharing.given)
    more = share_funds(after, [Fund(ONE_MORE)]).given
    return measure_pool(pool, shares, by_county=by_county) | {
        "holds": certificate.holds,
        "more_count": int(np.count_nonzero(more)),
        "more_kinds": {
            name: int(more[needs.category == number].sum())
            for number, name in enumerate(needs.categories)
            if more[needs.category == number].any()
        },
    }
