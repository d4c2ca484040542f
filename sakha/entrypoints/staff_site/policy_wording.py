"""A simulation in words: who moves, by how much, in which county, at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sakha.entrypoints.staff_site.table_files import Cell
from sakha.scoring.rules.policy_simulation import MOVE_BOUNDS, MovedGroup
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.places import COUNTIES

_DIMENSIONS = {
    "county": "شهرستان",
    "settlement": "شهر و روستا",
    "head": "سرپرست",
    "household_type": "نوع خانوار",
}
_CODES = {
    "U": "شهری", "R": "روستایی", "F": "زن", "M": "مرد", "AGED_ALONE": "سالمند تنها",
    "WOMAN_WITH_CHILD": "زن سرپرست با فرزند", "WITH_CHILD": "با فرزند", "ALONE": "یک‌نفره", "OTHER": "دیگر خانوارها",
}  # fmt: skip
_UNKNOWN = {"county": "شهرستان نامعلوم یا پوشیده", "settlement": "نامعلوم", "head": "نامعلوم"}
_BARS = len(MOVE_BOUNDS) + 1


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of households and what the change does to it."""

    dimension: str
    name: str
    household_count: int
    up_count: int
    down_count: int
    entered_count: int
    left_count: int
    cost: str
    missed: str


@dataclass(frozen=True, slots=True)
class BarColumn:
    """How many households move so far."""

    label: str
    count: int
    kind: str


@dataclass(frozen=True, slots=True)
class SimulationScreen:
    """The finding, four figures, the bars, the groups and the price."""

    finding: str
    sentences: tuple[str, ...]
    bars: tuple[BarColumn, ...]
    groups: tuple[tuple[str, tuple[GroupRow, ...]], ...]
    where: str


def show_simulation(kept: Mapping[str, Any]) -> SimulationScreen:
    """Put the kept figures of a simulation into words."""
    whole = MovedGroup(**kept["whole"])
    groups = [MovedGroup(**group) for group in kept["groups"]]
    end = _end_words(kept)
    by_dimension = tuple(
        (words, tuple(show_group(group) for group in groups if group.dimension == dimension))
        for dimension, words in _DIMENSIONS.items()
    )
    return SimulationScreen(
        finding=_finding(whole, end),
        sentences=(
            _moved_sentence(whole),
            _county_sentence(groups),
            _cost_sentence(whole),
            _price_sentence(whole, groups),
        ),
        bars=_bars(kept["bars"]),
        groups=by_dimension,
        where=f"{group_thousands(whole.household_count)} خانوار سنجیده‌شده",
    )


def show_group(group: MovedGroup) -> GroupRow:
    """One row of the table."""
    return GroupRow(
        dimension=_DIMENSIONS.get(group.dimension, "همه"),
        name=_name(group),
        household_count=group.household_count,
        up_count=group.up_count,
        down_count=group.down_count,
        entered_count=group.entered_count,
        left_count=group.left_count,
        cost=_signed_toman(group.cost_change_rial),
        missed=_change(group.missed_before, group.missed_after),
    )


def csv_rows(kept: Mapping[str, Any]) -> tuple[list[str], list[Sequence[Cell]]]:
    """Heads and figures for a spreadsheet, the whole first; ASCII digits, rial."""
    names = [name for name in MovedGroup.__dataclass_fields__ if name not in {"dimension", "code"}]
    groups = [MovedGroup(**kept["whole"]), *(MovedGroup(**group) for group in kept["groups"])]
    heads = ["dimension", "code", "name", *names]
    return heads, [
        [group.dimension, group.code, _name(group), *(getattr(group, name) for name in names)] for group in groups
    ]


def _finding(whole: MovedGroup, end: str) -> str:
    if whole.up_count == whole.down_count == whole.entered_count == whole.left_count == 0:
        return f"این تغییر در {end} جای هیچ خانواری را عوض نمی‌کند."
    entered, left = group_thousands(whole.entered_count), group_thousands(whole.left_count)
    return f"{entered} خانوار به {end} می‌آیند و {left} خانوار از آن بیرون می‌روند."


def _end_words(kept: Mapping[str, Any]) -> str:
    if kept.get("budget_rial"):
        return f"فهرست تا بودجهٔ {show_toman(kept['budget_rial'])}"
    return f"{group_thousands(kept['household_count'] or 0)} خانوار نخست فهرست"


def _moved_sentence(whole: MovedGroup) -> str:
    return (
        f"{group_thousands(whole.up_count)} خانوار بیش از یک درصد فهرست بالا می‌آیند و"
        f" {group_thousands(whole.down_count)} خانوار پایین می‌روند."
    )


def _county_sentence(groups: Sequence[MovedGroup]) -> str:
    counties = [group for group in groups if group.dimension == "county" and group.household_count]
    if not counties:
        return ""
    most = max(counties, key=lambda group: abs(group.entered_count - group.left_count))
    change = most.entered_count - most.left_count
    if not change:
        return "سهم هیچ شهرستانی از آغاز فهرست عوض نمی‌شود."
    words = "بیشتر" if change > 0 else "کمتر"
    return f"بزرگ‌ترین تغییر در {_name(most)} است: {group_thousands(abs(change))} خانوار {words} در آغاز فهرست."


def _cost_sentence(whole: MovedGroup) -> str:
    total = show_toman(whole.cost_after_rial)
    if not whole.cost_change_rial:
        return f"اندازهٔ همهٔ نیازها همان {total} می‌ماند."
    words = "بیشتر" if whole.cost_change_rial > 0 else "کمتر"
    return f"اندازهٔ همهٔ نیازها {show_toman(abs(whole.cost_change_rial))} {words} و {total} می‌شود."


def _price_sentence(whole: MovedGroup, groups: Sequence[MovedGroup]) -> str:
    parts = [
        f"{_CODES[group.code]} {_change(group.missed_before, group.missed_after)}"
        for group in groups
        if group.dimension == "settlement" and group.code in {"U", "R"}
    ]
    strata = f" ({'؛ '.join(parts)})" if parts else ""
    return (
        "بهای برش: از دو پنجم کم‌درآمد، "
        f"{_change(whole.missed_before, whole.missed_after)} جا می‌مانند{strata}؛ از راه‌یافتگان "
        f"{_change(whole.wrongly_before, whole.wrongly_after)} کم‌درآمد نیستند. هر دو برآورد سخاست."
    )


def _bars(counts: Sequence[int]) -> tuple[BarColumn, ...]:
    bounds = [persian_digits(abs(bound) // 10) for bound in MOVE_BOUNDS]
    labels = [f"بیش از {bounds[0]}", *(f"{bounds[place + 1]} تا {bounds[place]}" for place in range(3)), "همان‌جا"]
    labels += [f"{bounds[place]} تا {bounds[place + 1]}" for place in range(4, 7)] + [f"بیش از {bounds[7]}"]
    middle = _BARS // 2
    return tuple(
        BarColumn(label, count, "stop" if place < middle else "" if place > middle else "rest")
        for place, (label, count) in enumerate(zip(labels, counts, strict=True))
    )


def _name(group: MovedGroup) -> str:
    if not group.dimension:
        return "همهٔ خانوارها"
    if group.dimension == "county" and group.code in COUNTIES:
        return COUNTIES[group.code].name
    return _CODES.get(group.code) or _UNKNOWN.get(group.dimension, group.code)


def _signed_toman(rial: int) -> str:
    if not rial:
        return "بی‌تغییر"
    return f"{show_toman(abs(rial))} {'بیشتر' if rial > 0 else 'کمتر'}"


def _change(before: int, after: int) -> str:
    shown = _percent(before), _percent(after)
    return shown[0] if shown[0] == shown[1] else f"{shown[0]} ← {shown[1]}"


def _percent(per_mille: int) -> str:
    return f"{persian_digits(round(per_mille / 10))}٪"
