"""Where gifts are paid: the protocol of a payment gateway, and ZarinPal's; the sandbox speaks the same."""

from sakha.giving.gateways.choice import open_payment_gateway
from sakha.giving.gateways.protocol import (
    AskedPayment,
    PaymentGateway,
    PaymentRefused,
    PaymentUncertain,
    StatementsMissing,
    VerifiedPayment,
)

__all__ = [
    "AskedPayment",
    "PaymentGateway",
    "PaymentRefused",
    "PaymentUncertain",
    "StatementsMissing",
    "VerifiedPayment",
    "open_payment_gateway",
]
