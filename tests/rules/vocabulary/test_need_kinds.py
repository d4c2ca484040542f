from datetime import date

import lucide
import pytest

from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedPeriod, NeedUnit, show_quantity
from sakha.vocabulary.periods import ONCE, period_bounds, period_of, show_period

NUMBERS = {
    "FOOD": 1, "CASH": 2, "HEALTH": 3, "RENT": 4, "DWELLING": 5, "EDUCATION": 6, "DISABILITY": 7, "WORK": 8, "DOWRY": 9,
    "DEBT": 10, "HOME_GOODS": 11, "ORPHAN": 12, "SHOCK": 13,
}  # fmt: skip


def test_stored_numbers_never_change() -> None:
    assert {kind.name: kind.value for kind in NeedKind} == NUMBERS


def test_every_kind_is_described_once() -> None:
    assert list(NEED_KINDS) == list(NeedKind)
    assert len({facts.name for facts in NEED_KINDS.values()}) == len(NeedKind)
    assert all(facts.kind is kind for kind, facts in NEED_KINDS.items())


@pytest.mark.parametrize("kind", NeedKind)
def test_facts_of_a_kind_are_sensible(kind: NeedKind) -> None:
    facts = NEED_KINDS[kind]

    assert facts.standard_target >= (1_000_000 if facts.unit is NeedUnit.RIAL else 1)
    assert facts.hold_hours == 72
    assert lucide._load_icon(facts.icon) is not None


def test_an_icon_that_the_set_lacks_is_found() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        lucide._load_icon("no-such-icon")


def test_only_what_can_not_be_shared_rolls() -> None:
    rolling = {kind for kind, facts in NEED_KINDS.items() if facts.rolling_days is not None}

    assert rolling == {NeedKind.FOOD}
    assert NEED_KINDS[NeedKind.FOOD].rolling_days == 30
    assert all(NEED_KINDS[kind].standard_target == 1 for kind in rolling)


def test_quantity_is_shown_with_its_unit() -> None:
    assert show_quantity(NeedKind.FOOD, 2) == "۲ بسته"
    assert show_quantity(NeedKind.CASH, 14_000_000) == "۱٬۴۰۰٬۰۰۰ تومان"
    assert show_quantity(NeedKind.HOME_GOODS, 1) == "۱ قلم"


@pytest.mark.parametrize("kind", NeedKind)
def test_a_day_falls_in_the_period_of_its_kind(kind: NeedKind) -> None:
    expected = {NeedPeriod.MONTHLY: 140508, NeedPeriod.YEARLY: 1405, NeedPeriod.ONCE: ONCE}

    assert period_of(kind, date(2026, 11, 3)) == expected[NEED_KINDS[kind].period]


def test_the_year_turns_at_nowruz() -> None:
    assert period_of(NeedKind.FOOD, date(2026, 3, 20)) == 140412
    assert period_of(NeedKind.FOOD, date(2026, 3, 21)) == 140501
    assert period_of(NeedKind.HEALTH, date(2026, 3, 20)) == 1404


def test_periods_have_bounds_and_names() -> None:
    assert period_bounds(140508) == (date(2026, 10, 23), date(2026, 11, 21))
    assert period_bounds(1405) == (date(2026, 3, 21), date(2027, 3, 20))
    assert period_bounds(ONCE) is None
    assert [show_period(period) for period in (140508, 1405, ONCE)] == ["آبان ۱۴۰۵", "سال ۱۴۰۵", "یک بار"]
