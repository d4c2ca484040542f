"""What each bank that speaks JSON says of a person: its fields, read for many lines at once."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np

from simulation.chance import Ints
from simulation.data_banks.catalogue import Bank
from simulation.data_banks.known import NO_DAY, NOBODY, Known
from simulation.people import EPOCH, PILOT_ON

Subject: TypeAlias = dict[str, Any]
Fields: TypeAlias = dict[str, Any]
TURNOVERS = ("NONE", "LOW", "MIDDLE", "HIGH", "VERY_HIGH")
FIDA_FROM = 100_000_000_000
# Of so many lines the operators can't tell whose they are.
UNAVAILABLE_EVERY = 97


def find_lines(known: Known, bank: Bank, subjects: Sequence[Subject]) -> Ints:
    """Give the line of each subject in this bank, NOBODY where it has no entry."""
    texts = [str(subject[bank.asked_by]) for subject in subjects]
    if bank.asked_by == "postal_code":
        return known.find_postal(texts)
    lines = known.find(texts)
    foreign = known.number[lines] >= FIDA_FROM
    if bank.asked_by == "fida_code":
        return np.where(foreign, lines, NOBODY)
    return np.where(foreign & (bank.asked_by == "national_id"), NOBODY, lines)


def fields_of(known: Known, bank: Bank, lines: Ints, subjects: Sequence[Subject]) -> list[Fields]:
    """Give the fields of each line."""
    if bank.name == "mobile_ownership":
        return mobile_ownership(known, lines, subjects)
    return READERS[bank.name](known, lines)


def observed_days(known: Known, bank: Bank, lines: Ints) -> list[str]:
    """Give the day of which the values speak; only the decile is older than the day before the pilot's day."""
    if bank.name == "welfare_decile":
        return [show_day(day) for day in known.take("decile_on", lines)]
    return [(PILOT_ON - timedelta(days=1)).isoformat()] * len(lines)


def show_day(day: int) -> str:
    """Write a day counted from 1970."""
    return (EPOCH + timedelta(days=day)).isoformat()


def show_known_day(day: int) -> str | None:
    """Write a day, or nothing where there is none."""
    return None if day == NO_DAY else show_day(day)


def read_day(text: str) -> int:
    """Count the days since 1970."""
    return (date.fromisoformat(text) - EPOCH).days


def mobile_ownership(known: Known, lines: Ints, subjects: Sequence[Subject]) -> list[Fields]:
    """Say whether a telephone stands in the person's own name."""
    asked = [int(str(subject.get("mobile", "")).removeprefix("+98") or 0) for subject in subjects]
    mobiles, owners, own = (known.take(name, lines) for name in ("mobile", "mobile_owner", "identifier"))
    words = []
    for number, mobile, owner, identifier in zip(asked, mobiles, owners, own, strict=True):
        if number % UNAVAILABLE_EVERY == 0:
            words.append("UNAVAILABLE")
        else:
            words.append("MATCH" if number == mobile and owner == identifier else "MISMATCH")
    return [{"ownership": word} for word in words]


def _plain(**names: str) -> Callable[[Known, Ints], list[Fields]]:
    """Make a reader that only renames columns."""

    def read(known: Known, lines: Ints) -> list[Fields]:
        columns = [known.take(name, lines) for name in names.values()]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    return read


def _decile(known: Known, lines: Ints) -> list[Fields]:
    return [{"decile": value or None} for value in known.take("official_decile", lines)]


def _vehicles(known: Known, lines: Ints) -> list[Fields]:
    columns = (known.take(name, lines) for name in ("car_count", "motorcycle_count", "car_year"))
    return [
        {"car_count": cars, "motorcycle_count": motorcycles} | ({"newest_model_year": year} if year else {})
        for cars, motorcycles, year in zip(*columns, strict=True)
    ]


def _turnover(known: Known, lines: Ints) -> list[Fields]:
    columns = (known.take(name, lines) for name in ("turnover_class", "interest_annual"))
    return [
        {"turnover_class": TURNOVERS[level], "interest_annual": interest}
        for level, interest in zip(*columns, strict=True)
    ]


def _subsidy(known: Known, lines: Ints) -> list[Fields]:
    names = ("subsidy_size", "is_head", "subsidy_monthly", "household_no", "subsidy_household")
    columns = (known.take(name, lines) for name in names)
    return [
        {"household_size": size, "is_head": bool(head or lived != drawn), "monthly_amount": amount}
        for size, head, amount, lived, drawn in zip(*columns, strict=True)
    ]


def _postal(known: Known, lines: Ints) -> list[Fields]:
    columns = (known.take(name, lines) for name in ("place", "county", "house"))
    return [
        {"address": f"البرز، {place}، کوچهٔ یکم، پلاک {house}", "province": county[:2], "county": county}
        for place, county, house in zip(*columns, strict=True)
    ]


def _foreigners(known: Known, lines: Ints) -> list[Fields]:
    columns = (known.take(name, lines) for name in ("residence_status", "permit_ends_on", "died_on"))
    return [
        {"residence_status": status, "permit_ends_on": show_known_day(ends), "is_alive": died == NO_DAY}
        for status, ends, died in zip(*columns, strict=True)
    ]


READERS: dict[str, Callable[[Known, Ints], list[Fields]]] = {
    "welfare_decile": _decile,
    "vehicles": _vehicles,
    "wage_pension": _plain(
        wage_public_annual="wage_public_annual",
        wage_private_annual="wage_private_annual",
        pension_annual="pension_annual",
    ),
    "subsidy_household": _subsidy,
    "bank_turnover": _turnover,
    "property": _plain(dwelling_count="dwelling_count", property_count="property_count"),
    "insurance": _plain(health_insured="health_insured", pension_insured="pension_insured"),
    "postal_address": _postal,
    "foreigners": _foreigners,
}
