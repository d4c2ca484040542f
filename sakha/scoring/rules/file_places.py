"""The two look-up tables by which a file of a nation is scored: what a county's place is worth, and what a score means.

Both have one whole number as their key and no gaps, so that DuckDB finds a row as in an array. Only rows and text are
made here.
"""

from collections.abc import Mapping
from typing import Final

from sakha.scoring.rules.card import Card, VariableKind
from sakha.scoring.rules.evaluation import points_of
from sakha.scoring.rules.file_sums import UNKNOWN_PLACE, file_sums
from sakha.scoring.rules.places import EITHER, ScoreTable

WHERES: Final = "wheres"
PLACES: Final = "places"
# Codes of counties have four digits; the number after them is for a county that isn't known.
COUNTIES: Final = 10_000
SIDES: Final = EITHER + 1
# Scores beyond have the place of this end: at 2 % a point, twenty thousand times above or below the average.
REACH: Final = 500
SPAN: Final = 2 * REACH + 1

CREATE_WHERES: Final = (
    f"CREATE TEMP TABLE {WHERES} (where_key integer, place_points bigint, {UNKNOWN_PLACE} integer,"
    " region_points integer, region_level integer, stratum integer)"
)
CREATE_PLACES: Final = (
    f"CREATE TEMP TABLE {PLACES} (place_key integer, decile integer, p_poor20 double, p_poor40 double, gap_rial bigint)"
)
WHERE_KEY: Final = (
    f"CAST(CASE WHEN county >= 0 AND county < {COUNTIES} THEN county ELSE {COUNTIES} END * {SIDES}"
    f" + CASE WHEN urban >= 1 THEN 1 WHEN urban < 1 THEN 0 ELSE {EITHER} END AS integer)"
)


def where_rows(card: Card) -> list[tuple[int, ...]]:
    """For each county, known or not, and each side: key, what the place adds, points and level of prices, stratum."""
    sums = file_sums(card)
    place = next((variable for variable in card.variables if variable.kind is VariableKind.LOOKUP), None)
    rows: list[tuple[int, ...]] = []
    for number in range(COUNTIES + 1):
        county = f"{number:04d}" if number < COUNTIES else None
        region = card.region_of(county)
        for side in range(SIDES):
            urban = None if side == EITHER else side
            points = points_of(place, {"county": county, "urban": urban}, factor=0) if place else 0
            rows.append(
                (
                    number * SIDES + side,
                    sums.place_amount(points),
                    int(points is None),
                    region.points,
                    region.level_per_mille,
                    card.active.stratum_number(urban),
                )
            )
    return rows


def place_key_sql(band_count: int) -> str:
    """The key of what a score means, over `stratum`, `band`, `score` and `region_points`."""
    placed = f"least(greatest(score - region_points, {-REACH}), {REACH})"
    return f"CAST((stratum * {band_count} + band) * {SPAN} + {placed} + {REACH} AS integer)"


def place_rows(tables: Mapping[int, ScoreTable]) -> list[tuple[float, ...]]:
    """Key, decile, chances and gap of every score in every band and stratum."""
    return [
        (
            (stratum * len(table.bands) + band) * SPAN + score + REACH,
            place.decile,
            place.poor20_share / 1000,
            place.poor40_share / 1000,
            place.expected_gap_rial,
        )
        for stratum, table in tables.items()
        for band in range(len(table.bands))
        for score in range(-REACH, REACH + 1)
        for place in [table.place_of(score, band)]
    ]


def histogram_sql(scored: str, band_count: int) -> str:
    """Persons by stratum, placed score and band: a few thousand rows, whatever the population."""
    return (
        f"SELECT place_key // {SPAN} // {band_count}, place_key % {SPAN} - {REACH}, place_key // {SPAN} % {band_count},"  # noqa: S608 (own names)
        f" mass FROM (SELECT place_key, sum(mass) AS mass FROM {scored} GROUP BY place_key)"
        " WHERE mass > 0 ORDER BY place_key"
    )
