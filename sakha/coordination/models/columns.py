"""What the room's tables share: how long a blind index is, and words as choices of a column."""

from enum import StrEnum
from typing import Final

INDEX_LENGTH: Final = 16  # bytes of a blind index


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """The words as choices of a column."""
    return [(word.value, word.value) for word in words]
