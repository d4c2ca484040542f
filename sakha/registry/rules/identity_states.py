"""The words of an identity question: what it is about and how it was answered."""

from enum import StrEnum
from typing import Final


class QuestionKind(StrEnum):
    """What stands beside the known person."""

    ROW = "ROW"
    """A row on its way in that carries the identifier of somebody who is told of otherwise."""
    PAIR = "PAIR"
    """Another person of the register."""


class QuestionState(StrEnum):
    """Drawn in `models.IdentityQuestion`."""

    OPEN = "OPEN"
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNKNOWN = "UNKNOWN"
    WITHDRAWN = "WITHDRAWN"


ANSWERS: Final = (QuestionState.SAME, QuestionState.DIFFERENT, QuestionState.UNKNOWN)
