"""Worse off never comes later."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sakha.scoring.rules.needs import AssessedNeed
from sakha.scoring.rules.priority import DRAW_PRIME, PriorityWeights, measure_priority, parse_priority
from sakha.vocabulary.need_kinds import NeedKind
from tests.rules.scoring.test_needs import WEIGHTS, WEIGHTS_TEXT

FLAGS = ("is_with_disabled", "is_aged_alone", "is_woman_with_child", "is_with_orphan", "is_with_under_six")


def random_weights(chance: Random) -> PriorityWeights:
    text = WEIGHTS_TEXT
    for line in text.splitlines():
        name, sign, value = line.partition(" = ")
        if sign and value.isdigit() and name != "version":
            text = text.replace(line, f"{name} = {chance.randrange(1, 40)}")
    return parse_priority(text)


def random_household(chance: Random) -> tuple[dict[str, int | None], list[AssessedNeed], int]:
    row: dict[str, int | None] = {flag: chance.choice([None, 0, 1]) for flag in FLAGS}
    row |= {
        "waiting_days": chance.randrange(900),
        "aid_year_rial": chance.choice([0, 10**6, 10**9, 10**11]),
        "price_poverty_line_20": 57_000_000,
        "equivalent_size": chance.choice([None, 100, 410]),
    }
    kinds = chance.sample(list(NeedKind), chance.randrange(6))
    needs = [AssessedNeed(kind, chance.choice([1, 2, 3]), 100, 100, 0, chance.choice([0, 50, 100])) for kind in kinds]
    return row, needs, chance.randrange(5_570_000)


def priority(weights: PriorityWeights, row: dict[str, int | None], needs: list[AssessedNeed], gap: int) -> int:
    return measure_priority(weights, row, needs, gap_rial=gap, line_rial=5_570_000)


def test_worse_off_never_gets_less_priority_whatever_the_weights() -> None:
    chance = Random(17)
    for _ in range(1_500):
        weights = random_weights(chance)
        row, needs, gap = random_household(chance)
        now = priority(weights, row, needs, gap)
        unused = next(kind for kind in NeedKind if kind not in {need.kind for need in needs})
        worse = [
            (row, needs, gap + chance.randrange(3_000_000)),
            (row, [*needs, AssessedNeed(unused, chance.choice([1, 2, 3]), 5)], gap),
            (row, [replace(need, severity=3) for need in needs], gap),
            (row, [replace(need, given=0) for need in needs], gap),
            (row | {chance.choice(FLAGS): 1}, needs, gap),
            (row | {"waiting_days": (row["waiting_days"] or 0) + 100}, needs, gap),
            (row | {"aid_year_rial": (row["aid_year_rial"] or 0) // 2}, needs, gap),
        ]
        for changed in worse:
            assert priority(weights, *changed) >= now, (weights, changed)


def test_equal_points_are_drawn_by_a_published_word() -> None:
    lots = [WEIGHTS.draw_of(number) for number in range(1, 5_001)]

    assert len(set(lots)) == 5_000
    assert all(0 <= lot < DRAW_PRIME for lot in lots)
    other = parse_priority(WEIGHTS_TEXT.replace("sakha-1405", "another word"))
    assert sorted(range(5_000), key=lots.__getitem__) != sorted(range(5_000), key=lambda n: other.draw_of(n + 1))
    half = sum(lots[:2_500]) / sum(lots)
    assert 0.45 < half < 0.55, "who registered first is not drawn first"
