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
MANY_WORDS = frozenset(("subsidy_household", "household_no"))
NO_DAY = -1_000_000
NOBODY = -1


class Known:
    """What is known of everybody; `find` gives lines, the columns are read by line."""

    def __init__(self, people: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")
            connection.execute("CREATE VIEW people AS SELECT * FROM read_parquet(?)".replace("?", _quoted(people)))
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
