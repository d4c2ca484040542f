"""A card as SQL for PostgreSQL, DuckDB and Spark, built as one syntax tree and written by sqlglot.

Gives exactly the integers of `evaluation`; where the facts come from is left to the caller.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlglot import exp

from sakha.scoring.rules.card import (
    EITHER,
    NATION,
    NOISE_UNIT,
    PROVINCE_DIGITS,
    SIGNAL_UNIT,
    Card,
    Variable,
    VariableKind,
)
from sakha.scoring.rules.evaluation import EXPECTATION_OFFSET, SQUARED_LOADING_UNIT, priced

DIALECTS = ("postgres", "duckdb", "spark")


@dataclass(frozen=True, slots=True)
class CardSql:
    """A card in one dialect: `sums` by column name over the facts; `score` and `band` over them; prices by county."""

    sums: dict[str, str]
    score: str
    band: str
    region_points: str
    region_level: str


def compile_sql(card: Card, dialect: str, *, year: int) -> str:
    """The whole score as one expression over the fact columns."""
    sums = _sum_trees(card, year=year)

    def insert(node: exp.Expression) -> exp.Expression:
        return exp.paren(sums[node.name]) if isinstance(node, exp.Column) and node.name in sums else node

    return _score_tree().transform(insert).sql(dialect=dialect)


def compile_card(card: Card, dialect: str, *, year: int) -> CardSql:
    """The same in two storeys, so that a database computes each sum once: an inner SELECT of sums, an outer one."""
    return CardSql(
        sums={name: tree.sql(dialect=dialect) for name, tree in _sum_trees(card, year=year).items()},
        score=_score_tree().sql(dialect=dialect),
        band=_band_tree(card).sql(dialect=dialect),
        region_points=_region_tree({name: region.points for name, region in card.regions.items()}, NATION.points).sql(
            dialect=dialect
        ),
        region_level=_region_tree(
            {name: region.level_per_mille for name, region in card.regions.items()}, NATION.level_per_mille
        ).sql(dialect=dialect),
    )


def _sum_trees(card: Card, *, year: int) -> dict[str, exp.Expression]:
    factor = card.price_factor(year)
    points, signals, losses, loadings, noises, counts = [], [], [], [], [], []
    for variable in card.variables:
        expectation = variable.expectation
        points.append(_coalesced(_points_tree(variable, factor=factor, times=1)))
        if expectation.signal:
            signals.append(_coalesced(_points_tree(variable, factor=factor, times=expectation.signal)))
            losses.append(_if_unknown(variable, expectation.information))
        loadings.append(_if_unknown(variable, expectation.loading))
        noises.append(_if_unknown(variable, expectation.noise))
        counts.append(_if_unknown(variable, 1))
    information = sum(variable.expectation.information for variable in card.variables)
    sums = {
        "known_points": _added(points),
        "known_signal": _added(signals),
        "known_weight": exp.Sub(this=_number(SIGNAL_UNIT + information), expression=exp.paren(_added(losses))),
        "unknown_loading": _added(loadings),
        "unknown_noise": _added(noises),
        "unknown_count": _added(counts),
    }
    # products of sums leave 32 bits
    return {name: exp.cast(exp.paren(tree), "bigint") for name, tree in sums.items()}


def _score_tree() -> exp.Expression:
    weight = exp.column("known_weight")
    expected = exp.column("unknown_loading") * exp.column("known_signal")
    # shifted so that the division is of non-negative numbers: dialects round negative quotients differently
    shifted = expected + _divided(weight, _number(2)) + _number(EXPECTATION_OFFSET) * weight
    quotient = _divided(exp.paren(shifted), weight)
    return exp.column("known_points") + quotient - _number(EXPECTATION_OFFSET)


def _band_tree(card: Card) -> exp.Expression:
    loading = exp.column("unknown_loading")
    squared = exp.paren(loading * loading * _number(SQUARED_LOADING_UNIT))
    hundredths = exp.column("unknown_noise") + _divided(squared, exp.column("known_weight"))
    variance = _divided(exp.paren(hundredths), _number(NOISE_UNIT))
    tree = exp.Case()
    for number, band in enumerate(card.table.bands[:-1]):
        tree = tree.when(
            exp.LTE(this=variance.copy(), expression=_number(band.up_to or 0)), _number(number), copy=False
        )
    return tree.else_(_number(len(card.table.bands) - 1))


def _points_tree(variable: Variable, *, factor: int, times: int) -> exp.Expression:
    if variable.kind is VariableKind.LOOKUP:
        return _lookup_tree(variable, times=times)
    column = exp.column(variable.name)
    tree = exp.Case()
    if variable.kind is VariableKind.LEVELS:
        for level in variable.levels:
            tree = tree.when(column.copy().isin(*level.codes, copy=False), _number(level.points * times), copy=False)
        return tree.when(_is_known(column), _number(variable.other * times), copy=False)
    for step in reversed(variable.steps):
        limit = _number(priced(step.at, variable, factor=factor))
        tree = tree.when(exp.GTE(this=column.copy(), expression=limit), _number(step.points * times), copy=False)
    return tree.when(_is_known(column), _number(variable.below * times), copy=False)


def _lookup_tree(variable: Variable, *, times: int) -> exp.Expression:
    county = exp.column("county")
    province = exp.Substring(this=county.copy(), start=_number(1), length=_number(PROVINCE_DIGITS))
    tree = exp.Case()
    for name, pairs in ((county, variable.counties or {}), (province, variable.provinces or {})):
        by_points: dict[int, list[str]] = defaultdict(list)
        for place, pair in sorted(pairs.items()):
            for urban, points in enumerate(pair):
                by_points[points].append(f"{place}{urban}")
        key = exp.DPipe(this=name.copy(), expression=_urban_digit())
        for points, keys in sorted(by_points.items()):
            tree = tree.when(key.copy().isin(*keys, copy=False), _number(points * times), copy=False)
    return tree


def _region_tree(numbers: dict[str, int], otherwise: int) -> exp.Expression:
    province = exp.Substring(this=exp.column("county"), start=_number(1), length=_number(PROVINCE_DIGITS))
    tree = exp.Case()
    for number in sorted(set(numbers.values())):
        chosen = [name for name in sorted(numbers) if numbers[name] == number]
        tree = tree.when(province.copy().isin(*chosen, copy=False), _number(number), copy=False)
    return tree.else_(_number(otherwise))


def _urban_digit() -> exp.Expression:
    urban = exp.column("urban")
    return (
        exp.Case()
        .when(exp.GTE(this=urban, expression=_number(1)), exp.Literal.string("1"), copy=False)
        .when(_is_known(urban), exp.Literal.string("0"), copy=False)
        .else_(exp.Literal.string(str(EITHER)))
    )


def _if_unknown(variable: Variable, amount: int) -> exp.Expression:
    if variable.kind is VariableKind.LOOKUP:
        province = exp.Substring(this=exp.column("county"), start=_number(1), length=_number(PROVINCE_DIGITS))
        known: exp.Expression = province.isin(*sorted(variable.provinces or {}), copy=False)
    else:
        known = _is_known(exp.column(variable.name))
    return exp.Case().when(known, _number(0), copy=False).else_(_number(amount))


def _is_known(column: exp.Expression) -> exp.Expression:
    return exp.Not(this=exp.Is(this=column.copy(), expression=exp.null()))


def _coalesced(tree: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=tree, expressions=[_number(0)])


def _number(number: int) -> exp.Expression:
    return exp.cast(exp.Literal.number(number), "bigint") if abs(number) >= SIGNAL_UNIT else exp.Literal.number(number)


def _divided(this: exp.Expression, by: exp.Expression) -> exp.Expression:
    return exp.cast(exp.IntDiv(this=this.copy(), expression=by.copy()), "bigint")


def _added(trees: list[exp.Expression]) -> exp.Expression:
    total: exp.Expression = trees[0]
    for tree in trees[1:]:
        total = exp.Add(this=total, expression=tree)
    return total
