"""The glossary is true: what it names exists, and no table is missing from it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| (?P<english>[^|]+) \| (?P<persian>[^|]+) \| `(?P<code>[\w.]+)` \| (?P<meaning>[^|]+) \|$")


def rows() -> list[dict[str, str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    tables = [line for line in lines if line.startswith("| ") and not line.startswith(("| English", "| ---"))]
    found = [ROW.match(line) for line in tables]
    assert all(found), "each row has an English word, a Persian word, its code and a meaning"
    return [match.groupdict() for match in found if match]


def missing_codes(codes: list[str]) -> list[str]:
    missing = []
    for code in codes:
        module, _, name = code.rpartition(".")
        if not hasattr(import_module(f"sakha.{module}"), name):
            missing.append(code)
    return missing


def test_every_word_of_the_glossary_lives_where_it_says() -> None:
    assert missing_codes([row["code"] for row in rows()]) == []


def test_a_word_that_lives_nowhere_is_found() -> None:
    assert missing_codes(["vocabulary.refusal.Refusal", "vocabulary.refusal.Excuse"]) == ["vocabulary.refusal.Excuse"]


def test_no_word_stands_for_two_ideas() -> None:
    words = [row["english"] for row in rows()]

    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    "table",
    [model for model in apps.get_models() if model.__module__.startswith("sakha.")],
    ids=lambda model: model.__name__,
)
def test_every_table_is_in_the_glossary(table: type) -> None:
    assert f"{table.__module__.removeprefix('sakha.')}.{table.__name__}" in {row["code"] for row in rows()}
