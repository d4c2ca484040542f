"""The page that the demonstration ends with names every figure in words that any terminal can set."""

from sakha.entrypoints.commands.demo_page import WORDS
from sakha.observatory.queries.figures import FIGURES


def test_every_figure_has_its_words_on_the_demonstrations_page() -> None:
    assert {one.code for one in FIGURES} - set(WORDS) == set()
