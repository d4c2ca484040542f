"""Opens the gateway that the settings name."""

from django.conf import settings

from sakha.coordination.gateways.kavenegar import KavenegarAccount, KavenegarGateway
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.gateways.protocol import Gateway


def open_gateway() -> Gateway:
    """The gateway of this deployment; the outbox unless a provider is set."""
    if settings.SAKHA.sms_gateway.value != KavenegarGateway.name:
        return OutboxGateway()
    account = KavenegarAccount(
        url=settings.SAKHA.kavenegar_url,
        key=settings.SAKHA.kavenegar_key.get_secret_value(),
        sender=settings.SAKHA.sms_sender,
    )
    return KavenegarGateway(account)
