"""What kinds of damage lead to wrong and missing links: shares, how much oftener than usual, and examples."""

from __future__ import annotations

import csv
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
Pair = tuple[str, str]
SHOWN = (
    "source", "given_name", "family_name", "father_name", "national_id", "birth_date", "gender", "mobile", "county",
    "address", "postal_code", "file_no",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Errors:
    """Pairs that are wrong or missing, and all true ones."""

    rows: dict[str, Row]
    wrong: list[Pair]
    missing: list[Pair]
    true: list[Pair]


def read_rows(path: Path) -> dict[str, Row]:
    """Read a file by record_id."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["record_id"]: row for row in csv.DictReader(lines)}


def find_errors(records: Path, story: Path, clusters: Path) -> Errors:
    """Compare clusters with the story's persons."""
    rows = read_rows(records)
    stories = read_rows(story)
    found = {record: row["cluster_id"] for record, row in read_rows(clusters).items()}
    for record, row in rows.items():
        row.update(stories[record])
    by_person, by_cluster = defaultdict(list), defaultdict(list)
    for record, row in rows.items():
        by_person[row["person_id"]].append(record)
        by_cluster[found[record]].append(record)
    true = [pair for group in by_person.values() for pair in itertools.combinations(group, 2)]
    pairs = [pair for group in by_cluster.values() for pair in itertools.combinations(group, 2)]
    wrong = [(a, b) for a, b in pairs if rows[a]["person_id"] != rows[b]["person_id"]]
    return Errors(rows, wrong, [(a, b) for a, b in true if found[a] != found[b]], true)


def relation_of(one: Row, other: Row) -> str:
    """Say what two different people are to each other."""
    if one["household_id"] == other["household_id"]:
        return (
            "twins"
            if one["born"] == other["born"]
            else f"one household ({'+'.join(sorted((one['relation'], other['relation'])))})"
        )
    return "one clan" if one["clan_id"] == other["clan_id"] else "strangers"


def words_of(rows: dict[str, Row], pair: Pair) -> set[str]:
    """Give what befell one or both records; doubled words befell both."""
    one, other = (set(rows[record]["story"].split()) for record in pair)
    return {f"{word} x2" for word in one & other} | (one ^ other)


def error_lines(errors: Errors, examples: int = 0) -> Iterator[str]:
    """Give the report, line by line."""
    rows = errors.rows
    yield f"wrong pairs {len(errors.wrong)}: by whom they join"
    for kind, count in Counter(relation_of(rows[a], rows[b]) for a, b in errors.wrong).most_common(12):
        yield f"  {kind:<34}{count:>6}"
    yield "  words of the story of wrong pairs"
    for word, count in Counter(word for pair in errors.wrong for word in words_of(rows, pair)).most_common(14):
        yield f"    {word:<32}{count:>6}"
    usual = Counter(word for pair in errors.true for word in words_of(rows, pair))
    lost = Counter(word for pair in errors.missing for word in words_of(rows, pair))
    yield f"missing pairs {len(errors.missing)} of {len(errors.true)}: word, missing, their share of all such pairs"
    for word, count in lost.most_common(30):
        yield f"  {word:<34}{count:>6}{count / usual[word]:>8.1%}"
    for title, pairs in (("wrong", errors.wrong), ("missing", errors.missing)):
        step = max(1, len(pairs) // examples) if examples else 1
        for pair in pairs[::step][:examples]:
            yield f"\n{title}: {relation_of(rows[pair[0]], rows[pair[1]]) if title == 'wrong' else ''}"
            for record in pair:
                yield "  " + " | ".join(rows[record].get(name, "") for name in SHOWN)
                yield f"      {rows[record]['relation']}, {rows[record]['story']}"
