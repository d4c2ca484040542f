"""Writes of giving: the household's leave, what is shown, gifts and their payment, money drawn for needs, the books."""

from sakha.giving.actions.arrivals import tell_arrivals
from sakha.giving.actions.donors import forget_giver_codes, reseal_batch
from sakha.giving.actions.drawing import MoneyDrawn, hold_with_gifts, settle_draws
from sakha.giving.actions.gifts import NewGift, Pledged, lapse_pledges, part_request, pledge_basket, pledge_gift
from sakha.giving.actions.goods import settle_goods
from sakha.giving.actions.listings import Refreshed, allow_publishing, note_seen, refresh_listings, withdraw_publishing
from sakha.giving.actions.payments import PaidGift, reconcile_payments, settle_payment
from sakha.giving.actions.promises import forget_marks
from sakha.giving.actions.refunds import verify_books
from sakha.giving.actions.sponsorships import ask_months

__all__ = [
    "MoneyDrawn",
    "NewGift",
    "PaidGift",
    "Pledged",
    "Refreshed",
    "allow_publishing",
    "ask_months",
    "forget_giver_codes",
    "forget_marks",
    "hold_with_gifts",
    "lapse_pledges",
    "note_seen",
    "part_request",
    "pledge_basket",
    "pledge_gift",
    "reconcile_payments",
    "refresh_listings",
    "reseal_batch",
    "settle_draws",
    "settle_goods",
    "settle_payment",
    "tell_arrivals",
    "verify_books",
    "withdraw_publishing",
]
