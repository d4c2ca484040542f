"""An answer about a need is what the payments and conditions say, and leaves nobody without a reason."""

from __future__ import annotations

import numpy as np

from sakha.allocation.rules.explaining import Answers, find_refusals
from sakha.allocation.rules.problem import Fund, NeedColumns
from sakha.allocation.rules.sharing import share_funds
from tests.rules.allocation.instances import level, make_instance


def has_a_reason(needs: NeedColumns, funds: list[Fund], answers: Answers, row: int) -> bool:
    """Each fund that may pay it is spent, and on nobody who was better off before the last rial, or may pay no more."""
    told = answers.explain(row)
    best = [
        max(
            (float(level(needs, need, int(answers.given[need]) - 1)) for need in paid_by(answers, fund.fund)),
            default=0.0,
        )
        for fund in told.payable_by
    ]
    return all(
        fund.is_household_limit_reached or (fund.left == 0 and top <= told.level_after + 1e-12)
        for fund, top in zip(told.payable_by, best, strict=True)
    )


def paid_by(answers: Answers, fund: int) -> list[int]:
    return answers.payments.need[answers.payments.fund == fund].tolist()


def test_every_unfilled_need_has_a_reason() -> None:
    unfilled = 0
    for seed in range(300):
        needs, funds = make_instance(seed)
        answers = Answers(needs, funds, share_funds(needs, funds).payments)

        for row in np.flatnonzero(answers.given < needs.room).tolist():
            assert has_a_reason(needs, funds, answers, row), (seed, row)
            unfilled += 1
    assert unfilled > 300


def test_an_answer_names_the_funds_that_may_pay_and_those_that_paid() -> None:
    for seed in range(200):
        needs, funds = make_instance(seed, whole=True)
        sharing = share_funds(needs, funds)
        paid = sharing.payments
        answers = Answers(needs, funds, paid)

        for row in range(needs.count):
            told = answers.explain(row)
            assert [one.fund for one in told.payable_by] == [
                number for number, fund in enumerate(funds) if not find_refusals(needs, fund.conditions, row)
            ], seed
            mine = paid.need == row
            assert told.paid_by == tuple(zip(paid.fund[mine].tolist(), paid.amount[mine].tolist(), strict=True))
            assert told.given == sharing.given[row]
            home = needs.household[paid.need] == needs.household[row]
            for one in told.payable_by:
                limit = funds[one.fund].max_per_household
                got = int(paid.amount[home & (paid.fund == one.fund)].sum())
                assert one.is_household_limit_reached == (limit is not None and got >= limit)
                assert one.left == funds[one.fund].amount - sharing.spent[one.fund]
