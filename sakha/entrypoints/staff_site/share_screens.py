"""What the pages of fair shares say of one run: how fair it is by place and tier, and answers about one need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sakha.giving.queries.proposals import ProposalCard
from sakha.giving.queries.share_answers import MoreHere, NeedAfter, WhyNot
from sakha.giving.rules.pool_policy import PoolTerms
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES

_CONDITIONS = {
    "place": "جا",
    "category": "گونهٔ نیاز",
    "types": "گونهٔ خانوار",
    "deprived": "سهم استان‌های محروم",
    "poor_body": "سهم خانوارهای خیریه‌های کم‌توان",
}
# The tables of a run that may be taken along as files.
FIGURE_TABLES = ("places", "tiers", "lorenz")


@dataclass(frozen=True, slots=True, kw_only=True)
class FillLine:
    """A place or tier: what is lacking there, what it gets, and how well it is covered before and after."""

    name: str
    need: str
    need_share: str
    given: str
    given_share: str
    before: str
    after: str
    lowest: str


def show_percent(share: float) -> str:
    """A share in hundredths."""
    return f"{persian_digits(round(share * 100))}٪"


def show_place(code: str) -> str:
    """A county's or province's name; an empty code is the whole country."""
    if code in COUNTIES:
        return COUNTIES[code].name
    return PROVINCES[code].name if code in PROVINCES else "همهٔ کشور"


def show_fills(rows: Sequence[dict[str, Any]], *, is_tier: bool = False) -> list[FillLine]:
    """Fill against need: of all that is lacking and of all that is given, how much is there."""
    need = max(sum(one["amount"] - one["already"] for one in rows), 1)
    given = max(sum(one["given"] for one in rows), 1)
    return [
        FillLine(
            name=f"ردهٔ {persian_digits(one['name'])}" if is_tier else show_place(one["name"]),
            need=show_toman(one["amount"] - one["already"]),
            need_share=show_percent((one["amount"] - one["already"]) / need),
            given=show_toman(one["given"]),
            given_share=show_percent(one["given"] / given),
            before=show_percent(one["already"] / max(one["amount"], 1)),
            after=show_percent(one["fill"]),
            lowest=show_percent(one["lowest"]),
        )
        for one in rows
    ]


def show_curve(effect: dict[str, Any]) -> dict[str, Any]:
    """The Lorenz curve with and without the shares, as a picture and as a table."""
    points = effect["lorenz"]
    return {
        "after": [(x, two) for x, _, two in points],
        "before": [(x, one) for x, one, _ in points],
        "rows": [(show_percent(x), show_percent(one), show_percent(two)) for x, one, two in points[::2]],
    }


def figure_rows(effect: dict[str, Any], table: str) -> tuple[list[str], list[list[str | int | float]]]:
    """Heads and rows of one table of a run, with rials and shares as they were reckoned."""
    if table == "lorenz":
        return ["share_of_needs", "before", "after"], [list(row) for row in effect["lorenz"]]
    rows = effect["provinces" if table == "places" else "tiers"]
    heads = ["name", "title", "need_count", "amount_rial", "already_rial", "given_rial", "fill_before", "fill_after"]
    return [*heads, "lowest_after"], [
        [
            one["name"],
            show_place(one["name"]) if table == "places" else "",
            one["need_count"],
            one["amount"],
            one["already"],
            one["given"],
            round(one["already"] / max(one["amount"], 1), 4),
            round(one["fill"], 4),
            round(one["lowest"], 4),
        ]
        for one in rows
    ]


def show_effect(effect: dict[str, Any]) -> list[tuple[str, str, str]]:
    """A run's figures: name, before, after."""
    more = "، ".join(
        f"{NEED_KINDS[NeedKind(int(kind))].name}: {show_toman(rial)}" for kind, rial in effect["more_kinds"].items()
    )
    return [
        ("نابرابری پوشش (جینی)", show_percent(effect["gini_before"]), show_percent(effect["gini_after"])),
        ("کمترین پوشش", show_percent(effect["lowest_before"]), show_percent(effect["lowest_after"])),
        ("نیازهایی که سهم می‌گیرند", "", persian_digits(effect["served_count"])),
        ("نیازهای کامل‌شده", "", persian_digits(effect["full_count"])),
        ("پولی که شرطش به نیازی نمی‌رسد", "", show_toman(effect["unspent"])),
        ("یک میلیون تومان دیگر", "", f"{persian_digits(effect['more_count'])} نیاز. {more}"),
    ]


def show_set_aside(card: ProposalCard) -> list[tuple[str, str]]:
    """What the policy kept of free money, and how much of it its needs could take."""
    names = ("برای استان‌های محروم", "برای خانوارهای خیریه‌های کم‌توان")
    return [
        (name, f"{show_toman(one['used'])} از {show_toman(one['kept'])} کنارگذاشته")
        for name, one in zip(names, card.effect.get("set_aside", ()), strict=False)
        if one["kept"]
    ]


def show_terms(terms: PoolTerms) -> str:
    """A version of the policy in one sentence."""
    parts = []
    if terms.deprived_mille:
        places = "، ".join(PROVINCES[code].name for code in terms.deprived_provinces)
        parts.append(f"{persian_digits(terms.deprived_mille)} در هزارِ پول آزاد برای {places}")
    if terms.poor_mille:
        parts.append(
            f"{persian_digits(terms.poor_mille)} در هزار برای خانوارهای خیریه‌هایی که کمتر از"
            f" {persian_digits(terms.poor_below_mille)} در هزارِ نیازهای بازشان پوشیده است"
        )
    return "؛ ".join(parts) or "قاعدهٔ سهم عادلانه و بس"


def show_why(told: WhyNot, more: MoreHere) -> dict[str, object]:
    """Why not more, why that one, and what one more million rial would do here."""
    names = sorted({_CONDITIONS.get(one, "شرط بخشنده") for refusals in told.refusals for one in refusals})
    return {
        "name": _name(told.asking),
        "payable": persian_digits(told.payable_count),
        "tier": persian_digits(told.asking.tier),
        "fill": show_percent(told.asking.fill),
        "is_spent": told.payable_count > 0,
        "conditions": "، ".join(names),
        "other": _name(told.other),
        "other_fill": show_percent(told.other.fill),
        "other_tier": persian_digits(told.other.tier),
        "more_count": persian_digits(more.need_count),
        "more_rial": show_toman(more.rial) if more.rial else "",
        "more_lowest": f"{show_percent(more.lowest_before)} ← {show_percent(more.lowest_after)}",
    }


def _name(need: NeedAfter) -> str:
    return f"{NEED_KINDS[need.kind].name}، {show_place(need.county)}"
