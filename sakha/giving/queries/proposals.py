"""Reads of proposals: the list, one with effect and progress, a body's own shares. Answers are in `share_answers`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.giving.rules.proposals import LeftOut, ProposalState, ProposalUnknown, ShareState, may_decide_for
from sakha.vocabulary.need_kinds import NeedKind

PAGE_SIZE: Final = 25
_CARDS: Final = """
    SELECT p.id, p.province, p.state, p.money_rial, p.shared_rial, p.proposed_at, p.proposed_by_id, p.decided_at,
           p.reason, p.effect, p.policy_id, held.count, held.rial, held.waiting, held.left_out
      FROM giving_proposal p CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE s.held_rial > 0) AS count, coalesce(sum(s.held_rial), 0)::bigint AS rial,
               count(*) FILTER (WHERE s.state = 'WAITING' AND s.amount_rial > 0) AS waiting,
               count(*) FILTER (WHERE s.state = 'LEFT_OUT') AS left_out
          FROM giving_share s WHERE s.proposal_id = p.id) AS held
"""
_SHARES: Final = """
    SELECT s.id, s.kind, s.tier, s.county, s.target_rial, s.covered_rial, s.amount_rial, s.state, s.left_out,
           s.held_rial, o.name
      FROM giving_share s JOIN access_organisation o ON o.id = s.organisation_id
     WHERE s.proposal_id = %s
     ORDER BY s.tier + (s.covered_rial + s.amount_rial)::numeric / greatest(s.target_rial, 1), s.id
     LIMIT %s OFFSET %s
"""
_OWN: Final = """
    SELECT s.proposal_id, count(*), sum(s.amount_rial)::bigint FROM giving_share s
     WHERE s.organisation_id = %s AND s.state = 'WAITING' AND s.amount_rial > 0 AND s.proposal_id = ANY (%s)
     GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCard:
    """A proposal and how far it is carried out; `effect` are the figures as they were shown to who decided."""

    id: int
    province: str
    state: ProposalState
    money_rial: int
    shared_rial: int
    proposed_at: datetime
    proposed_by_id: int | None
    decided_at: datetime | None
    reason: str
    effect: dict[str, Any]
    policy_id: int | None
    held_count: int
    held_rial: int
    waiting_count: int
    left_out_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCard:
    """One need in a proposal: no household stands in it."""

    id: int
    kind: NeedKind
    tier: int
    county: str
    target_rial: int
    covered_rial: int
    amount_rial: int
    state: ShareState
    left_out: LeftOut | None
    held_rial: int
    organisation: str


@dataclass(frozen=True, slots=True)
class OwnShares:
    """What waits for a body in one approved proposal."""

    proposal_id: int
    waiting_count: int
    waiting_rial: int


def proposals(*, actor: Actor) -> tuple[ProposalCard, ...]:
    """Proposals that the actor decides on, the newest first. Raises: PermissionMissing."""
    actor.require(Permission.DECIDE_POLICY)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CARDS + " ORDER BY p.id DESC LIMIT 50")
        cards = [_card(row) for row in cursor.fetchall()]
    return tuple(card for card in cards if may_decide_for(actor, card.province))


def get_proposal(*, actor: Actor, proposal_id: int) -> ProposalCard:
    """One proposal. Raises: PermissionMissing, ProposalUnknown."""
    actor.require(Permission.DECIDE_POLICY)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CARDS + " WHERE p.id = %s", [proposal_id])
        row = cursor.fetchone()
    if row is None or not may_decide_for(actor, row[1]):
        raise ProposalUnknown
    return _card(row)


def proposed_shares(*, actor: Actor, proposal_id: int, page: int = 1) -> tuple[ShareCard, ...]:
    """Shares of a proposal, who is worst off afterwards first. Raises: PermissionMissing, ProposalUnknown."""
    get_proposal(actor=actor, proposal_id=proposal_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SHARES, [proposal_id, PAGE_SIZE, (max(page, 1) - 1) * PAGE_SIZE])
        return tuple(
            ShareCard(
                id=row[0],
                kind=NeedKind(row[1]),
                tier=row[2],
                county=row[3],
                target_rial=row[4],
                covered_rial=row[5],
                amount_rial=row[6],
                state=ShareState(row[7]),
                left_out=LeftOut(row[8]) if row[8] else None,
                held_rial=row[9],
                organisation=row[10],
            )
            for row in cursor.fetchall()
        )


def own_shares(*, actor: Actor) -> tuple[OwnShares, ...]:
    """Shares that wait for the actor's body in approved proposals. Raises: PermissionMissing."""
    actor.require(Permission.HOLD_AID)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM giving_proposal WHERE state = 'APPROVED'")
        approved = [row[0] for row in cursor.fetchall()]
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OWN, [actor.organisation_id, approved])
        return tuple(OwnShares(*row) for row in cursor.fetchall())


def _card(row: tuple[Any, ...]) -> ProposalCard:
    return ProposalCard(
        id=row[0],
        province=row[1],
        state=ProposalState(row[2]),
        money_rial=row[3],
        shared_rial=row[4],
        proposed_at=row[5],
        proposed_by_id=row[6],
        decided_at=row[7],
        reason=row[8],
        effect=json.loads(row[9]),
        policy_id=row[10],
        held_count=row[11],
        held_rial=row[12],
        waiting_count=row[13],
        left_out_count=row[14],
    )
