"""Who moves when a policy changes: one SQL for all households, in PostgreSQL or DuckDB, and what it comes to.

Both sides are judged on the same material; ranks, movers, cost and the price of a cut come from one ranking.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sakha.ledger.rules.terms import UNIT_WORTH_RIAL
from sakha.scoring.rules.card import PER_MILLE, Card
from sakha.scoring.rules.needs import AID_COLUMNS, DERIVED, age_column, needs_to_sql
from sakha.scoring.rules.policy import Policies
from sakha.scoring.rules.priority import LINE_NAME, VULNERABILITIES, priority_to_sql
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.need_kinds import NeedKind

# What a simulation may read of a household, in the order in which it is kept.
MATERIAL_NAMES: Final = tuple(
    sorted(
        {name.value for name in FactName}
        | (DERIVED - {"cut_decile"})
        | AID_COLUMNS
        | {age_column(kind) for kind in NeedKind}
        | set(VULNERABILITIES)
        | {"waiting_days", "aid_year_rial", "gap_rial", "poor40_share", "score_at_place"}
    )
)
MATERIAL_SHA: Final = hashlib.sha256(" ".join(MATERIAL_NAMES).encode()).hexdigest()
POOR_DECILE: Final = 4
# Places won or lost, per mille of the list: the bounds of the bars.
MOVE_BOUNDS: Final = (-300, -100, -30, -10, 10, 30, 100, 300)
MOVERS_SHOWN: Final = 10
DIMENSIONS: Final = ("county", "head", "settlement", "household_type")
_MEASURES: Final = {
    "household_count": "count(*)",
    "due_before": "count(*) FILTER (WHERE before_due > 0)",
    "due_after": "count(*) FILTER (WHERE after_due > 0)",
    "up_count": "count(*) FILTER (WHERE moved_per_mille > 10)",
    "down_count": "count(*) FILTER (WHERE moved_per_mille < -10)",
    "moved_places": "CAST(COALESCE(sum(before_place - after_place), 0) AS bigint)",
    "chosen_before": "count(*) FILTER (WHERE is_before)",
    "chosen_after": "count(*) FILTER (WHERE is_after)",
    "entered_count": "count(*) FILTER (WHERE is_after AND NOT is_before)",
    "left_count": "count(*) FILTER (WHERE is_before AND NOT is_after)",
    "cost_before_rial": "CAST(COALESCE(sum(before_cost), 0) AS bigint)",
    "cost_after_rial": "CAST(COALESCE(sum(after_cost), 0) AS bigint)",
    "included_before": f"count(*) FILTER (WHERE before_cut <= {POOR_DECILE})",
    "included_after": f"count(*) FILTER (WHERE after_cut <= {POOR_DECILE})",
    "poor_share_sum": "CAST(COALESCE(sum(poor40_share), 0) AS bigint)",
    "poor_included_before": f"CAST(sum(CASE WHEN before_cut <= {POOR_DECILE} THEN poor40_share ELSE 0 END) AS bigint)",
    "poor_included_after": f"CAST(sum(CASE WHEN after_cut <= {POOR_DECILE} THEN poor40_share ELSE 0 END) AS bigint)",
}


@dataclass(frozen=True, slots=True)
class ListEnd:
    """Where the list ends that help is enough for: at so many households, or at so much money."""

    household_count: int | None = None
    budget_rial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedGroup:
    """What a change does to a group of households; the whole has an empty dimension and code."""

    dimension: str
    code: str
    household_count: int
    due_before: int
    due_after: int
    up_count: int
    down_count: int
    moved_places: int
    chosen_before: int
    chosen_after: int
    entered_count: int
    left_count: int
    cost_before_rial: int
    cost_after_rial: int
    included_before: int
    included_after: int
    poor_share_sum: int
    poor_included_before: int
    poor_included_after: int

    @property
    def cost_change_rial(self) -> int:
        """More, or less, that all needs of the group come to."""
        return self.cost_after_rial - self.cost_before_rial

    @property
    def missed_before(self) -> int:
        """Of the poorest two fifths, per mille, how many the cut is expected to miss."""
        return _missed(self.poor_share_sum, self.poor_included_before)

    @property
    def missed_after(self) -> int:
        """The same after the change."""
        return _missed(self.poor_share_sum, self.poor_included_after)

    @property
    def wrongly_before(self) -> int:
        """Of those that the cut lets in, per mille, how many are expected not to be of the poorest two fifths."""
        return _wrongly(self.included_before, self.poor_included_before)

    @property
    def wrongly_after(self) -> int:
        """The same after the change."""
        return _wrongly(self.included_after, self.poor_included_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A household that moves far; known by its code alone."""

    household_id: int
    county: str
    before_place: int
    after_place: int
    before_priority: int
    after_priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What a change comes to: the whole, its parts, how far households move, and who moves farthest."""

    whole: MovedGroup
    groups: tuple[MovedGroup, ...]
    bars: tuple[int, ...]
    movers: tuple[Mover, ...]


def ranking_sql(card: Card, before: Policies, after: Policies, end: ListEnd, dialect: str) -> str:
    """One row a household over `material(household_id, province, county, numbers)`: both places and what they cost."""
    places = ", ".join(
        f"row_number() OVER (ORDER BY {_due_first(side)}, {side}_priority DESC, waiting_days DESC, {side}_draw,"
        f" household_id) AS {side}_place"
        for side in ("before", "after")
    )
    # materialised, or a planner writes every storey out again wherever it is used
    return f"""WITH base AS MATERIALIZED (SELECT household_id, province, county AS shown_county,
    COALESCE(NULLIF(county, ''), province) AS county, {_base_columns(before, after)} FROM material),
{_side_sql(card, before, "before", dialect)},
{_side_sql(card, after, "after", dialect)},
both_sides AS (SELECT base.household_id, shown_county AS county, poor40_share, waiting_days,
    CASE WHEN head_female >= 1 THEN 'F' WHEN head_female < 1 THEN 'M' ELSE '' END AS head,
    CASE WHEN urban >= 1 THEN 'U' WHEN urban < 1 THEN 'R' ELSE '' END AS settlement,
    CASE WHEN is_aged_alone >= 1 THEN 'AGED_ALONE' WHEN is_woman_with_child >= 1 THEN 'WOMAN_WITH_CHILD'
        WHEN children >= 1 THEN 'WITH_CHILD' WHEN hhsize = 1 THEN 'ALONE' ELSE 'OTHER' END AS household_type,
    before_side.due AS before_due, before_side.priority AS before_priority, before_side.cost AS before_cost,
    before_side.draw AS before_draw, before_side.cut_decile AS before_cut,
    after_side.due AS after_due, after_side.priority AS after_priority, after_side.cost AS after_cost,
    after_side.draw AS after_draw, after_side.cut_decile AS after_cut
    FROM base JOIN before_side ON before_side.household_id = base.household_id
    JOIN after_side ON after_side.household_id = base.household_id),
placed AS (SELECT *, {places}, count(*) OVER () AS listed_count FROM both_sides)
SELECT *, CAST(before_place - after_place AS bigint) * {PER_MILLE} {_over(dialect)} listed_count AS moved_per_mille,
    {_chosen_sql("before", end)} AS is_before, {_chosen_sql("after", end)} AS is_after
FROM placed"""  # noqa: S608 (compiled from checked documents)


def tally_sql(ranking: str) -> str:
    """The whole and each group, over a ranking: dimensions, then the measures in their order."""
    sets = ", ".join(["()", *(f"({dimension})" for dimension in DIMENSIONS)])
    measures = ", ".join(f"{expression} AS {name}" for name, expression in _MEASURES.items())
    return f"SELECT {', '.join(DIMENSIONS)}, {measures} FROM {ranking} GROUP BY GROUPING SETS ({sets})"  # noqa: S608


def bars_sql(ranking: str) -> str:
    """How many households move how far, over a ranking."""
    bounds = (None, *MOVE_BOUNDS, None)
    counts = [_between(low, high) for low, high in pairwise(bounds)]
    return f"SELECT {', '.join(counts)} FROM {ranking} WHERE before_due > 0 OR after_due > 0"  # noqa: S608


def movers_sql(ranking: str) -> str:
    """Who moves farthest up and down, over a ranking."""
    columns = "household_id, county, before_place, after_place, before_priority, after_priority"
    parts = (
        f"(SELECT {columns} FROM {ranking} WHERE before_place {sign} after_place"  # noqa: S608 (own names)
        f" ORDER BY {first} - {second} DESC, household_id LIMIT {MOVERS_SHOWN})"
        for sign, first, second in ((">", "before_place", "after_place"), ("<", "after_place", "before_place"))
    )
    return " UNION ALL ".join(parts)


def read_simulation(
    tally: Sequence[tuple[str | int | None, ...]], bars: Sequence[int], movers: Sequence[tuple[object, ...]]
) -> Simulation:
    """Put the rows of the three queries in order."""
    groups = [_read_group(row) for row in tally]
    whole = next(group for group in groups if not group.dimension)
    parts = sorted((group for group in groups if group.dimension), key=lambda one: (one.dimension, one.code))
    found = tuple(
        Mover(**dict(zip(Mover.__dataclass_fields__, row, strict=True)))  # type: ignore[arg-type]  # columns in order
        for row in movers
    )
    return Simulation(whole=whole, groups=tuple(parts), bars=tuple(bars), movers=found)


def _read_group(row: tuple[str | int | None, ...]) -> MovedGroup:
    codes = dict(zip(DIMENSIONS, row, strict=False))
    dimension = next((name for name, code in codes.items() if code is not None), "")
    measures = {name: int(value or 0) for name, value in zip(_MEASURES, row[len(DIMENSIONS) :], strict=True)}
    return MovedGroup(dimension=dimension, code=str(codes.get(dimension) or ""), **measures)


def _base_columns(before: Policies, after: Policies) -> str:
    read = {name for side in (before, after) for rule in side.needs.rules for name in rule.columns}
    read |= {age_column(kind) for side in (before, after) for kind in side.needs.kinds}
    read |= {f"given_{kind.name.lower()}" for kind in NeedKind} | set(VULNERABILITIES)
    read |= {"waiting_days", "aid_year_rial", "gap_rial", "poor40_share", "score_at_place", "equivalent_size"}
    read |= {"urban", "head_female", "children", "hhsize"}
    return ", ".join(f"numbers[{place}] AS {name}" for place, name in enumerate(MATERIAL_NAMES, 1) if name in read)


def _side_sql(card: Card, policies: Policies, side: str, dialect: str) -> str:
    rules, weights = policies.needs, policies.weights
    prices = policies.prices.columns_sql(rules.price_names | {LINE_NAME}, dialect)
    needs = needs_to_sql(rules, dialect)
    priority = priority_to_sql(weights, rules.kinds, dialect, line_rial=card.scale.line20_rial)
    left = [f"left_{kind.name.lower()}" for kind in rules.kinds]
    due = " + ".join(f"CASE WHEN {name} > 0 THEN 1 ELSE 0 END" for name in left)
    cost = " + ".join(f"{name} * {UNIT_WORTH_RIAL.get(kind, 1)}" for kind, name in zip(rules.kinds, left, strict=True))
    cut = policies.cut_offs.decile_sql(card, "score_at_place")
    return f"""{side}_cut AS MATERIALIZED (SELECT *, {cut} AS cut_decile, {_columns(prices)} FROM base),
{side}_needing AS MATERIALIZED (SELECT *, {_columns(needs.lower)} FROM {side}_cut),
{side}_reckoned AS MATERIALIZED (SELECT *, {_columns(needs.upper)} FROM {side}_needing),
{side}_side AS MATERIALIZED (SELECT household_id, cut_decile, {priority} AS priority, {due} AS due, {cost} AS cost,
    {weights.draw_sql()} AS draw FROM {side}_reckoned)"""  # noqa: S608 (compiled from checked documents)


def _columns(expressions: dict[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())


def _due_first(side: str) -> str:
    return f"CASE WHEN {side}_due > 0 THEN 0 ELSE 1 END"


def _chosen_sql(side: str, end: ListEnd) -> str:
    if end.budget_rial is not None:
        spent = f"sum({side}_cost) OVER (ORDER BY {side}_place ROWS UNBOUNDED PRECEDING)"
        return f"({side}_due > 0 AND {spent} <= {int(end.budget_rial)})"
    return f"({side}_due > 0 AND {side}_place <= {int(end.household_count or 0)})"


def _between(low: int | None, high: int | None) -> str:
    parts = [] if low is None else [f"moved_per_mille > {low}" if low > 0 else f"moved_per_mille >= {low}"]
    parts += [] if high is None else [f"moved_per_mille <= {high}" if high > 0 else f"moved_per_mille < {high}"]
    return f"count(*) FILTER (WHERE {' AND '.join(parts)})"


def _over(dialect: str) -> str:
    return "//" if dialect == "duckdb" else "/"


def _missed(poor: int, included: int) -> int:
    return (poor - included) * PER_MILLE // poor if poor else 0


def _wrongly(included: int, poor: int) -> int:
    return (included * PER_MILLE - poor) // included if included else 0
