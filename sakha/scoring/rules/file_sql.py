"""SQL that scores a file of households in DuckDB: reading columns as people write them, scoring, placing.

Only text is made here; opening files and running it is left to the command. Headings may be in any case, numbers may
carry decimals, spaces or Persian digits, and what is no number is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sakha.scoring.rules.assessment import USUAL_EQUIVALENT
from sakha.scoring.rules.card import Card
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, INCOMES, parts_of
from sakha.scoring.rules.file_places import PLACES, WHERE_KEY, WHERES, place_key_sql
from sakha.scoring.rules.file_sums import file_sums
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
MASS = ("weight", "hhsize")
TEXT: Final = "VARCHAR"
WHOLE: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
# What is added up or multiplied must not leave the narrow type of a file's column.
RECKONED: Final = frozenset(
    ["county"]
    + [part.value for parts in INCOMES.values() for part in parts]
    + [name for needed, _ in SIZES for name in needed]
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a file: what it is called there and of which type of DuckDB it is."""

    name: str
    type: str


def read_columns(card: Card) -> tuple[str, ...]:
    """The columns of a file that the card reads, the parts of derived ones included."""
    names = [part for variable in card.variables for column in variable.columns for part in parts_of(column)]
    return tuple(dict.fromkeys(name for name in names if name != EQUIVALENT_SIZE))


def facts_sql(card: Card, columns: Mapping[str, Heading], key: str) -> str:
    """`households` as one row of facts each; `columns` gives the file's own heading of each name."""
    wanted = [*read_columns(card), *(name for needed, _ in SIZES for name in needed), *MASS]
    known = [name for name in dict.fromkeys(wanted) if name in columns]
    numbers = ", ".join(f"{_number(name, columns[name])} AS {name}" for name in known)
    names = dict.fromkeys([*read_columns(card), "county", "urban"])
    facts = ", ".join(f"{_fact(name, columns.get(name))} AS {name}" for name in names)
    # a sample of a population, else each household is one
    mass = "coalesce(weight * hhsize, 0)" if set(MASS) <= set(known) else "1::utinyint"
    return (
        f"SELECT household, {mass} AS mass, {_size(known)} AS {EQUIVALENT_SIZE}, {facts}"  # noqa: S608 (headings are quoted)
        f" FROM (SELECT {_quoted(columns[key].name)} AS household, {numbers or 'NULL AS no_number'} FROM households)"
    )


def scored_sql(card: Card, facts: str, *, year: int) -> str:
    """The facts scored, before placing: one key says stratum, band and score at the place's prices."""
    sums, compiled = file_sums(card), compile_card(card, "duckdb", year=year)
    incomes = {name: tree for name, tree in compiled.keys.items() if name in INCOMES}
    return f"""
        WITH facts AS ({facts}),
        located AS (SELECT facts.*, {WHERES}.* EXCLUDE (where_key){_columns(incomes)}
            FROM facts JOIN {WHERES} ON where_key = {WHERE_KEY}),
        numbered AS (SELECT household, county, mass, {EQUIVALENT_SIZE}, region_points, region_level, stratum
            {_columns(sums.numbers(year=year))} FROM located),
        summed AS (SELECT numbered.*{_columns(sums.sums())} FROM numbered {sums.joins()}),
        scored AS (SELECT *, {compiled.score} AS score, {compiled.band} AS band FROM summed)
        SELECT household, county, mass, CAST({EQUIVALENT_SIZE} AS smallint) AS {EQUIVALENT_SIZE}, region_level,
            CAST(score AS integer) AS score, {place_key_sql(len(card.table.bands))} AS place_key,
            CAST({len(card.variables)} - unknown_count AS utinyint) AS known_count
        FROM scored"""  # noqa: S608 (the model document's own names; headings are quoted)


def strange_row(name: str, heading: Heading) -> str:
    """The place of a row whose cell is written on and is no number, as SQL over text columns and `row_place`."""
    own = _quoted(heading.name)
    return f"CASE WHEN trim({own}) <> '' AND {_number(name, heading)} IS NULL THEN row_place END"


def _columns(trees: Mapping[str, str]) -> str:
    return "".join(f", {tree} AS {name}" for name, tree in trees.items())


def placed_sql(card: Card, scored: str, key: str, *, year: int) -> str:
    """The answer: one row a household with all that a score says, by one join with the table of places."""
    factor = card.price_factor(year)
    return f"""
        SELECT household AS {_quoted(key)}, score, decile, p_poor20, p_poor40,
            gap_rial * coalesce({EQUIVALENT_SIZE}, {USUAL_EQUIVALENT}) * {factor}
                // 100000 * region_level // 1000 AS expected_gap, known_count
        FROM {scored} AS scored JOIN {PLACES} USING (place_key)"""  # noqa: S608 (as above)


def _number(name: str, heading: Heading) -> str:
    own = _quoted(heading.name)
    if heading.type == TEXT:
        return f"coalesce(TRY_CAST({own} AS double), TRY_CAST({DIGITS.format(f'trim({own})')} AS double))"
    if heading.type not in WHOLE:
        return f"TRY_CAST({own} AS double)"
    if name not in RECKONED:
        return own
    is_wide = heading.type == "BIGINT"
    return f"CASE WHEN abs({own}) < {LARGEST_NUMBER}::bigint THEN {own} END" if is_wide else f"CAST({own} AS bigint)"


def _fact(name: str, heading: Heading | None) -> str:
    if heading is None:
        return "CAST(NULL AS bigint)"
    if heading.type in WHOLE:
        return name
    return f"CAST(CASE WHEN abs({name}) < {LARGEST_NUMBER} THEN round({name}) END AS bigint)"


def _size(known: Sequence[str]) -> str:
    trees = [tree for needed, tree in SIZES if set(needed) <= set(known)]
    size = f"coalesce({', '.join([*trees, 'NULL'])})"
    return f"CAST(CASE WHEN {size} >= {SMALLEST_SIZE} THEN least({size}, {LARGEST_SIZE}) END AS bigint)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
