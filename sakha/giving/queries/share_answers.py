"""Answers about a need in a proposal, from what was stored with it: why no more, why that one, what one more rial does.

Parts that the proposal's policy had set aside are funds of their own here too, so that the answer is the true one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.allocation.rules.explaining import Answers, compare_needs, find_refusals
from sakha.allocation.rules.fairness import fill_of
from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Fund, NeedColumns
from sakha.allocation.rules.set_aside import FREE, mark_needs, part_of
from sakha.allocation.rules.sharing import share_funds
from sakha.giving.queries.pool import conditions_of, need_columns
from sakha.giving.queries.pool_policy import get_pool_policy
from sakha.giving.queries.proposals import get_proposal
from sakha.giving.rules.pool_policy import DEPRIVED, POOR, POOR_BODY, reserves_of
from sakha.giving.rules.proposals import ProposalUnknown
from sakha.vocabulary.need_kinds import NeedKind

MORE_HERE: Final = 1_000_000  # rials
_COLUMNS: Final = """
    SELECT s.household_id, s.kind, s.period, s.tier, s.province, s.county, array_to_string(s.household_types, '|'),
           s.target_rial, s.covered_rial, s.id, s.is_of_poor_body, s.amount_rial
      FROM giving_share s
"""
# Needs that got nothing say nothing of where money went: of these only the one that is asked about is read.
_ROWS: Final = f"{_COLUMNS} WHERE s.proposal_id = %s AND (s.amount_rial > 0 OR s.id = ANY (%s)) ORDER BY s.id"
_AROUND: Final = f"""{_COLUMNS}
      JOIN giving_share here ON here.id = %s AND here.proposal_id = s.proposal_id AND here.county = s.county
                            AND here.province = s.province
     WHERE s.proposal_id = %s ORDER BY s.id
"""
_FUNDS: Final = """
    SELECT g.id, g.province, g.county, g.kinds, g.household_types, g.household_most_rial
      FROM giving_gift g WHERE g.id IN (
        SELECT p.gift_id FROM giving_share_piece p JOIN giving_share s ON s.id = p.share_id AND s.proposal_id = %s)
     ORDER BY g.id
"""
_PIECES: Final = """
    SELECT p.gift_id, p.share_id, p.amount_rial - p.deprived_rial - p.poor_rial, p.deprived_rial, p.poor_rial
      FROM giving_share_piece p JOIN giving_share s ON s.id = p.share_id AND s.proposal_id = %s ORDER BY 1, 2
"""
# What the policy, not the giver, asked for.
_KEPT_FOR: Final = {DEPRIVED: ("place", "deprived"), POOR: ("types", "poor_body")}


@dataclass(frozen=True, slots=True)
class NeedAfter:
    """A need and how far it is covered with its share."""

    kind: NeedKind
    county: str
    tier: int
    fill: float


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a need got what it got: its level before and after, how many gifts may pay it, the best-off level they paid.

    `refusals` are, of each part of a gift that paid the other need, the conditions that keep it from this one.
    """

    level_before: float
    level_after: float
    payable_count: int
    best_level: float
    refusals: tuple[tuple[str, ...], ...]
    asking: NeedAfter
    other: NeedAfter


@dataclass(frozen=True, slots=True)
class MoreHere:
    """What one more million rial without conditions would do in the need's county after this proposal.

    `rial` is what would reach this very need; `lowest` the lowest fill of the gravest tier that is not full, before and
    after it.
    """

    need_count: int
    rial: int
    unspent_rial: int
    lowest_before: float
    lowest_after: float


def explain_share(*, actor: Actor, proposal_id: int, share_id: int, other_id: int | None = None) -> WhyNot:
    """Say why a need got no more, and why the other one got what it got. Without another, the best-off that was paid.

    Raises: PermissionMissing, ProposalUnknown.
    """
    card = get_proposal(actor=actor, proposal_id=proposal_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ROWS, [proposal_id, [one for one in (share_id, other_id) if one is not None]])
        rows = cursor.fetchall()
        cursor.execute(_FUNDS, [proposal_id])
        gifts = cursor.fetchall()
        cursor.execute(_PIECES, [proposal_id])
        pieces = cursor.fetchall()
    place = {row[9]: number for number, row in enumerate(rows)}
    if share_id not in place or (other_id is not None and other_id not in place):
        raise ProposalUnknown
    needs = _needs(rows)
    parts, payments = _parts(actor, card.policy_id, gifts, pieces, place)
    funds = [fund for _, _, fund in parts]
    answers = Answers(needs, funds, payments)
    levels, asking = answers.levels, place[share_id]
    other = int(np.argmax(np.where(answers.given > 0, levels, 0.0))) if other_id is None else place[other_id]
    told = answers.explain(asking)
    compared = compare_needs(needs, funds, payments, served=other, asking=asking)
    return WhyNot(
        told.level_before,
        told.level_after,
        len({parts[one.fund][0] for one in told.payable_by}),
        max((one.best_level for one in told.payable_by), default=0.0),
        tuple(_name(needs, gifts, parts[number], refusals, asking) for number, refusals in compared),
        *(
            NeedAfter(NeedKind(rows[one][1]), rows[one][5], rows[one][3], float(levels[one]) - rows[one][3])
            for one in (asking, other)
        ),
    )


def one_more_here(*, actor: Actor, proposal_id: int, share_id: int) -> MoreHere:
    """Say what one more million rial would do where a need is, after all that the proposal gives.

    Raises: PermissionMissing, ProposalUnknown.
    """
    get_proposal(actor=actor, proposal_id=proposal_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_AROUND, [share_id, proposal_id])
        rows = cursor.fetchall()
    if not rows:
        raise ProposalUnknown
    needs = _needs(rows)
    after = replace(needs, already=needs.already + np.array([row[11] for row in rows], dtype=np.int64))
    given = share_funds(after, [Fund(MORE_HERE)]).given
    is_open = after.room > 0
    gravest = is_open & (after.tier == after.tier[is_open].min(initial=np.iinfo(np.int32).max))
    fills = [fill_of(after, one)[gravest].min(initial=1.0) for one in (np.zeros_like(given), given)]
    here = next(number for number, row in enumerate(rows) if row[9] == share_id)
    return MoreHere(
        int(np.count_nonzero(given)),
        int(given[here]),
        MORE_HERE - int(given.sum()),
        float(fills[0]),
        float(fills[1]),
    )


def _needs(rows: list[tuple[Any, ...]]) -> NeedColumns:
    return mark_needs(need_columns(rows), np.array([row[10] for row in rows], dtype=np.bool_), POOR_BODY)


def _parts(
    actor: Actor,
    policy_id: int | None,
    gifts: list[tuple[Any, ...]],
    pieces: list[tuple[Any, ...]],
    place: dict[int, int],
) -> tuple[list[tuple[int, int, Fund]], Payments]:
    """Each gift's parts that paid something (gift, reserve, fund), and what they paid, by part and need."""
    reserves = reserves_of(get_pool_policy(actor=actor, policy_id=policy_id).terms if policy_id else None)
    asked = {gift[0]: Fund(0, conditions_of(*gift[1:5]), gift[5]) for gift in gifts}
    sums: dict[tuple[int, int], int] = {}
    paid: list[tuple[int, int, int, int]] = []
    for gift, share, *rials in pieces:
        for reserve, rial in zip((FREE, DEPRIVED, POOR), rials, strict=True):
            if rial:
                sums[gift, reserve] = sums.get((gift, reserve), 0) + rial
                paid.append((gift, reserve, place[share], rial))
    parts = [
        (
            gift,
            reserve,
            replace(asked[gift], amount=rial) if reserve == FREE else part_of(asked[gift], reserves[reserve], rial),
        )
        for (gift, reserve), rial in sorted(sums.items())
    ]
    number = {(gift, reserve): index for index, (gift, reserve, _) in enumerate(parts)}
    rows = sorted((number[gift, reserve], need, rial) for gift, reserve, need, rial in paid)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return parts, Payments(columns[:, 0], columns[:, 1], columns[:, 2])


def _name(
    needs: NeedColumns,
    gifts: list[tuple[Any, ...]],
    part: tuple[int, int, Fund],
    refusals: list[str],
    asking: int,
) -> tuple[str, ...]:
    """The conditions that refuse, those of the policy by names of their own."""
    gift_id, reserve, _ = part
    if reserve == FREE:
        return tuple(refusals)
    own = find_refusals(needs, conditions_of(*next(gift[1:5] for gift in gifts if gift[0] == gift_id)), asking)
    condition, name = _KEPT_FOR[reserve]
    return tuple(name if one == condition and one not in own else one for one in refusals)
