"""Tables of giving: gifts and their books, givers who want to be known."""

from sakha.giving.models.donors import AmountLimit, Donor, DonorCode
from sakha.giving.models.gifts import (
    Balance,
    Draw,
    Gift,
    Listing,
    Payment,
    PromiseMark,
    Proposal,
    PublishingLeave,
    Share,
    SharePiece,
    Transfer,
)

__all__ = [
    "AmountLimit",
    "Balance",
    "Donor",
    "DonorCode",
    "Draw",
    "Gift",
    "Listing",
    "Payment",
    "PromiseMark",
    "Proposal",
    "PublishingLeave",
    "Share",
    "SharePiece",
    "Transfer",
]
