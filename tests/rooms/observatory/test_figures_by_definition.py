"""Every amount of every day equals its definition recomputed in plain loops from the raw rows of a random register."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

import psycopg
import pytest

from sakha.access.rules import SYSTEM, Scope
from sakha.observatory.actions import reckon_days
from sakha.observatory.queries import get_figures, get_lorenz, read_figures
from sakha.observatory.queries.daily import COUNTS, RATIOS
from sakha.observatory.rules import Place
from sakha.vocabulary.jalali import TEHRAN
from tests.ledger_cast import an_officer
from tests.rooms.observatory.random_register import FIRST, LAST, PROVINCES, fill_register
from tests.rooms.observatory.slow_figures import Amounts, Slow

_KEPT = """
    SELECT a.county, a.figure, a.breakdown, a.part, a.value FROM observatory_amount a
     WHERE a.reckoning_id = (SELECT id FROM observatory_reckoning
                              WHERE province = %s AND on_day <= %s ORDER BY on_day DESC LIMIT 1)"""
_GROUPS = {"SEX": ("0", "F", "M"), "SETTLEMENT": ("0", "RURAL", "URBAN"), "DISABILITY": ("0", "NO", "YES")}
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
AFTER = datetime.combine(LAST + timedelta(days=1), time(), TEHRAN)


def kept(owner: psycopg.Cursor, province: str, day: object) -> Amounts:
    return {tuple(row[:4]): row[4] for row in owner.execute(_KEPT, (province, day)).fetchall()}


def added_up(places: list[Amounts]) -> Amounts:
    whole: Counter[tuple[str, ...]] = Counter()
    for amounts in places:
        # bodies are read of their provinces
        whole.update({key: value for key, value in amounts.items() if not key[0] and key[2] != "BODY"})
    return {key: value for key, value in whole.items() if value}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_amount_of_every_day_is_what_its_definition_says(
    committed: None, owner_cursor: psycopg.Cursor, seed: int
) -> None:
    fill_register(owner_cursor, seed)
    done = reckon_days(actor=SYSTEM, at=AFTER, first=FIRST, last=LAST)

    slow = Slow(owner_cursor)
    assert {one.province for one in done} == set(PROVINCES)
    for day in DAYS:
        assert kept(owner_cursor, "", day) == added_up([slow.amounts(province, day) for province in PROVINCES]), day
    seen: set[str] = set()
    groups: set[tuple[str, str]] = set()
    for province in PROVINCES:
        for day in DAYS:
            expected = slow.amounts(province, day)
            differing = kept(owner_cursor, province, day).items() ^ expected.items()
            assert sorted(differing)[:8] == [], (province, day)
            seen |= {figure for _, figure, _, _ in expected}
            groups |= {(by, part) for _, _, by, part in expected if by in _GROUPS}
    assert seen == {one.code for one in COUNTS}, "the register has something of every figure"
    assert groups == {(by, part) for by, parts in _GROUPS.items() for part in parts}, "and of every group"

    wholes = [slow.amounts(province, LAST) for province in PROVINCES]
    nation = get_figures(actor=an_officer(Scope.NATION), place=Place(), on=LAST)
    for one in COUNTS:
        assert nation[one.code].value == sum(whole.get(("", one.code, "", ""), 0) for whole in wholes)
    for one in RATIOS:
        over, under = nation[one.over].value or 0, sum(nation[code].value or 0 for code in one.under)
        assert nation[one.code].value == int(100 * over / under + 0.5)
    waited = [
        (int(part), count)
        for whole in wholes
        for (county, figure, by, part), count in whole.items()
        if (county, figure, by) == ("", "FIRST_HELP", "DAYS")
    ]
    days = sorted(day for day, count in waited for _ in range(count))
    assert nation["WAITING_DAYS"].value == days[(len(days) - 1) // 2]
    live = {province: read_figures(actor=SYSTEM, province=province) for province in PROVINCES}
    for province, whole in zip(PROVINCES, wholes, strict=True):
        for code in ("FOUND", "INTRODUCED", "GRIEVANCES_BROUGHT", "NEEDS_OPENED"):
            assert live[province][code].value >= whole.get(("", code, "", ""), 0), "these only grow"


def test_the_spread_of_a_histogram_is_near_that_of_the_amounts(committed: None, owner_cursor: psycopg.Cursor) -> None:
    fill_register(owner_cursor, 3)
    reckon_days(actor=SYSTEM, at=AFTER, first=LAST, last=LAST)
    officer = an_officer(Scope.NATION)

    spread = get_lorenz(actor=officer, place=Place("30"), on=LAST)

    slow = Slow(owner_cursor)
    slow.amounts("30", LAST)
    assert spread.points[-1] == (1.0, 1.0)
    assert spread.gini == pytest.approx(slow.gini(), abs=0.05)


def test_a_changed_day_is_seen_by_the_comparison(committed: None, owner_cursor: psycopg.Cursor) -> None:
    fill_register(owner_cursor, 1, households=12)
    reckon_days(actor=SYSTEM, at=AFTER, first=LAST, last=LAST)
    owner_cursor.execute("UPDATE ledger_hold SET county = '2301' WHERE province = '30' AND status = 2")

    assert kept(owner_cursor, "30", LAST).items() ^ Slow(owner_cursor).amounts("30", LAST).items()
