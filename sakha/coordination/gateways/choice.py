"""Opens the gateway that the settings name."""

from django.conf import settings

from sakha.coordination.gateways.kavenegar import KavenegarAccount, KavenegarGateway
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.gateways.protocol import Gateway
from sakha.coordination.gateways.smpp import SmppAccount, SmppGateway


def open_gateway() -> Gateway:
    """The gateway of this deployment; the outbox unless a provider is set."""
    if settings.SAKHA.sms_gateway.value == SmppGateway.name:
        return open_smpp()
    if settings.SAKHA.sms_gateway.value != KavenegarGateway.name:
        return OutboxGateway()
    account = KavenegarAccount(
        url=settings.SAKHA.kavenegar_url,
        key=settings.SAKHA.kavenegar_key.get_secret_value(),
        sender=settings.SAKHA.sms_sender,
    )
    return KavenegarGateway(account)


def open_smpp() -> SmppGateway:
    """The SMPP account of the settings."""
    host, _, port = settings.SAKHA.smpp_address.rpartition(":")
    account = SmppAccount(
        host=host,
        port=int(port),
        system_id=settings.SAKHA.smpp_system_id,
        password=settings.SAKHA.smpp_password.get_secret_value(),
        sender=settings.SAKHA.sms_sender,
        is_tls=settings.SAKHA.smpp_tls,
        uses_payload=settings.SAKHA.smpp_payload,
        a_second=settings.SAKHA.sms_a_second,
    )
    return SmppGateway(account)


def opened_smpp() -> SmppGateway | None:
    """The SMPP account where SMS go by it, else None."""
    return open_smpp() if settings.SAKHA.sms_gateway.value == SmppGateway.name else None


def named_address() -> str:
    """What texts name as our address: the setting, or else the first name of the site."""
    return settings.SAKHA.sms_address or settings.SAKHA.hosts.split(",")[0].strip()
