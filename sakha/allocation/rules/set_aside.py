"""Shares of money that a stated policy sets aside for some needs, shared with all else by the same exact rule.

Each part of a fund is a fund of its own with one condition more, so the solver and the second program know no policy.
What the needs of a part cannot take flows back into the rest of its fund, and all is shared anew. Which needs a policy
favours is decided by whoever states it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sakha.allocation.rules.pieces import Payments
from sakha.allocation.rules.problem import Codes, Flags, Fund, Ints, NeedColumns
from sakha.allocation.rules.reserves import Reserve
from sakha.allocation.rules.sharing import Sharing, share_funds

FREE: Final = -1
_WHOLE: Final = 1000
# Each round sends back all that its parts left, and hardly ever leaves any anew; what the last leaves waits unspent.
_ROUNDS: Final = 20


@dataclass(frozen=True, slots=True)
class ReservedSharing:
    """What came of a run under reserves; `parts` are the funds that were solved.

    Of each part its fund and its reserve (FREE for the rest); of each reserve the rials first kept and the rials used.
    """

    sharing: Sharing
    parts: tuple[Fund, ...]
    fund: Ints
    reserve: Ints
    kept: Ints
    used: Ints

    def spent_of_funds(self, count: int) -> Ints:
        """Rials that each whole fund spent."""
        spent = np.zeros(count, dtype=np.int64)
        np.add.at(spent, self.fund, self.sharing.spent)
        return spent

    def payments_of_funds(self) -> tuple[Payments, Ints]:
        """Payments of whole funds, and for each one the rials out of each reserve (a column a reserve)."""
        paid = self.sharing.payments
        keys = np.stack([self.fund[paid.fund], paid.need.astype(np.int64)], axis=1)
        pairs, place = np.unique(keys, axis=0, return_inverse=True)
        place = place.reshape(-1)
        amount = np.zeros(len(pairs), dtype=np.int64)
        np.add.at(amount, place, paid.amount)
        reserved = np.zeros((len(pairs), len(self.kept)), dtype=np.int64)
        of = self.reserve[paid.fund]
        held = of != FREE
        np.add.at(reserved, (place[held], of[held]), paid.amount[held])
        return Payments(pairs[:, 0], pairs[:, 1], amount), reserved


def is_divided(fund: Fund) -> bool:
    """Whether a policy may set a part of a fund aside: its giver named no place and no need.

    Nor a limit per household: parts would pay one household more than the whole may.
    """
    asked = fund.conditions
    return not asked.provinces and not asked.counties and asked.needs is None and fund.max_per_household is None


def mark_needs(needs: NeedColumns, flags: Flags, mark: str) -> NeedColumns:
    """The same needs, those that are flagged with one type more."""
    count = np.int32(len(needs.type_sets))
    types: Codes = np.where(flags, needs.types + count, needs.types).astype(np.int32)
    return replace(needs, types=types, type_sets=(*needs.type_sets, *(one | {mark} for one in needs.type_sets)))


def share_with_reserves(needs: NeedColumns, funds: Sequence[Fund], reserves: Sequence[Reserve]) -> ReservedSharing:
    """Share all funds with parts of them kept for some needs. Without reserves the rule of fair shares alone."""
    held = np.zeros((len(funds), len(reserves)), dtype=np.int64)
    for number, fund in enumerate(funds):
        if is_divided(fund):
            held[number] = [fund.amount * one.mille // _WHOLE for one in reserves]
    kept = held.sum(axis=0)
    round_count = 0
    while True:
        parts, fund_of, reserve_of = _divide(funds, reserves, held)
        sharing, round_count = share_funds(needs, parts), round_count + 1
        left = np.where(reserve_of == FREE, 0, np.array([part.amount for part in parts]) - sharing.spent)
        if not left.any() or round_count == _ROUNDS:
            break
        rows = np.flatnonzero(left)
        held[fund_of[rows], reserve_of[rows]] -= left[rows]
    used = np.zeros(len(reserves), dtype=np.int64)
    reserved = reserve_of != FREE
    np.add.at(used, reserve_of[reserved], sharing.spent[reserved])
    return ReservedSharing(sharing, tuple(parts), fund_of, reserve_of, kept, used)


def part_of(fund: Fund, reserve: Reserve, amount: int) -> Fund:
    """The part of a fund that is kept, with one condition more."""
    asked = fund.conditions
    if reserve.provinces:
        asked = replace(asked, provinces=reserve.provinces)
    if reserve.mark:
        asked = replace(asked, types_all=asked.types_all | {reserve.mark})
    return replace(fund, amount=amount, conditions=asked)


def _divide(funds: Sequence[Fund], reserves: Sequence[Reserve], held: Ints) -> tuple[list[Fund], Ints, Ints]:
    """The rest of each fund in the funds' order, then the parts that are kept.

    Where money remains, parts are spent after all else: what is left of them can go on to other needs, so in the end
    no less is paid than without a policy.
    """
    rest = [replace(fund, amount=fund.amount - int(kept.sum())) for fund, kept in zip(funds, held, strict=True)]
    last = 1 + max((fund.expires_rank for fund in funds), default=0)
    numbers, of = np.nonzero(held)
    parts = [
        part_of(
            replace(funds[number], expires_rank=funds[number].expires_rank + last),
            reserves[reserve],
            int(held[number, reserve]),
        )
        for number, reserve in zip(numbers.tolist(), of.tolist(), strict=True)
    ]
    return (
        rest + parts,
        np.concatenate([np.arange(len(funds)), numbers]).astype(np.int64),
        np.concatenate([np.full(len(funds), FREE), of]).astype(np.int64),
    )
