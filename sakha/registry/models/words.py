"""What the tables of this room share: the length of a blind index, and words as Django and constraints want them."""

from enum import StrEnum
from typing import Final

INDEX_LENGTH: Final = 16  # bytes of a blind index


def values_of(words: type[StrEnum]) -> list[str]:
    """The words as a constraint lists them."""
    return [word.value for word in words]


def choices_of(words: type[StrEnum]) -> list[tuple[str, str]]:
    """The words as a field wants them."""
    return [(word.value, word.value) for word in words]
