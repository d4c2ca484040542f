"""The province in memory: one array a column, one line a person, found by identifier in batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from simulation.chance import Ints

NUMBERS = ("identifier", "spouse", "father", "mother", "head", "mobile_owner", "postal_code")
WORDS = (
    "given_name", "family_name", "father_name", "gender", "marital", "county", "place", "residence_status",
    "imdad_kind", "behzisti_kind", "subsidy_household", "household_no",
)  # fmt: skip
DAYS = ("birth_on", "died_on", "decile_on", "permit_ends_on", "imdad_from", "imdad_to", "behzisti_from", "behzisti_to")
PLAIN = (
    "is_head", "child_count", "official_decile", "house", "subsidy_size", "subsidy_monthly", "car_count",
    "motorcycle_count", "car_year", "dwelling_count", "property_count", "turnover_class", "interest_annual",
    "wage_public_annual", "wage_private_annual", "pension_annual", "health_insured", "pension_insured",
)  # fmt: skip
# Besides whom the register may hold, some heads of the upper deciles: givers whose identity may be asked. Of their
# homes and means nothing is known that is theirs.
WELL_OFF_COUNT = 200
WELL_OFF = """
    SELECT someone.* REPLACE (
             rich.national_id AS identifier, rich.given_name AS given_name, rich.family_name AS family_name,
             rich.mobile AS mobile, rich.national_id AS mobile_owner, rich.birth_on AS birth_on, rich.gender AS gender,
             NULL AS died_on, NULL AS spouse, NULL AS father, NULL AS mother, NULL AS imdad_from, NULL AS imdad_to,
             NULL AS behzisti_from, NULL AS behzisti_to, NULL AS imdad_kind, NULL AS behzisti_kind)
      FROM (SELECT * FROM read_parquet({welfare})
             WHERE official_decile >= 9 AND is_head AND mobile IS NOT NULL AND birth_on < DATE '1990-01-01'
             ORDER BY national_id LIMIT {count}) AS rich
     CROSS JOIN (SELECT * FROM read_parquet({people}) LIMIT 1) AS someone
"""
MANY_WORDS = frozenset(("subsidy_household", "household_no"))
NO_DAY = -1_000_000
NOBODY = -1


class Known:
    """What is known of everybody; `find` gives lines, the columns are read by line."""

    def __init__(self, people: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")
            connection.execute(f"CREATE TABLE people AS {_everybody(people)}")
            self.words = {name: _words(connection, name) for name in WORDS if name not in MANY_WORDS}
            columns = [f"coalesce(try_cast({name} AS BIGINT), 0) AS {name}" for name in NUMBERS]
            columns += [f"coalesce(enum_code({name}::{name}_words), -1)::SMALLINT AS {name}" for name in self.words]
            columns += [f"coalesce({name} - DATE '1970-01-01', {NO_DAY})::INTEGER AS {name}" for name in DAYS]
            columns += [f"coalesce(replace(mobile, '+98', '')::BIGINT, 0) AS mobile, {', '.join(PLAIN)}"]
            columns += [f"substr({name}, 2)::INTEGER AS {name}" for name in sorted(MANY_WORDS)]
            read = connection.execute(f"SELECT {', '.join(columns)} FROM people").fetchnumpy()
        order = np.argsort(read["identifier"], kind="stable")
        self.columns: dict[str, Ints] = {name: np.asarray(values)[order] for name, values in read.items()}
        self.number = self.columns["identifier"]
        self.postal, self.postal_line = np.unique(self.columns["postal_code"], return_index=True)

    def __len__(self) -> int:
        return len(self.number)

    def find(self, identifiers: Sequence[str]) -> Ints:
        """Give the line of each identifier, NOBODY where the province has none."""
        return _lines(self.number, None, identifiers)

    def find_postal(self, codes: Sequence[str]) -> Ints:
        """Give a line that lives at each postal code."""
        return _lines(self.postal, self.postal_line, codes)

    def take(self, name: str, lines: Ints) -> list[Any]:
        """Give one column of these lines as plain values; words as text."""
        values = self.columns[name][lines].tolist()
        words = self.words.get(name)
        return values if words is None else [words[value] if value >= 0 else "" for value in values]

    def one(self, name: str, line: int) -> Any:
        """Give one cell."""
        return self.take(name, np.array([line]))[0]

    def change(self, name: str, line: int, value: int) -> None:
        """Change one cell, as a life event does."""
        self.columns[name][line] = value

    def word_code(self, name: str, word: str) -> int:
        """Give the code of a word."""
        return self.words[name].index(word)


def _everybody(people: Path) -> str:
    """The register's people, and beside an extract of the province the first of its well-off."""
    whole, welfare = f"SELECT * FROM read_parquet({_quoted(people)})", people.with_name("welfare.parquet")
    if not welfare.exists():
        return whole
    return (
        f"{whole} UNION ALL {WELL_OFF.format(welfare=_quoted(welfare), people=_quoted(people), count=WELL_OFF_COUNT)}"
    )


def _lines(sorted_numbers: Ints, lines: Ints | None, texts: Sequence[str]) -> Ints:
    wanted = np.array([int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1 for text in texts])
    at = np.minimum(np.searchsorted(sorted_numbers, wanted), len(sorted_numbers) - 1)
    found = at if lines is None else lines[at]
    return np.where(sorted_numbers[at] == wanted, found, NOBODY)


def _words(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    connection.execute(
        f"CREATE TYPE {name}_words AS ENUM (SELECT DISTINCT {name} FROM people WHERE {name} IS NOT NULL ORDER BY 1)"
    )
    row = connection.execute(f"SELECT enum_range(NULL::{name}_words)").fetchone()
    return list(row[0]) if row else []


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
