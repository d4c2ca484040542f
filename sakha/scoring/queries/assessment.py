"""One SQL pipeline from facts to score, place, needs and priority, for all households or some of them.

The integers are those of `rules.assessment`; writing the result is left to the actions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.db import connection

from sakha.scoring.queries.documents import current_card
from sakha.scoring.queries.facts import TEHRAN, facts_parameters, facts_sql
from sakha.scoring.queries.needs_aid import aid_parameters, aided_sql
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.assessment import PLACE_NUMBERS_SQL, RATIOS_SQL
from sakha.scoring.rules.needs import needs_to_sql
from sakha.scoring.rules.policy import Policies
from sakha.scoring.rules.priority import LINE_NAME, priority_to_sql
from sakha.scoring.rules.sql import compile_card
from sakha.vocabulary.jalali import jalali_month, jalali_year

# Compiling the long expressions costs more than it saves; the facts of a province fit into this memory; and for many
# households a loop over their rows is never right, whatever the statistics of a freshly filled table say.
_PREPARE: Final = (
    "SELECT set_config('jit', 'off', true), set_config('work_mem', '96MB', true),"
    " set_config('enable_nestloop', %s, true)"
)
_RESTORE: Final = (
    "SELECT set_config(name, reset_val || COALESCE(unit, ''), true) FROM pg_settings"
    " WHERE name IN ('jit', 'work_mem', 'enable_nestloop')"
)
_MANY: Final = 500


@dataclass(frozen=True, slots=True)
class AssessmentRun:
    """Rows that the statement gave, and how many it touched."""

    rows: list[tuple[int, ...]]
    row_count: int


def run_assessment(then: str, *, at: datetime, household_ids: Iterable[int] | None) -> AssessmentRun:
    """Execute the pipeline with the statement that comes after it, in prices of the year of `at`."""
    ids = None if household_ids is None else list(household_ids)
    is_many = ids is None or len(ids) > _MANY
    on = at.astimezone(TEHRAN).date()
    year, policies = jalali_year(on), policies_on(on)
    parameters = facts_parameters(at=at, household_ids=ids) | aid_parameters(policies.needs, on=on)
    parameters |= {"sha": current_card().sha, "policy_sha": policies.sha, "year": year, "at": at}
    parameters["month"] = jalali_month(on)
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE, ("off" if is_many else "on",))
        cursor.execute(assessment_sql(year, policies) + then, parameters)
        run = AssessmentRun(cursor.fetchall() if cursor.description else [], cursor.rowcount)
        cursor.execute(_RESTORE)
    return run


@lru_cache(maxsize=8)
def assessment_sql(year: int, policies: Policies) -> str:
    """`WITH ... ` that ends with `assessed`: every household with all that scoring says, in prices of a Jalali year."""
    rules, weights = policies.needs, policies.weights
    needs = needs_to_sql(rules, "postgres")
    priority = priority_to_sql(weights, rules.kinds, "postgres", line_rial=current_card().scale.line20_rial)
    # materialised, or the planner would write every sum out again wherever it is used
    return f"""{weighed_sql(year, policies)},
needing AS MATERIALIZED (SELECT *, {_columns(needs.lower)} FROM weighed),
reckoned AS MATERIALIZED (SELECT *, {_columns(needs.upper)} FROM needing),
assessed AS (SELECT *, {priority} AS priority FROM reckoned)"""  # noqa: S608 (compiled from the product's own documents)


def weighed_sql(year: int, policies: Policies) -> str:
    """`WITH ...` that ends with `weighed`: all that needs and priority read, before any need is judged."""
    card = current_card()
    compiled = compile_card(card, "postgres", year=year, is_aged=True)
    lowest, highest = card.table.lowest, card.table.highest
    prices = _columns(policies.prices.columns_sql(policies.needs.price_names | {LINE_NAME}, "postgres"))
    cut = policies.cut_offs.decile_sql(card, "placed_score")
    placed = card.table.moved_to_sql(f"({compiled.score}) - ({compiled.region_points})", "committee_decile")
    return f"""WITH {facts_sql()},
{aided_sql(policies.needs)},
{compiled.storeys("aided", fence="MATERIALIZED")},
scored AS (SELECT *, {compiled.score} AS score, {compiled.band} AS band,
        {len(card.variables)} - unknown_count AS known_count,
        {placed} AS placed_score, {compiled.region_level} AS region_level
    FROM summed),
placed AS (SELECT scored.*, place.decile, place.poor20_share, place.poor40_share, place.gap_rial, place.middle_rial,
        place.price_factor
    FROM scored JOIN scoring_place place ON place.model_sha = %(sha)s AND place.month = %(month)s
        AND place.band = scored.band
        AND place.score = LEAST(GREATEST(placed_score, {lowest}), {highest})),
valued AS (SELECT *, {PLACE_NUMBERS_SQL.format(factor="price_factor")} FROM placed),
weighed AS MATERIALIZED (SELECT *, {RATIOS_SQL},
        {cut} AS cut_decile,
        {prices}
    FROM valued)"""  # noqa: S608 (compiled from the product's own documents)


def _columns(expressions: Mapping[str, str]) -> str:
    return ",\n        ".join(f"{expression} AS {name}" for name, expression in expressions.items())
