"""The page of figures in the docs is the code's own."""

from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "figures.md"


def test_docs_print_the_queries_that_the_pages_use() -> None:
    from sakha.entrypoints.commands.figures import definitions_page

    assert PAGE.read_text() == definitions_page()
