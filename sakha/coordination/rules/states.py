"""The words for where a candidate and an invitation stand, neutral between SMS providers.

Decides which states are final; who moves a row from one to the other is decided by the actions.
"""

from enum import StrEnum
from typing import Final


class CoverageSource(StrEnum):
    """How we know: an agency's own list, a record that an organisation submitted, or an introduction that it took."""

    LIST = "LIST"
    RECORD = "RECORD"
    TAKEN = "TAKEN"


class CandidateState(StrEnum):
    """OPEN: low and covered by nobody. COVERED: somebody covers them. LEFT: the newest search finds them no more."""

    OPEN = "OPEN"
    COVERED = "COVERED"
    LEFT = "LEFT"


class CandidateReason(StrEnum):
    """Why somebody is a candidate; kept with the row, shown to offices only."""

    LOW_OFFICIAL_DECILE = "LOW_OFFICIAL_DECILE"
    LOW_SCORE_DECILE = "LOW_SCORE_DECILE"
    COVERED_BY_NOBODY = "COVERED_BY_NOBODY"


class InvitationState(StrEnum):
    """Drawn in the docstring of the model Invitation."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    UNDELIVERED = "UNDELIVERED"
    BLOCKED_BY_RECIPIENT = "BLOCKED_BY_RECIPIENT"
    FILTERED = "FILTERED"
    INVALID_NUMBER = "INVALID_NUMBER"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"
    FAILED = "FAILED"


# Everything else is final: a row never leaves it.
UNSETTLED: Final = frozenset({InvitationState.QUEUED, InvitationState.SENDING, InvitationState.SENT})

# The provider took no SMS of ours, or sent none.
NEVER_LEFT: Final = frozenset(
    {InvitationState.INVALID_NUMBER, InvitationState.FAILED, InvitationState.FILTERED, InvitationState.CANCELLED}
)


class OptOutSource(StrEnum):
    """By which way somebody said no."""

    INBOUND_SMS = "INBOUND_SMS"
    OFFICE = "OFFICE"
    # Said by the household itself, on its own page.
    HOUSEHOLD = "HOUSEHOLD"


class RegistrationState(StrEnum):
    """Drawn in the docstring of the model Registration."""

    BEGUN = "BEGUN"
    SENT = "SENT"
    WITHDRAWN = "WITHDRAWN"


class KnockKind(StrEnum):
    """What somebody tried at the households' door: asked for a code, or missed with a link, a number or a code."""

    ASK = "ASK"
    MISS = "MISS"
