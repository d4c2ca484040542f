"""What things cost and where poverty begins, by place and day: dated rows with their source, never constants.

Decides which row counts on a day and what it comes to in a province; where the rows are kept is left to the tables.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from sqlglot import exp

from sakha.scoring.rules.card import PER_MILLE, PROVINCE_DIGITS, Card
from sakha.scoring.rules.needs_language import NUMBER_MAX, PRICE_PREFIX
from sakha.vocabulary.jalali import jalali_year
from sakha.vocabulary.refusal import Refusal

NATION: Final = ""
LEVEL: Final = "level"  # per mille of the nation's prices; multiplies the rows that follow the place
LINES: Final = ("poverty_line_20", "poverty_line_40")


class PricesInvalid(Refusal):
    """Rows of prices that can't be used."""

    code: ClassVar[str] = "PRICES_INVALID"
    sentence: ClassVar[str] = "ردیف قیمت درست نیست: {reason}"


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price from a day until another, of the nation or of one province."""

    name: str
    province: str
    amount: int
    follows_place: bool
    valid_from: date
    valid_to: date | None
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one day. `places` has those provinces that differ from the nation."""

    on: date
    nation: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]

    @property
    def names(self) -> frozenset[str]:
        """What has a price."""
        return frozenset(name for name, _ in self.nation)

    def at_place(self, county: object) -> dict[str, int]:
        """The prices of a county's province as columns of a row."""
        found = dict(self.nation)
        if isinstance(county, str):
            found |= dict(dict(self.places).get(county[:PROVINCE_DIGITS], ()))
        return {PRICE_PREFIX + name: amount for name, amount in found.items()}

    def tree(self, name: str) -> exp.Expression:
        """One price as SQL over `county`."""
        province = exp.Substring(
            this=exp.column("county"), start=exp.Literal.number(1), length=exp.Literal.number(PROVINCE_DIGITS)
        )
        by_amount: dict[int, list[str]] = defaultdict(list)
        nation = dict(self.nation)[name]
        for place, amounts in self.places:
            amount = dict(amounts).get(name, nation)
            if amount != nation:
                by_amount[amount].append(place)
        tree = exp.Case()
        for amount, places in sorted(by_amount.items()):
            tree = tree.when(province.copy().isin(*sorted(places), copy=False), exp.Literal.number(amount), copy=False)
        chosen = tree.else_(exp.Literal.number(nation), copy=False) if by_amount else exp.Literal.number(nation)
        return exp.cast(chosen, "bigint")

    def columns_sql(self, names: Iterable[str], dialect: str) -> dict[str, str]:
        """The named prices as columns over `county`."""
        return {PRICE_PREFIX + name: self.tree(name).sql(dialect=dialect) for name in sorted(names)}


def prices_on(rows: Iterable[PriceRow], *, on: date, card: Card) -> PriceList:
    """The prices of a day: the row valid then, else the last that was, carried by the index of consumer prices.

    A province's own row comes before the nation's; the nation's follows the province's price level where it says so.
    """
    counting = _counting_rows(rows, on)
    levels = {province: row.amount for (name, province), row in counting.items() if name == LEVEL}
    nation = {name: row for (name, province), row in counting.items() if province == NATION and name != LEVEL}
    carried = {key: _carry(row, on=on, card=card) for key, row in counting.items()}
    places: dict[str, dict[str, int]] = defaultdict(dict)
    for province, level in levels.items():
        for name, row in nation.items():
            if row.follows_place:
                places[province][name] = carried[name, NATION] * level // PER_MILLE
    for (name, province), amount in carried.items():
        if province != NATION and name != LEVEL:
            places[province][name] = amount
    return PriceList(
        on=on,
        nation=tuple(sorted((name, carried[name, NATION]) for name in nation)),
        places=tuple((province, tuple(sorted(amounts.items()))) for province, amounts in sorted(places.items())),
    )


def parse_prices(text: str) -> tuple[PriceRow, ...]:
    """Read the rows of a shipped or handed-in document of prices."""
    try:
        content = tomllib.loads(text)
        rows = [_build_row(one, content) for one in content["prices"]]
        levels = content.get("levels", {})
        rows += [
            PriceRow(
                name=LEVEL,
                province=province,
                amount=level,
                follows_place=False,
                valid_from=content["valid_from"],
                valid_to=None,
                label="سطح قیمت استان",
                source=content["levels_source"],
            )
            for province, level in levels.items()
        ]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise PricesInvalid(field="document", reason=f"{type(error).__name__}: {error}") from error
    return tuple(rows)


def _build_row(one: Mapping[str, object], content: Mapping[str, object]) -> PriceRow:
    amount, since = one["rial"], one.get("valid_from", content["valid_from"])
    until = one.get("valid_to")
    if not isinstance(amount, int) or not 0 < amount <= NUMBER_MAX or not isinstance(since, date):
        raise ValueError(f"{one['name']}: a whole number of rial above zero, and a day")
    if until is not None and (not isinstance(until, date) or until < since):
        raise ValueError(f"{one['name']}: ends before it begins")
    return PriceRow(
        name=str(one["name"]),
        province=str(one.get("province", NATION)),
        amount=amount,
        follows_place=bool(one.get("follows_place", False)),
        valid_from=since,
        valid_to=until,
        label=str(one["label"]),
        source=str(one["source"]),
    )


def _counting_rows(rows: Iterable[PriceRow], on: date) -> dict[tuple[str, str], PriceRow]:
    counting: dict[tuple[str, str], PriceRow] = {}
    for row in sorted(rows, key=lambda one: one.valid_from):
        if row.valid_from <= on:
            counting[row.name, row.province] = row
    return counting


def _carry(row: PriceRow, *, on: date, card: Card) -> int:
    if row.valid_to is None or on <= row.valid_to or row.name == LEVEL:
        return row.amount
    return row.amount * card.price_factor(jalali_year(on)) // card.price_factor(jalali_year(row.valid_to))
