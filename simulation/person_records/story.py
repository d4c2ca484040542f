"""Remembers what was done to each record, so that an error of a linker can be told by the kind of damage."""

import numpy as np

from simulation.chance import Flags, Ints

MOST_WORDS = 62


class Story:
    """One bit a word a record."""

    def __init__(self, count: int) -> None:
        """Begin with nothing done."""
        self._bits = np.zeros(count, dtype=np.int64)
        self._words: list[str] = []

    def mark(self, word: str, where: Flags) -> None:
        """Say that this befell these records."""
        if word not in self._words:
            self._words.append(word)
        self._bits |= where.astype(np.int64) << self._words.index(word)

    def texts(self) -> list[str]:
        """Give each record's words, joined by spaces."""
        kinds, where = np.unique(self._bits, return_inverse=True)
        texts = [
            " ".join(word for place, word in enumerate(self._words) if bits >> place & 1) for bits in kinds.tolist()
        ]
        return [texts[place] for place in where.tolist()]

    def bits(self) -> Ints:
        """Give the marks as they are kept."""
        return self._bits
