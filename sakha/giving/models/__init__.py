"""Tables of giving: gifts and their books, givers who want to be known, their promises for every month."""

from sakha.giving.models.donors import AmountLimit, Donor, DonorCode, IdentityCheck
from sakha.giving.models.gifts import (
    Balance,
    Draw,
    Gift,
    Listing,
    Payment,
    PromiseMark,
    PublishingLeave,
    Transfer,
)
from sakha.giving.models.goods import GoodsOffer, GoodsTaking
from sakha.giving.models.legal_givers import LegalGiver, LegalMember
from sakha.giving.models.pool_policy import PoolPolicy
from sakha.giving.models.proposals import Proposal, Share, SharePiece
from sakha.giving.models.refunds import Refund
from sakha.giving.models.sponsorships import SponsoredMonth, Sponsorship
from sakha.giving.models.statements import GatewayCase, StatementDay, StatementDue

__all__ = [
    "AmountLimit",
    "Balance",
    "Donor",
    "DonorCode",
    "Draw",
    "GatewayCase",
    "Gift",
    "GoodsOffer",
    "GoodsTaking",
    "IdentityCheck",
    "LegalGiver",
    "LegalMember",
    "Listing",
    "Payment",
    "PoolPolicy",
    "PromiseMark",
    "Proposal",
    "PublishingLeave",
    "Refund",
    "Share",
    "SharePiece",
    "SponsoredMonth",
    "Sponsorship",
    "StatementDay",
    "StatementDue",
    "Transfer",
]
