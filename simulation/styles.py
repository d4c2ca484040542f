"""How each charity keeps its list: what it asks, how it names the columns, and how its people type.

A style is drawn once per charity and then held to, as one office has one form and one keyboard.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from sakha.vocabulary.fact_names import FACTS, FactName, FactUnit
from sakha.vocabulary.headings import FIELD_HEADINGS, RecordField, guess_field
from sakha.vocabulary.money import MoneyUnit
from simulation.chance import chance
from simulation.facts import is_money

ROW_NUMBER = "ردیف"
T = TypeVar("T")


class Medium(StrEnum):
    """What kind of file it is."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_BOM = "csv with a byte order mark"
    CSV_SEMICOLON = "csv with semicolons"


class Digits(StrEnum):
    """Which digits its people type."""

    ASCII = "0123456789"
    PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
    ARABIC = "٠١٢٣٤٥٦٧٨٩"


class Dates(StrEnum):
    """How it writes dates."""

    JALALI = "jalali"
    TWO_DIGIT_YEAR = "two-digit year"
    TOGETHER = "eight digits"
    GREGORIAN = "gregorian"
    EXCEL = "date cells"
    YEAR_ONLY = "year only"


class Numbers(StrEnum):
    """How it keeps IDs and telephone numbers: number cells lose the leading zero."""

    TEXT = "text"
    NUMBER = "number"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds (None is the running number) and its heading."""

    holds: RecordField | FactName | None
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One charity's way of keeping its list."""

    medium: Medium
    lists_members: bool
    columns: tuple[Column, ...]
    title_rows: int
    digits: Digits
    dates: Dates
    numbers: Numbers
    arabic_letters: bool
    joint: str
    money: MoneyUnit
    monthly: bool
    yes_no: tuple[str, str]
    facts_on_every_row: bool
    honorific_share: float
    missing_share: float
    error_share: float


BASIC_FACTS = (FactName.HHSIZE, FactName.TENURE, FactName.RENT_PAID, FactName.DISABLED_COUNT)
USUAL_FACTS = (
    *BASIC_FACTS, FactName.HEAD_EDU_YEARS, FactName.WAGE_PRIVATE_ANNUAL, FactName.PENSION_ANNUAL, FactName.HAS_CAR,
    FactName.ROOMS, FactName.AREA_M2, FactName.N_STUDENTS, FactName.CHRONIC_ILLNESS_COUNT, FactName.N_EMPLOYED,
)  # fmt: skip
FULL_FACTS = (
    *USUAL_FACTS, FactName.HAS_MOTORCYCLE, FactName.HAS_FRIDGE_FREEZER, FactName.HAS_WASHING_MACHINE,
    FactName.HAS_COMPUTER, FactName.HAS_INTERNET, FactName.HAS_VACUUM, FactName.HAS_MICROWAVE, FactName.HAS_KITCHEN,
    FactName.HAS_BATHROOM,
    FactName.HAS_PIPED_GAS, FactName.ELECTRICITY_BILL, FactName.GAS_BILL, FactName.WATER_BILL, FactName.SELFEMP_ANNUAL,
    FactName.LOAN_TAKEN, FactName.HEALTH_COST_ANNUAL, FactName.N_HEALTH_INSURED, FactName.N_PENSION_INSURED,
    FactName.WAGE_PUBLIC_ANNUAL, FactName.MAX_EDU_YEARS, FactName.N_TERTIARY, FactName.HAS_DISHWASHER,
    FactName.HAS_SPLIT_AC,
)  # fmt: skip
ALWAYS = (RecordField.NATIONAL_ID, RecordField.MOBILE, RecordField.CASE_NUMBER)
OFTEN = (
    (RecordField.FATHER_NAME, 0.75),
    (RecordField.BIRTH_DATE, 0.85),
    (RecordField.GENDER, 0.5),
    (RecordField.COUNTY, 0.55),
    (RecordField.ADDRESS, 0.65),
    (RecordField.POSTAL_CODE, 0.2),
    (RecordField.REGISTERED_ON, 0.4),
    (RecordField.NOTE, 0.35),
    (RecordField.FIDA_CODE, 0.25),
)
YES_NO_WORDS = (("دارد", "ندارد"), ("بله", "خیر"), ("1", "0"), ("✓", "-"), ("بلی", "خیر"))


def make_styles(seed: int, capacities: list[int]) -> list[Style]:
    """Draw one style per charity; the larger ask more."""
    rng = chance(seed, "styles")
    middle = float(np.median(capacities))
    return [make_style(rng, large=capacity > middle) for capacity in capacities]


def make_style(rng: np.random.Generator, *, large: bool) -> Style:
    """Draw one style."""
    members = bool(rng.random() < (0.9 if large else 0.65))
    money = MoneyUnit.TOMAN if rng.random() < 0.6 else MoneyUnit.RIAL
    monthly = bool(rng.random() < 0.75)
    medium = pick(rng, (Medium.XLSX, 0.74), (Medium.CSV, 0.09), (Medium.CSV_BOM, 0.11), (Medium.CSV_SEMICOLON, 0.06))
    dates = pick(
        rng, (Dates.JALALI, 0.5), (Dates.TWO_DIGIT_YEAR, 0.12), (Dates.TOGETHER, 0.08), (Dates.GREGORIAN, 0.08),
        (Dates.EXCEL, 0.12), (Dates.YEAR_ONLY, 0.1),
    )  # fmt: skip
    return Style(
        medium=medium,
        lists_members=members,
        columns=draw_columns(rng, members=members, large=large, money=money, monthly=monthly),
        title_rows=int(rng.choice([0, 1, 2, 3], p=[0.45, 0.25, 0.2, 0.1])),
        digits=pick(rng, (Digits.ASCII, 0.55), (Digits.PERSIAN, 0.33), (Digits.ARABIC, 0.12)),
        dates=dates,
        numbers=pick(rng, (Numbers.TEXT, 0.55), (Numbers.NUMBER, 0.37), (Numbers.DASHED, 0.08)),
        arabic_letters=bool(rng.random() < 0.3),
        joint=pick(rng, ("\u200c", 0.3), (" ", 0.4), ("", 0.3)),
        money=money,
        monthly=monthly,
        yes_no=YES_NO_WORDS[int(rng.integers(len(YES_NO_WORDS)))],
        facts_on_every_row=bool(rng.random() < 0.35),
        honorific_share=float(rng.choice([0.0, 0.03, 0.3], p=[0.6, 0.3, 0.1])),
        missing_share=float(rng.choice([0.02, 0.05, 0.1], p=[0.5, 0.35, 0.15])),
        error_share=float(rng.choice([0.004, 0.01, 0.02], p=[0.5, 0.35, 0.15])),
    )


def pick(rng: np.random.Generator, *choices: tuple[T, float]) -> T:
    """Draw one of the choices by its share."""
    return choices[int(rng.choice(len(choices), p=[share for _, share in choices]))][0]


def draw_columns(
    rng: np.random.Generator, *, members: bool, large: bool, money: MoneyUnit, monthly: bool
) -> tuple[Column, ...]:
    """Draw which columns there are, their headings and their order."""
    names = [RecordField.FULL_NAME] if rng.random() < 0.12 else [RecordField.GIVEN_NAME, RecordField.FAMILY_NAME]
    persons = [*names, *ALWAYS, *(field for field, share in OFTEN if rng.random() < share)]
    if members:
        persons.append(RecordField.RELATION)
    facts = pick(
        rng,
        (BASIC_FACTS, 0.15 if large else 0.45),
        (USUAL_FACTS, 0.45),
        (FULL_FACTS, 0.4 if large else 0.1),
    )
    first = [Column(field, draw_heading(rng, field)) for field in persons]
    rest = [Column(fact, draw_fact_heading(rng, fact, money=money, monthly=monthly)) for fact in facts]
    if rng.random() < 0.4:
        rng.shuffle(first)
    if rng.random() < 0.5:
        rng.shuffle(rest)
    columns = [*first, *rest]
    if rng.random() < 0.7:
        columns.insert(0, Column(None, ROW_NUMBER))
    return tuple(columns)


def draw_heading(rng: np.random.Generator, field: RecordField) -> str:
    """Draw one of the Persian words that charities use, the usual ones more often."""
    words = [word for word in FIELD_HEADINGS[field] if not word.isascii() and guess_field(word) is field][:6]
    weights = 1 / np.arange(1, len(words) + 1) ** 1.5
    return str(rng.choice(words, p=weights / weights.sum()))


def draw_fact_heading(rng: np.random.Generator, fact: FactName, *, money: MoneyUnit, monthly: bool) -> str:
    """Draw a heading of a fact; money says its unit and, where it is not the fact's own, its time."""
    words = [word for word in FACTS[fact].headings if guess_field(word) is fact and not says_time(word)][:5]
    weights = 1 / np.arange(1, len(words) + 1)
    heading = str(rng.choice(words, p=weights / weights.sum()))
    if not is_money(fact):
        return heading
    unit = "تومان" if money is MoneyUnit.TOMAN else "ریال"
    if FACTS[fact].unit is FactUnit.RIAL_YEARLY:
        return f"{heading} {'ماهانه' if monthly else 'سالانه'} ({unit})"
    return f"{heading} ({unit})"


def says_time(heading: str) -> bool:
    """Tell whether a heading already says by which time its money is counted."""
    return any(word in heading for word in ("سالان", "سالیان", "ماهان", "ماهیان"))
