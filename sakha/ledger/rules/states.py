"""The words of the ledger as they are stored: states of a hold, what was asked, what was answered.

The SQL functions write these numbers: change both or none.
"""

from enum import IntEnum
from typing import Final


class HoldStatus(IntEnum):
    """Where a hold stands; HELD and DELIVERED count against the need."""

    HELD = 1
    DELIVERED = 2
    RELEASED = 3
    EXPIRED = 4
    UNDONE = 5
    """Told as delivered, and found by two of an office not to have arrived."""


class LedgerAction(IntEnum):
    """What was asked of the ledger."""

    CHECK = 1
    HOLD = 2
    DELIVER = 3
    RELEASE = 4
    EXPIRE = 5
    OPEN_NEED = 6
    VERIFY = 7
    JOIN = 8
    RECEIPT = 9
    UNDO = 10


class Outcome(IntEnum):
    """What the ledger answered."""

    DONE = 1
    """Carried out; for a check: clear."""
    COVERED = 2
    """Nothing of the need is open."""
    UNKNOWN = 3
    """No such household, none that this organisation knows or has asked for, or no hold of its own."""
    PROTECTED = 4
    """A protected household, and the organisation has no record of it."""
    SOFT = 5
    """Similar help lies within the rolling window, and no reason was given."""
    EXCEEDS = 6
    """Something is open, but less than was offered."""
    REPLAY = 7
    """The very request was carried out before."""
    MISMATCH = 8
    """The request id was used for something else."""
    SETTLED = 9
    """The hold was settled another way before; for a request sent again: released or expired."""
    REPEATED = 10
    """The household came twice in one batch."""
    DIFFERS = 11
    """A need's counters are not the sums of its holds."""
    FOUND_DOUBLE = 12
    """Aid that two households received, found to be one: given or promised twice."""
    NOT_RECEIVED = 13
    """The household, a visitor or a call says that a delivery did not arrive; two of an office may take it back."""
    STOPPED = 20
    """Nobody of the household lives any more, as the civil registry says: nothing is delivered."""


REFUSED_DOUBLE_AID: Final = (Outcome.COVERED, Outcome.SOFT)
