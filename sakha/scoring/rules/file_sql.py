"""SQL that scores a file of households in DuckDB: reading columns as people write them, scoring, placing.

Only text is made here; opening files and running it is left to the command. Headings may be in any case, numbers may
carry decimals, spaces or Persian digits, and what is no number is unknown.
"""

from collections.abc import Mapping, Sequence

from sakha.scoring.rules.assessment import USUAL_EQUIVALENT
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, parts_of
from sakha.scoring.rules.places import ScoreTable
from sakha.scoring.rules.sql import compile_card

# Where a file has no size in hundredths of equivalent adults: the survey's own column, members by age, else the mean.
SIZES = (
    (("equivalent_size",), "equivalent_size"),
    (("ae_official",), "round(ae_official * 100)"),
    (("n_adult", "n_age0_14"), "CASE WHEN n_adult >= 1 THEN 30 + 70 * n_adult + 50 * n_age0_14 END"),
    (("hhsize", "n_age0_14"), "30 + 70 * greatest(hhsize - n_age0_14, 1) + 50 * n_age0_14"),
    (("hhsize",), "100 + 65 * (hhsize - 1)"),
)
# Thirty persons and more: a typing error must not leave 64 bits.
LARGEST_SIZE = 3_000
SMALLEST_SIZE = 100
LARGEST_NUMBER = "1e15"
DIGITS = "translate({}, '۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬,', '01234567890123456789.')"
PLACES = "places"
MASS = ("weight", "hhsize")


def read_columns(card: Card) -> tuple[str, ...]:
    """The columns of a file that the card reads, the parts of derived ones included."""
    names = [part for variable in card.variables for column in variable.columns for part in parts_of(column)]
    return tuple(dict.fromkeys(name for name in names if name != EQUIVALENT_SIZE))


def facts_sql(card: Card, columns: Mapping[str, str], key: str, *, is_text: bool) -> str:
    """`households` as one row of facts each; `columns` gives the file's own heading of each name."""
    wanted = [*read_columns(card), *(name for needed, _ in SIZES for name in needed), *MASS]
    known = [name for name in dict.fromkeys(wanted) if name in columns]
    numbers = ", ".join(f"{_number(columns[name], is_text=is_text)} AS {name}" for name in known)
    facts = ", ".join(f"{_fact(name, known, is_text=is_text)} AS {name}" for name in read_columns(card))
    mass = "coalesce(weight * hhsize, 0)" if set(MASS) <= set(known) else "1::double"
    return (
        f"SELECT household, {mass} AS mass, {_size(known)} AS {EQUIVALENT_SIZE}, {facts}"  # noqa: S608 (headings are quoted)
        f" FROM (SELECT {_quoted(columns[key])} AS household, {numbers or 'NULL AS no_number'} FROM households)"
    )


def scored_sql(card: Card, facts: str, *, year: int) -> str:
    """The facts scored: score, band, stratum and prices, before placing."""
    compiled = compile_card(card, "duckdb", year=year)
    return f"""
        WITH facts AS ({facts}),
        {compiled.storeys("facts")},
        scored AS (SELECT household, mass, {EQUIVALENT_SIZE}, {compiled.stratum} AS stratum,
            {compiled.region_points} AS region_points, {compiled.region_level} AS region_level,
            {compiled.score} AS score, {compiled.band} AS band, unknown_count FROM summed)
        SELECT household, mass, {EQUIVALENT_SIZE}, stratum, region_level, score, score - region_points AS placed_score,
            band, {len(card.variables)} - unknown_count AS known_count
        FROM scored"""  # noqa: S608 (the model document's own names; headings are quoted)


def placed_sql(card: Card, scored: str, key: str, *, year: int) -> str:
    """The answer: one row a household with all that a score says, by one join with the table of places."""
    factor = card.price_factor(year)
    return f"""
        SELECT household AS {_quoted(key)}, scored.score, decile, poor20_share / 1000 AS p_poor20,
            poor40_share / 1000 AS p_poor40, gap_rial * coalesce({EQUIVALENT_SIZE}, {USUAL_EQUIVALENT}) * {factor}
                // 100000 * region_level // 1000 AS expected_gap, known_count
        FROM {scored} AS scored JOIN {PLACES} ON places.stratum = scored.stratum AND places.band = scored.band
            AND places.score = least(greatest(placed_score, lowest), highest)"""  # noqa: S608 (as above)


def histogram_sql(scored: str) -> str:
    """Persons by stratum, score and band: a few thousand rows, whatever the population."""
    return f"SELECT stratum, placed_score, band, sum(mass) FROM {scored} GROUP BY ALL HAVING sum(mass) > 0 ORDER BY ALL"  # noqa: S608 (own name)


def place_rows(tables: Mapping[int, ScoreTable]) -> list[tuple[int, ...]]:
    """Stratum, band, score, decile, chances per mille, gap, and the table's ends."""
    return [
        (
            stratum, band, score, place.decile, place.poor20_share, place.poor40_share, place.expected_gap_rial,
            table.lowest, table.highest,
        )
        for stratum, table in tables.items()
        for band in range(len(table.bands))
        for score in range(table.lowest, table.highest + 1)
        for place in [table.place_of(score, band)]
    ]  # fmt: skip


def _number(heading: str, *, is_text: bool) -> str:
    own = _quoted(heading)
    if not is_text:
        return own
    return f"coalesce(TRY_CAST({own} AS double), TRY_CAST({DIGITS.format(f'trim({own})')} AS double))"


def _fact(name: str, known: Sequence[str], *, is_text: bool) -> str:
    if name not in known:
        return f"CAST(NULL AS {'varchar' if name == 'county' else 'bigint'})"
    if not is_text:
        # a typed file holds numbers already; a cast of a nation costs more than its score
        return "lpad(CAST(county AS varchar), 4, '0')" if name == "county" else f"TRY_CAST({name} AS bigint)"
    whole = f"CAST(CASE WHEN abs({name}) < {LARGEST_NUMBER} THEN round({name}) END AS bigint)"
    # codes of counties lose their zeros wherever somebody took them for numbers
    return f"lpad(CAST({whole} AS varchar), 4, '0')" if name == "county" else whole


def _size(known: Sequence[str]) -> str:
    trees = [tree for needed, tree in SIZES if set(needed) <= set(known)]
    size = f"coalesce({', '.join([*trees, 'NULL'])})"
    return f"CAST(CASE WHEN {size} >= {SMALLEST_SIZE} THEN least({size}, {LARGEST_SIZE}) END AS bigint)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
