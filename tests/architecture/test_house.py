"""The house keeps its shape: sizes, door plates, words, directions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 40
FORBIDDEN_WORDS = {
    "utils", "util", "helpers", "helper", "common", "core", "base", "manager", "service", "services", "handler",
    "processor", "info", "misc",
}  # fmt: skip
ROOMS = (
    "vocabulary", "access", "linkage", "databanks", "registry", "ledger", "scoring", "coordination", "allocation",
    "giving", "exchange", "observatory",
)  # fmt: skip
CLOCK = re.compile(r"\b(timezone\.now|datetime\.now|datetime\.utcnow|date\.today|time\.time)\(")


def product_files() -> list[Path]:
    return [
        path
        for folder in ("sakha", "simulation", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def too_long_functions(source: str) -> list[tuple[str, int]]:
    found = []
    for node in functions(ast.parse(source)):
        first = node.body[0]
        starts_with_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        text_lines = (first.end_lineno or 0) - first.lineno + 1 if starts_with_text else 0
        length = (node.end_lineno or 0) - node.lineno + 1 - text_lines
        if length > FUNCTION_LINES_MAX:
            found.append((node.name, length))
    return found


@pytest.mark.parametrize("path", product_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short_and_says_what_it_decides(path: Path) -> None:
    source = path.read_text()

    assert len(source.splitlines()) <= FILE_LINES_MAX
    assert too_long_functions(source) == []
    text = ast.get_docstring(ast.parse(source))
    assert text, "a module opens with one to four lines: what it decides, what it leaves to whom"


def test_migrations_are_short_too() -> None:
    files = list((ROOT / "sakha").glob("*/migrations/*.py"))

    assert len(files) > 60
    assert [path.name for path in files if len(path.read_text().splitlines()) > FILE_LINES_MAX] == []


def test_a_long_function_is_found() -> None:
    source = "def long():\n" + "    x = 1\n" * 41

    assert too_long_functions(source) == [("long", 42)]


@pytest.mark.parametrize("path", product_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_name_says_what_the_file_holds(path: Path) -> None:
    words = set(re.split(r"[_.]", path.stem))

    assert not words & FORBIDDEN_WORDS


@pytest.mark.parametrize("room", ROOMS)
def test_room_has_a_door_plate(room: str) -> None:
    text = ast.get_docstring(ast.parse((ROOT / "sakha" / room / "__init__.py").read_text())) or ""

    assert "Owns" in text
    assert "Promises" in text


@pytest.mark.parametrize("room", ROOMS)
def test_rules_queries_and_actions_have_no_clock(room: str) -> None:
    for kind in ("rules", "queries", "actions", "models"):
        for path in [ROOT / "sakha" / room / f"{kind}.py", *(ROOT / "sakha" / room / kind).rglob("*.py")]:
            if path.exists():
                assert not CLOCK.search(path.read_text()), path


def test_no_exception_is_caught_blindly() -> None:
    for path in product_files():
        assert not re.search(r"except\s*(Exception|BaseException)?\s*:", path.read_text()), path
