"""Splink as one would take it, run as a child: `python -m bench.linkage.ground.splink_rival MODEL RECORDS.csv EDGES`.

`plain`: the raw text with the comparisons that its documentation offers. `tuned`: columns read by Sakha's own reader,
levels for Persian records, ten blocking rules. Both write every weighed pair; the threshold is chosen later, at its
best. `febrl`: a model for the four made-up lists that every tool is shown on.
"""

from __future__ import annotations

import csv
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from sakha.linkage.rules import RECORD_COLUMNS, view_record

READ_COLUMNS = (
    "given", "family", "father", "given_sound", "family_sound", "father_sound", "national_id", "birth", "gender",
    "mobile", "postal_code", "address", "province", "county",
)  # fmt: skip
LOWEST_WEIGHT = -5
SEED = 1405
PAIRS_TO_SAMPLE = 5e6


def main() -> int:
    """Train, weigh, write."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    kind, records, edges = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    table = read_table(connection, records) if kind == "tuned" else raw_table(connection, records)
    columns = {name for name, filled in zip(table.columns, filled_counts(connection), strict=True) if filled}
    model, trainings = {"plain": plain_model, "tuned": tuned_model, "febrl": febrl_model}[kind](columns)
    linker = Linker(DuckDBAPI(connection=connection).register("records"), model)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("national_id")] if kind == "tuned" else [block_on("given_name", "family_name", "birth_date")],
        recall=0.5,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS_TO_SAMPLE, seed=SEED)
    for rule in trainings:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=LOWEST_WEIGHT)
    connection.execute(
        f"COPY (SELECT record_id_l AS one, record_id_r AS other, match_weight AS weight FROM {found.physical_name}) "
        f"TO '{edges}' (FORMAT parquet)"
    )
    return 0


def raw_table(connection: duckdb.DuckDBPyConnection, records: Path) -> Any:
    """Read the records as they are; empty cells are unknown."""
    connection.execute(
        f"CREATE TABLE records AS SELECT * FROM read_csv('{records}', header = true, all_varchar = true, nullstr = '')"
    )
    return connection.table("records")


def read_table(connection: duckdb.DuckDBPyConnection, records: Path) -> Any:
    """Read the records with Sakha's reader: the rival gets the same columns as the product."""
    kept = records.with_suffix(".read.csv")
    with records.open(encoding="utf-8", newline="") as lines, kept.open("w", encoding="ascii", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("record_id", *READ_COLUMNS))
        for row in csv.DictReader(lines):
            view = asdict(view_record({name: row.get(name, "") for name in RECORD_COLUMNS}))
            cells = (str(view[name]).encode("ascii", "replace").decode() for name in READ_COLUMNS)
            writer.writerow((row["record_id"], *cells))
    return raw_table(connection, kept)


def filled_counts(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Count the filled cells of every column."""
    columns = connection.table("records").columns
    counts = ", ".join(f'count("{name}")' for name in columns)
    return list(connection.execute(f"SELECT {counts} FROM records").fetchall()[0])


def plain_model(columns: set[str]) -> tuple[SettingsCreator, list[Any]]:
    """The documentation's example for persons, on the columns at hand."""
    exact = ("national_id", "mobile", "postal_code", "county", "province", "gender", "address")
    comparisons: list[Any] = [
        cl.ForenameSurnameComparison("given_name", "family_name"),
        cl.LevenshteinAtThresholds("birth_date", [1, 2]),
    ]
    if "father_name" in columns:
        comparisons.append(cl.NameComparison("father_name"))
    comparisons += [
        cl.LevenshteinAtThresholds(name, [1, 2]) if name == "national_id"
        else cl.ExactMatch(name).configure(term_frequency_adjustments=name in {"county", "province"})
        for name in exact if name in columns
    ]  # fmt: skip
    rules: list[Any] = [
        block_on("national_id"), block_on("given_name", "family_name"), block_on("given_name", "birth_date"),
        block_on("family_name", "birth_date"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="record_id", comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
    )  # fmt: skip
    return settings, [block_on("given_name", "family_name"), block_on("birth_date")]


def febrl_model(_columns: set[str]) -> tuple[SettingsCreator, list[Any]]:
    """A model for FEBRL: small data, so every field may bring records together."""
    near = [0.95, 0.88, 0.7]
    comparisons: list[Any] = [
        cl.ForenameSurnameComparison("given_name", "family_name"),
        cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("national_id", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("postal_code", [1, 2]),
        cl.JaroWinklerAtThresholds("address", near),
        cl.JaroWinklerAtThresholds("county", near).configure(term_frequency_adjustments=True),
        cl.ExactMatch("province"),
    ]
    keys = ("given_name", "family_name", "birth_date", "national_id", "postal_code", "county", "address")
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="record_id", comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(key) for key in keys],
    )  # fmt: skip
    return settings, [block_on("birth_date"), block_on("given_name", "family_name"), block_on("postal_code")]


def tuned_model(columns: set[str]) -> tuple[SettingsCreator, list[Any]]:
    """A model for Persian records on the columns of Sakha's reader."""
    comparisons: list[Any] = [name_comparison("given"), name_comparison("family")]
    if "father" in columns:
        comparisons.append(name_comparison("father"))
    comparisons += [birth_comparison(), number_comparison("national_id", 2)]
    if "mobile" in columns:
        comparisons.append(number_comparison("mobile", 1))
    comparisons.append(place_comparison(columns))
    if "gender" in columns:
        comparisons.append(cl.ExactMatch("gender"))
    year = "substr(birth, 1, 4)"
    wanted = (
        ("national_id",), ("mobile", "given_sound"), ("given_sound", "birth"), ("family_sound", "birth"),
        ("given_sound", "family_sound", "father_sound"), ("mobile", year), ("postal_code", "given_sound"),
        ("given_sound", "family_sound", year), ("family_sound", "father_sound", year),
        ("given_sound", "father_sound", year, "county"),
    )  # fmt: skip
    rules: list[Any] = [
        block_on(*keys) for keys in wanted if {key for key in keys if key != year} - {"given_sound"} <= columns
    ]
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="record_id", comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
    )  # fmt: skip
    return settings, [block_on("given", "family"), block_on("birth", "given_sound"), block_on("national_id")]


def name_comparison(column: str) -> Any:
    """Equal, sounding equal, a slip, one part of the other, near."""
    left, right = f"{column}_l", f"{column}_r"
    part = (
        f"least(length({left}), length({right})) >= 3 AND (starts_with({left}, {right}) "
        f"OR starts_with({right}, {left}) OR suffix({left}, {right}) OR suffix({right}, {left}))"
    )
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.ExactMatchLevel(column, term_frequency_adjustments=True),
            cll.CustomLevel(f"{column}_sound_l = {column}_sound_r", "sounds equal"),
            cll.CustomLevel(f"length({left}) >= 5 AND damerau_levenshtein({left}, {right}) <= 1", "slip"),
            cll.CustomLevel(part, "part"),
            cll.JaroWinklerLevel(column, 0.88),
            cll.ElseLevel(),
        ],
    )


def birth_comparison() -> Any:
    """Equal, day and month swapped, a slip, the year alone."""
    swapped = (
        "substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND substr(birth_l, 5, 2) = substr(birth_r, 7, 2) "
        "AND substr(birth_l, 7, 2) = substr(birth_r, 5, 2)"
    )
    rough = "substr(birth_l, 1, 4) = substr(birth_r, 1, 4) AND least(length(birth_l), length(birth_r)) = 4"
    return cl.CustomComparison(
        output_column_name="birth",
        comparison_levels=[
            cll.NullLevel("birth"),
            cll.CustomLevel("birth_l = birth_r AND length(birth_l) = 8", "equal"),
            cll.CustomLevel(swapped, "swapped"),
            cll.CustomLevel("length(birth_l) = 8 AND damerau_levenshtein(birth_l, birth_r) <= 1", "slip"),
            cll.CustomLevel(rough, "one has the year only"),
            cll.CustomLevel("substr(birth_l, 1, 4) = substr(birth_r, 1, 4)", "same year"),
            cll.ElseLevel(),
        ],
    )


def number_comparison(column: str, edits: int) -> Any:
    """Equal, mistyped, other."""
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.ExactMatchLevel(column),
            cll.DamerauLevenshteinLevel(column, edits),
            cll.ElseLevel(),
        ],
    )


def place_comparison(columns: set[str]) -> Any:
    """The postal code, the address, the county, whichever says most."""
    levels: list[Any] = [
        cll.CustomLevel("county_l IS NULL OR county_r IS NULL", "unknown").configure(is_null_level=True)
    ]
    levels += [cll.ExactMatchLevel(column) for column in ("postal_code", "address", "county") if column in columns]
    return cl.CustomComparison(output_column_name="county", comparison_levels=[*levels, cll.ElseLevel()])


if __name__ == "__main__":
    sys.exit(main())
