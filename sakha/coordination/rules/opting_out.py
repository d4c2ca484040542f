"""Which inbound texts say no: «لغو», «۱۱» and both together, however the keyboard writes them."""

from typing import Final

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.persian_text import match_key

# Advertising texts in Iran end with «لغو۱۱», so people answer with either word, or both.
_REFUSALS: Final = frozenset({"لغو", "11", "لغو11", "11لغو"})


def is_opt_out(text: str) -> bool:
    """Whether somebody answered that they want no more messages. A longer text is no refusal: people also chat."""
    return match_key(fold_digits(text)) in _REFUSALS
