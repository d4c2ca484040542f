"""A card as SQL for PostgreSQL, DuckDB and Spark, built as one syntax tree and written by sqlglot.

Gives exactly the integers of `evaluation`; where the facts come from is left to the caller.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from sakha.scoring.rules.ageing import AGE_SUFFIX, FADED_OFFSET, QUARTERS, TRUST_UNIT, TRUSTS
from sakha.scoring.rules.card import (
    NATION,
    NOISE_UNIT,
    PROVINCE_DIGITS,
    SIGNAL_UNIT,
    Card,
    Variable,
    VariableKind,
)
from sakha.scoring.rules.derived import income_age_trees, income_trees
from sakha.scoring.rules.evaluation import EXPECTATION_OFFSET, SQUARED_LOADING_UNIT, priced
from sakha.scoring.rules.packing import Part, packed_amount, share_numbers, unpacked
from sakha.scoring.rules.places import EITHER

DIALECTS = ("postgres", "duckdb", "spark")
TRUST_SUFFIX = "_trust"
POINTS_SUFFIX = "_points"
COUNTY_KEY = "county_key"
PROVINCE_KEY = "province_key"


@dataclass(frozen=True, slots=True)
class CardSql:
    """A card in one dialect, by column name: `keys` over the facts, `stages` over both, `sums` over all; then the rest.

    Keys are what follows from the facts; stages are what several sums need: the points of the place, and trusts where
    facts carry ages; `packed` are several sums in one number, so that each variable is looked at once.
    `stratum` says which table of the placing holds.
    """

    keys: dict[str, str]
    stages: dict[str, str]
    packed: dict[str, str]
    sums: dict[str, str]
    score: str
    band: str
    stratum: str
    region_points: str
    region_level: str

    def storeys(self, facts: str, *, fence: str = "") -> str:
        """Common table expressions from a table of facts to `summed`, each with all columns of the one before."""
        floors, below = [], facts
        storeys = (("keyed", self.keys), ("staged", self.stages), ("packed", self.packed), ("summed", self.sums))
        for name, trees in storeys:
            if name == "packed" and not trees:
                continue
            columns = ", ".join(f"{tree} AS {column}" for column, tree in trees.items())
            floors.append(f"{name} AS {fence} (SELECT *{', ' * bool(columns)}{columns} FROM {below})")  # noqa: S608 (compiled)
            below = name
        return ",\n".join(floors)


def compile_sql(card: Card, dialect: str, *, year: int) -> str:
    """The whole score as one expression over the fact columns."""
    inlined = _score_tree()
    packed, sums = pack_sums(card, year=year, is_staged=False)
    for trees in (sums, packed, _place_trees(card, dialect), _derived_trees(card, dialect)):
        inlined = _inserted(inlined, trees)
    return inlined.sql(dialect=dialect)


def compile_card(card: Card, dialect: str, *, year: int, is_aged: bool = False) -> CardSql:
    """The same in storeys, so that a database computes each part once, and score and band over the sums.

    With `is_aged` facts carry their age in months beside them (`rooms_age`).
    """
    packed, trees = ({}, _aged_sum_trees(card, year=year)) if is_aged else pack_sums(card, year=year, is_staged=True)
    keys = _derived_trees(card, dialect) | (_age_trees(card) if is_aged else {})
    stages = _place_trees(card, dialect) | (_trust_trees(card) if is_aged else {})
    regions = card.active_regions
    points = {name: region.points for name, region in regions.items()}
    levels = {name: region.level_per_mille for name, region in regions.items()}
    return CardSql(
        keys={name: tree.sql(dialect=dialect) for name, tree in keys.items()},
        stages={name: tree.sql(dialect=dialect) for name, tree in stages.items()},
        packed={name: tree.sql(dialect=dialect) for name, tree in packed.items()},
        sums={name: tree.sql(dialect=dialect) for name, tree in trees.items()},
        score=(_aged_score_tree() if is_aged else _score_tree()).sql(dialect=dialect),
        band=_band_tree(card, is_aged=is_aged).sql(dialect=dialect),
        stratum=_stratum_tree(card).sql(dialect=dialect),
        region_points=_region_tree(points, NATION.points).sql(dialect=dialect),
        region_level=_region_tree(levels, NATION.level_per_mille).sql(dialect=dialect),
    )


def _inserted(tree: exp.Expression, trees: dict[str, exp.Expression]) -> exp.Expression:
    def insert(node: exp.Expression) -> exp.Expression:
        return exp.paren(trees[node.name]) if isinstance(node, exp.Column) and node.name in trees else node

    return tree.transform(insert)


def pack_sums(card: Card, *, year: int, is_staged: bool) -> tuple[dict[str, exp.Expression], dict[str, exp.Expression]]:
    """Sums over all variables, packed so that each is looked at once or twice, and the sums read from them.

    With `is_staged` the points of the place stand in a column; without, they are longer to look up than the province.
    """
    known, unknown = _parts_of(card)
    packed: dict[str, exp.Expression] = {}
    sums: dict[str, exp.Expression] = {}
    for number, sharing in enumerate(share_numbers(known)):
        trees = [
            points_tree(each, factor=card.factor_of(each, year), times=packed_amount(sharing, each.name))
            for each in card.variables
        ]
        packed[f"known_{number}"] = exp.cast(exp.paren(_added(trees)), "bigint")
        sums |= unpacked(f"known_{number}", sharing)
    for number, sharing in enumerate(share_numbers(unknown)):
        trees = [unknown_tree(each, packed_amount(sharing, each.name), is_staged=is_staged) for each in card.variables]
        packed[f"unknown_{number}"] = exp.cast(exp.paren(_added(trees)), "bigint")
        sums |= unpacked(f"unknown_{number}", sharing)
    weight = _number(SIGNAL_UNIT + sum(variable.expectation.information for variable in card.variables))
    return packed, sums | {"known_weight": weight - exp.paren(sums.pop("lost_weight"))}


def _parts_of(card: Card) -> tuple[list[Part], list[Part]]:
    """What known and what unknown variables add to each sum, and how far each sum can go."""
    ones = {variable.name: 1 for variable in card.variables}
    signals = {variable.name: variable.expectation.signal for variable in card.variables}
    most = {variable.name: max(abs(points) for points in variable.all_points()) for variable in card.variables}
    ends = {"known_points": sum(most.values()), "known_signal": sum(most[name] * signals[name] for name in most)}
    known = [
        Part(name, amounts, -ends[name], ends[name])
        for name, amounts in (("known_points", ones), ("known_signal", signals))
    ]
    lost = {
        "lost_weight": {variable.name: variable.expectation.information for variable in card.variables},
        "unknown_loading": {variable.name: variable.expectation.loading for variable in card.variables},
        "unknown_noise": {variable.name: variable.expectation.noise for variable in card.variables},
        "unknown_count": ones,
    }
    return known, [Part(name, amounts, 0, sum(amounts.values())) for name, amounts in lost.items()]


def _derived_trees(card: Card, dialect: str) -> dict[str, exp.Expression]:
    """What follows from the facts: incomes for each equivalent adult, and the keys of places."""
    names = {variable.name for variable in card.variables}
    return {name: tree for name, tree in income_trees().items() if name in names} | _key_trees(dialect)


def _age_trees(card: Card) -> dict[str, exp.Expression]:
    wanted = {f"{variable.name}{AGE_SUFFIX}" for variable in card.variables}
    return {name: tree for name, tree in income_age_trees().items() if name in wanted}


def _place_trees(card: Card, dialect: str) -> dict[str, exp.Expression]:
    """The points of the place: by far the longest look-up, so it is made once."""
    return {
        f"{variable.name}{POINTS_SUFFIX}": _lookup_tree(variable, dialect)
        for variable in card.variables
        if variable.kind is VariableKind.LOOKUP
    }


def _trust_trees(card: Card) -> dict[str, exp.Expression]:
    """How much each fact is trusted, per mille; nothing where it is unknown."""
    return {f"{variable.name}{TRUST_SUFFIX}": _trust_tree(variable) for variable in card.variables}


def _trust_tree(variable: Variable) -> exp.Expression:
    tree = exp.Case().when(exp.Not(this=_is_known_tree(variable)), _number(0), copy=False)
    half_life = variable.half_life_months
    if variable.kind is not VariableKind.LOOKUP and half_life:
        age = exp.column(f"{variable.name}{AGE_SUFFIX}")
        for quarter in range(len(TRUSTS), 0, -1):
            limit = _number(-(-quarter * half_life // QUARTERS))
            trust = TRUSTS[quarter] if quarter < len(TRUSTS) else 0
            tree = tree.when(exp.GTE(this=age.copy(), expression=limit), _number(trust), copy=False)
    # 64 bits: it is squared
    return exp.cast(tree.else_(_number(TRUST_UNIT)), "bigint")


def _aged_sum_trees(card: Card, *, year: int) -> dict[str, exp.Expression]:
    points, signals, weights, loadings, noises, counts = [], [], [], [], [], []
    for variable in card.variables:
        expectation, factor = variable.expectation, card.factor_of(variable, year)
        trust = exp.column(f"{variable.name}{TRUST_SUFFIX}")
        whole = exp.paren(points_tree(variable, factor=factor, times=1))
        kept = whole * trust + _number(TRUST_UNIT // 2 + FADED_OFFSET * TRUST_UNIT)
        points.append(_divided(exp.paren(kept), _number(TRUST_UNIT)) - _number(FADED_OFFSET))
        if expectation.signal:
            signal = exp.paren(points_tree(variable, factor=factor, times=expectation.signal))
            signals.append(signal * trust.copy())
            weights.append(_number(expectation.information) * trust.copy())
        missing = exp.paren(_number(TRUST_UNIT) - trust.copy())
        loadings.append(_number(expectation.loading) * missing)
        squared = exp.paren(_number(TRUST_UNIT**2) - trust.copy() * trust.copy())
        noises.append(_number(expectation.noise) * squared)
        counts.append(unknown_tree(variable, 1))
    sums = {
        "known_points": _added(points),
        "known_signal": _added(signals),
        "known_weight": _added([_number(TRUST_UNIT * SIGNAL_UNIT), *weights]),
        "unknown_loading": _added(loadings),
        "unknown_noise": _added(noises),
        "unknown_count": _added(counts),
    }
    return {name: exp.cast(exp.paren(tree), "bigint") for name, tree in sums.items()}


def _aged_score_tree() -> exp.Expression:
    divisor = exp.paren(exp.column("known_weight") * _number(TRUST_UNIT))
    expected = exp.column("unknown_loading") * exp.column("known_signal")
    shifted = expected + _divided(divisor, _number(2)) + _number(EXPECTATION_OFFSET) * divisor.copy()
    quotient = _divided(exp.paren(shifted), divisor)
    return exp.column("known_points") + quotient - _number(EXPECTATION_OFFSET)


def _stratum_tree(card: Card) -> exp.Expression:
    if len(card.active.strata) == 1:
        return _number(EITHER)
    urban = exp.column("urban")
    town = exp.GTE(this=urban, expression=_number(1))
    return (
        exp.Case()
        .when(town, _number(card.active.stratum_number(1)))
        .when(_is_known(urban), _number(card.active.stratum_number(0)))
        .else_(_number(EITHER))
    )


def _score_tree() -> exp.Expression:
    weight = exp.column("known_weight")
    expected = exp.column("unknown_loading") * exp.column("known_signal")
    # shifted so that the division is of non-negative numbers: dialects round negative quotients differently
    shifted = expected + _divided(weight, _number(2)) + _number(EXPECTATION_OFFSET) * weight
    quotient = _divided(exp.paren(shifted), weight)
    return exp.column("known_points") + quotient - _number(EXPECTATION_OFFSET)


def _band_tree(card: Card, *, is_aged: bool) -> exp.Expression:
    loading: exp.Expression = exp.column("unknown_loading")
    noise: exp.Expression = exp.column("unknown_noise")
    unit = SQUARED_LOADING_UNIT
    if is_aged:
        loading, noise = _divided(loading, _number(TRUST_UNIT)), _divided(noise, _number(TRUST_UNIT**2))
        unit *= TRUST_UNIT
    squared = exp.paren(loading * loading.copy() * _number(unit))
    hundredths = noise + _divided(squared, exp.column("known_weight"))
    variance = _divided(exp.paren(hundredths), _number(NOISE_UNIT))
    tree = exp.Case()
    for number, band in enumerate(card.table.bands[:-1]):
        tree = tree.when(
            exp.LTE(this=variance.copy(), expression=_number(band.up_to or 0)), _number(number), copy=False
        )
    return tree.else_(_number(len(card.table.bands) - 1))


def points_tree(variable: Variable, *, factor: int, times: int, unknown: int = 0) -> exp.Expression:
    """Points of a variable so many times; where it is unknown that number."""
    if variable.kind is VariableKind.LOOKUP:
        points = exp.Coalesce(this=exp.column(f"{variable.name}{POINTS_SUFFIX}"), expressions=[_number(0)])
        return points if times == 1 else points * _number(times)
    column = exp.column(variable.name)
    limits, heights = _stairs(variable, factor=factor)
    if not limits:
        known = exp.Case().when(_is_known(column), _number(heights[0] * times), copy=False)
        return known.else_(_number(unknown))
    return _halved(column, limits, [points * times for points in heights], unknown)


def _stairs(variable: Variable, *, factor: int) -> tuple[list[int], list[int]]:
    """Where points change, and the points below the first place and from each on. Codes are stairs one wide."""
    if variable.kind is VariableKind.STEPS:
        limits = [priced(step.at, factor=factor) for step in variable.steps]
        return limits, [variable.below, *(step.points for step in variable.steps)]
    points = {code: level.points for level in reversed(variable.levels) for code in level.codes}
    ends = sorted({near for code in points for near in (code, code + 1)})
    told = [variable.other, *(points.get(end, variable.other) for end in ends)]
    changes = [(end, after) for end, before, after in zip(ends, told, told[1:], strict=False) if after != before]
    return [end for end, _ in changes], [variable.other, *(after for _, after in changes)]


def _halved(
    column: exp.Expression, limits: Sequence[int], heights: Sequence[int], unknown: int | None
) -> exp.Expression:
    """The height between limits, found by halving, so that a value meets few of them.

    A comparison with NULL is not true, so what is unknown falls to the lowest end, and only there it is asked for.
    """
    if not limits:
        return _number(heights[0])
    middle = len(limits) // 2
    above = _halved(column, limits[middle + 1 :], heights[middle + 1 :], None)
    tree = exp.Case().when(exp.GTE(this=column.copy(), expression=_number(limits[middle])), above, copy=False)
    if middle == 0 and unknown is not None:
        is_below = exp.LT(this=column.copy(), expression=_number(limits[0]))
        return tree.when(is_below, _number(heights[0]), copy=False).else_(_number(unknown))
    return tree.else_(_halved(column, limits[:middle], heights[: middle + 1], unknown))


def _key_trees(dialect: str) -> dict[str, exp.Expression]:
    """What places are looked up by. A number is found twenty times faster than text, where a cast can't fail."""
    trees: dict[str, exp.Expression] = {}
    for name, column in ((COUNTY_KEY, exp.column("county")), (PROVINCE_KEY, _province())):
        key: exp.Expression = exp.DPipe(this=column, expression=_urban_digit())
        if dialect != "postgres":
            # a one in front keeps the zeros that a number would lose
            marked = exp.DPipe(this=exp.Literal.string("1"), expression=key)
            key = exp.TryCast(this=marked, to=exp.DataType.build("int"))
        trees[name] = key
    return trees


def _lookup_tree(variable: Variable, dialect: str) -> exp.Expression:
    """The points of the county, else of its province."""
    tree = exp.Case()
    for key, places in ((COUNTY_KEY, variable.counties or {}), (PROVINCE_KEY, variable.provinces or {})):
        by_points: dict[int, list[str]] = defaultdict(list)
        for place, triple in sorted(places.items()):
            for urban, points in enumerate(triple):
                by_points[points].append(f"{place}{urban}")
        for points, keys in sorted(by_points.items()):
            values = [
                exp.Literal.string(each) if dialect == "postgres" else exp.Literal.number(int(f"1{each}"))
                for each in keys
            ]
            tree = tree.when(exp.In(this=exp.column(key), expressions=values), _number(points), copy=False)
    return tree


def _province() -> exp.Expression:
    return exp.Substring(this=exp.column("county"), start=_number(1), length=_number(PROVINCE_DIGITS))


def _region_tree(numbers: dict[str, int], otherwise: int) -> exp.Expression:
    if not numbers:
        return _number(otherwise)
    province = _province()
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


def unknown_tree(variable: Variable, amount: int, *, is_staged: bool = False) -> exp.Expression:
    """So much where a variable is unknown, else nothing."""
    is_told = _is_known_tree(variable)
    if is_staged and variable.kind is VariableKind.LOOKUP:
        is_told = _is_known(exp.column(f"{variable.name}{POINTS_SUFFIX}"))
    return exp.Case().when(is_told, _number(0), copy=False).else_(_number(amount))


def _is_known_tree(variable: Variable) -> exp.Expression:
    if variable.kind is not VariableKind.LOOKUP:
        return _is_known(exp.column(variable.name))
    # an unknown county is known to be unknown: NOT NULL is no truth in SQL
    found = exp.Coalesce(this=_province(), expressions=[exp.Literal.string("")])
    return found.isin(*sorted(variable.provinces or {}), copy=False)


def _is_known(column: exp.Expression) -> exp.Expression:
    return exp.Not(this=exp.Is(this=column.copy(), expression=exp.null()))


def _number(number: int) -> exp.Expression:
    return exp.cast(exp.Literal.number(number), "bigint") if abs(number) >= SIGNAL_UNIT else exp.Literal.number(number)


def _divided(this: exp.Expression, by: exp.Expression) -> exp.Expression:
    return exp.cast(exp.IntDiv(this=this.copy(), expression=by.copy()), "bigint")


def _added(trees: Sequence[exp.Expression]) -> exp.Expression:
    total: exp.Expression = trees[0]
    for tree in trees[1:]:
        total = exp.Add(this=total, expression=tree)
    return total
