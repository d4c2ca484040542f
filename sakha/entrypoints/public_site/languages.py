"""The public pages' two languages: how numbers, days, places and kinds are written in each. Decides no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sakha.coordination.rules.grievances import KIND_WORDS, GrievanceKind
from sakha.entrypoints.public_site.english import FACTS_EN, GRIEVANCES_EN, KINDS_EN, MONTHS_EN
from sakha.observatory.queries.part_names import part_name
from sakha.observatory.rules import Breakdown
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import month_name, show_date, to_jalali
from sakha.vocabulary.money import show_toman_rounded, toman
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES

_PROVINCE_DIGITS: Final = 2
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code, its direction, and the few words that every table needs."""

    code: str
    direction: str
    words: Mapping[str, str]

    @property
    def is_persian(self) -> bool:
        """Whether it is the first language of the house."""
        return self.code == "fa"

    def number(self, count: int) -> str:
        """A whole number with its thousands apart."""
        return group_thousands(count) if self.is_persian else f"{count:,}"

    def digits(self, shown: str | int) -> str:
        """What is written in digits, with nothing between them."""
        return persian_digits(shown) if self.is_persian else str(shown)

    def points(self, count: int) -> str:
        """Points with their sign, which stands before them in both directions."""
        shown = f"{count:+d}".replace("-", "\N{MINUS SIGN}") if count else "0"
        # the mark keeps the sign before its digits where the line is read from the right
        return f"\N{LEFT-TO-RIGHT MARK}{self.digits(shown)}" if self.is_persian else shown

    def told(self, count: int | None) -> str:
        """A number of a table in which some are hidden."""
        return self.words["hidden"] if count is None else self.number(count)

    def money(self, rial: int) -> str:
        """An amount as people say it."""
        if self.is_persian:
            return show_toman_rounded(rial)
        whole = toman(rial)
        return f"{whole:,} toman" if whole < _MILLION else f"{whole / _MILLION:,.1f} million toman".replace(".0 ", " ")

    def day(self, on: date) -> str:
        """A day; in English with the calendar of the country beside the other."""
        if self.is_persian:
            return show_date(on)
        year, month, day = to_jalali(on)
        return f"{on.day} {on:%B %Y} ({day} {MONTHS_EN[month - 1]} {year})"

    def month(self, month: int) -> str:
        """A Jalali month."""
        return month_name(month) if self.is_persian else f"{MONTHS_EN[month % 100 - 1]} {month // 100}"

    def place(self, code: str) -> str:
        """A nation, a province, a county, or those of a province whose county nobody told."""
        if not code:
            return self.words["nation"]
        found = PROVINCES.get(code) if len(code) == _PROVINCE_DIGITS else COUNTIES.get(code)
        if found is None:
            return self.words["county_unknown"]
        return found.name if self.is_persian else found.name_en

    def kind(self, kind: NeedKind) -> str:
        """A kind of need."""
        return NEED_KINDS[kind].name if self.is_persian else KINDS_EN[kind]

    def fact(self, name: str) -> str:
        """A fact about a household, what the model derives of facts, or what else was objected to."""
        return part_name(Breakdown.FACT, name) if self.is_persian else FACTS_EN.get(name, name)

    def matter(self, kind: GrievanceKind) -> str:
        """What people brought."""
        return KIND_WORDS[kind] if self.is_persian else GRIEVANCES_EN[kind]


PERSIAN: Final = Language("fa", "rtl", {"hidden": "پنهان", "nation": "سراسر کشور", "county_unknown": "شهرستان نامعلوم"})
ENGLISH: Final = Language(
    "en", "ltr", {"hidden": "hidden", "nation": "Whole country", "county_unknown": "County unknown"}
)
