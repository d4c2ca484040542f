"""Where SMS go: the protocol of a gateway, the outbox that keeps them, Kavenegar and SMPP that send them."""

from sakha.coordination.gateways.choice import named_address, open_gateway, opened_smpp
from sakha.coordination.gateways.protocol import (
    Gateway,
    GatewayRefused,
    GatewayUncertain,
    InboundText,
    MessageKind,
    OutgoingMessage,
    ProviderAnswer,
    ProviderReport,
    SentMessage,
)

__all__ = [
    "Gateway",
    "GatewayRefused",
    "GatewayUncertain",
    "InboundText",
    "MessageKind",
    "OutgoingMessage",
    "ProviderAnswer",
    "ProviderReport",
    "SentMessage",
    "named_address",
    "open_gateway",
    "opened_smpp",
]
