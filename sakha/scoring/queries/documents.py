"""The model document in use, read once from the product's own documents."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import parse_card
from sakha.vocabulary.refusal import Refusal

DOCUMENTS: Final = Path(__file__).resolve().parent.parent / "documents"
CARD_DOCUMENT: Final = "sakha-1398-2.toml"


class ModelOutOfDate(Refusal):
    """No model document is valid on the day asked for."""

    code: ClassVar[str] = "MODEL_OUT_OF_DATE"
    sentence: ClassVar[str] = "در این تاریخ هیچ سند مدلی اعتبار ندارد."


@cache
def current_text() -> str:
    """The model document as shipped."""
    return (DOCUMENTS / CARD_DOCUMENT).read_text(encoding="utf-8")


@cache
def current_card() -> Card:
    """The card in use."""
    return parse_card(current_text())


def card_on(on: date) -> Card:
    """The card valid on a day."""
    card = current_card()
    if not card.valid_from <= on <= card.valid_to:
        raise ModelOutOfDate(field="model")
    return card
