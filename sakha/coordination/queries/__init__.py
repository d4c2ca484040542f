"""Reads of coordination: who covers a household, where the uncovered live, what the outbox holds."""

from sakha.coordination.queries.coverage import CoverageLine, coverage_of_household, is_covered
from sakha.coordination.queries.outbox import OutboxLine, outbox
from sakha.coordination.queries.registrations import (
    KnownBeforehand,
    RegistrationCard,
    find_known_beforehand,
    find_registration,
    what_came,
)
from sakha.coordination.queries.uncovered import (
    InvitationCount,
    UncoveredCounty,
    invitation_counts,
    uncovered_by_county,
)

__all__ = [
    "CoverageLine",
    "InvitationCount",
    "KnownBeforehand",
    "OutboxLine",
    "RegistrationCard",
    "UncoveredCounty",
    "coverage_of_household",
    "find_known_beforehand",
    "find_registration",
    "invitation_counts",
    "is_covered",
    "outbox",
    "uncovered_by_county",
    "what_came",
]
