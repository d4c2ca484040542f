"""The rules of linkage: names, distances, and the verdict on two records that carry one national ID."""

from sakha.linkage.rules.identity import (
    REASON_SENTENCES,
    IdentityOutcome,
    IdentityReason,
    IdentityVerdict,
    IdentityView,
    compare_identity,
)
from sakha.linkage.rules.names import NameLevel, compare_names, name_key

__all__ = [
    "REASON_SENTENCES",
    "IdentityOutcome",
    "IdentityReason",
    "IdentityVerdict",
    "IdentityView",
    "NameLevel",
    "compare_identity",
    "compare_names",
    "name_key",
]
