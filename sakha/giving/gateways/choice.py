"""Opens the payment gateway that the settings name."""

from django.conf import settings

from sakha.giving.gateways.protocol import PaymentGateway
from sakha.giving.gateways.zarinpal import ZarinpalAccount, ZarinpalGateway


def open_payment_gateway() -> PaymentGateway:
    """The gateway of this deployment."""
    return ZarinpalGateway(
        ZarinpalAccount(
            url=settings.SAKHA.zarinpal_url.rstrip("/"),
            merchant_id=settings.SAKHA.zarinpal_merchant.get_secret_value(),
            has_refunds=settings.SAKHA.zarinpal_refunds,
            has_statements=settings.SAKHA.zarinpal_statements,
        )
    )
