"""The 31 provinces and their counties: codes, names, and finding one by whatever spelling a form carries.

Decides nothing about who may see a place; that is access. The table is `places.csv`, beside this module.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from sakha.vocabulary.persian_text import match_key, sort_key


@dataclass(frozen=True, slots=True)
class Province:
    """A province; its code is the Statistical Centre's, two digits."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class County:
    """A county; its code is four digits, of which the first two are the province's."""

    code: str
    province_code: str
    name: str
    name_en: str


_PROVINCE_DIGITS: Final = 2


def _read_rows() -> list[dict[str, str]]:
    text = files("sakha.vocabulary").joinpath("places.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _province(row: dict[str, str]) -> Province:
    return Province(row["code"], row["name"], row["name_en"])


def _county(row: dict[str, str]) -> County:
    return County(row["code"], row["code"][:_PROVINCE_DIGITS], row["name"], row["name_en"])


def _codes_by_key(rows: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        for name in (row["name"], row["name_en"], row["code"], *filter(None, row["also"].split("|"))):
            found[match_key(name)][row["code"]] = None
    return {key: tuple(codes) for key, codes in found.items()}


_ROWS: Final = _read_rows()
_PROVINCE_ROWS: Final = [row for row in _ROWS if len(row["code"]) == _PROVINCE_DIGITS]
_COUNTY_ROWS: Final = [row for row in _ROWS if len(row["code"]) > _PROVINCE_DIGITS]

PROVINCES: Final[dict[str, Province]] = {row["code"]: _province(row) for row in _PROVINCE_ROWS}
COUNTIES: Final[dict[str, County]] = {row["code"]: _county(row) for row in _COUNTY_ROWS}

_PROVINCES_BY_KEY: Final = _codes_by_key(_PROVINCE_ROWS)
_COUNTIES_BY_KEY: Final = _codes_by_key(_COUNTY_ROWS)


def find_province(text: str) -> Province | None:
    """Find a province by its name in any spelling, with or without «استان», or by its code."""
    codes = _codes_of(text, _PROVINCES_BY_KEY, "استان", "province")
    return PROVINCES[codes[0]] if len(codes) == 1 else None


def find_county(text: str, province_code: str | None = None) -> County | None:
    """Find a county by name, with or without «شهرستان», or by code; a name that several provinces share needs one."""
    codes = _codes_of(text, _COUNTIES_BY_KEY, "شهرستان", "county")
    if province_code is not None:
        codes = tuple(code for code in codes if code.startswith(province_code))
    return COUNTIES[codes[0]] if len(codes) == 1 else None


@cache
def counties_of(province_code: str) -> tuple[County, ...]:
    """List the counties of a province in the alphabet's order."""
    own = (county for county in COUNTIES.values() if county.province_code == province_code)
    return tuple(sorted(own, key=lambda county: sort_key(county.name)))


def _codes_of(text: str, by_key: dict[str, tuple[str, ...]], prefix: str, suffix: str) -> tuple[str, ...]:
    # The whole name first: «آستانه اشرفیه» begins like the word for province.
    key = match_key(text)
    return by_key.get(key) or by_key.get(key.removeprefix(prefix).removesuffix(suffix), ())
