"""Reads of giving: the needs shown to givers, the account of a gift, what a charity may hold with gifts."""

from sakha.giving.queries.gifts import GiftAccount, GiftPart, GiftShare, get_gift
from sakha.giving.queries.needs import (
    PAGE_SIZE,
    FundedNeed,
    NeedsAsked,
    NeedsShown,
    ShownNeed,
    funded_needs,
    get_shown_need,
    shown_by_code,
    shown_needs,
)

__all__ = [
    "PAGE_SIZE",
    "FundedNeed",
    "GiftAccount",
    "GiftPart",
    "GiftShare",
    "NeedsAsked",
    "NeedsShown",
    "ShownNeed",
    "funded_needs",
    "get_gift",
    "get_shown_need",
    "shown_by_code",
    "shown_needs",
]
