"""Whether a telephone is a person's own, as the bank of lines (shahkar) says: what opens a file to it."""

from enum import StrEnum
from typing import Final

LINE_BANK: Final = "mobile_ownership"
# The value that the bank's document gives the word MATCH.
IS_OWN: Final = 1


class LineState(StrEnum):
    """What is known of one telephone and one person.

    OWN: the bank was asked about exactly these two, said MATCH, and its answer is fresh. NOT_OWN: it said something
    else, or that it can't tell. ASKED: its answer is on the way. NOT_ASKED: it was not asked about these two, or so
    long ago that the number may be somebody else's by now.
    """

    OWN = "OWN"
    NOT_OWN = "NOT_OWN"
    ASKED = "ASKED"
    NOT_ASKED = "NOT_ASKED"
