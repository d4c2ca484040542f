"""What a sample of calls says: sizes, codes and intervals, against figures worked out elsewhere."""

from __future__ import annotations

import pytest

from sakha.ledger.rules.receipts import (
    allocate_sample,
    estimate_all,
    estimate_one,
    estimate_share,
    needed_size,
    receipt_code,
)


def test_a_sample_follows_the_deliveries_and_asks_five_of_each_at_least() -> None:
    sizes = allocate_sample({1: 900, 2: 90, 3: 3, 4: 0}, size=100)

    assert sizes == {1: 91, 2: 10, 3: 3}
    assert allocate_sample({}, size=100) == {}


def test_how_many_answers_a_margin_takes() -> None:
    # Cochran's textbook numbers for 5 % at 95 %: 385 of very many, 278 of a thousand.
    assert needed_size(population=10_000_000, margin=0.05) == 385
    assert needed_size(population=1_000, margin=0.05) == 278
    assert needed_size(population=0, margin=0.05) == 0


def test_the_interval_is_wilsons_for_many_and_closes_when_everybody_answered() -> None:
    # Wilson 1927 for 81 of 263: Newcombe (1998), table I, method 3: 0.2553 to 0.3662.
    _, low, high = estimate_share(received_count=81, answered_count=263, population=10**9)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert estimate_share(received_count=9, answered_count=10, population=10)[1:] == pytest.approx((0.9, 0.9))
    assert estimate_share(received_count=0, answered_count=0, population=10) == (0.0, 0.0, 1.0)


def test_where_all_calls_agree_the_interval_stays_open() -> None:
    one = estimate_one(population=500, received_count=20, answered_count=20)

    assert one.share == 1.0
    assert 0.83 < one.low < 0.85
    assert one.margin == pytest.approx((one.high - one.low) / 2)


def test_together_each_answer_weighs_what_it_stands_for() -> None:
    large = estimate_one(population=900, received_count=45, answered_count=50)
    small = estimate_one(population=100, received_count=25, answered_count=50)
    silent = estimate_one(population=700, received_count=0, answered_count=0)

    together = estimate_all((large, small, silent))

    assert together.share == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert (together.population, together.answered_count) == (1000, 100)
    even = estimate_share(received_count=86, answered_count=100, population=1000)
    assert together.high - together.low > even[2] - even[1]
    assert estimate_all((silent,)).high == 1.0


def test_codes_of_near_deliveries_differ_and_have_four_digits() -> None:
    codes = [receipt_code(number) for number in range(1, 9001)]

    assert len(set(codes)) == 9000
    assert min(codes) == 1000
    assert max(codes) == 9999
