"""The reference of the interface in the docs is the OpenAPI document's own."""

from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api_reference.md"


def test_docs_print_the_document_that_the_interface_answers_by() -> None:
    from sakha.entrypoints.api.reference import write_reference

    assert PAGE.read_text() == write_reference(), "run: sakha api-reference > docs/api_reference.md"
