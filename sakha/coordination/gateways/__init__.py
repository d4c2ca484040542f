"""Where SMS go: the protocol of a gateway, the outbox that keeps them, Kavenegar that sends them."""

from sakha.coordination.gateways.choice import open_gateway
from sakha.coordination.gateways.protocol import (
    Gateway,
    GatewayRefused,
    GatewayUncertain,
    MessageKind,
    OutgoingMessage,
    ProviderAnswer,
    SentMessage,
)

__all__ = [
    "Gateway",
    "GatewayRefused",
    "GatewayUncertain",
    "MessageKind",
    "OutgoingMessage",
    "ProviderAnswer",
    "SentMessage",
    "open_gateway",
]
