"""What every SMS gateway answers, in words that no provider owns.

Decides the three ways in which a call ends: answered, surely nothing sent, or nobody knows. What follows from each is
decided by the actions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from sakha.coordination.rules.states import InvitationState
from sakha.vocabulary.refusal import Refusal


class MessageKind(StrEnum):
    """What a message is of; all kinds count their local ids together."""

    INVITATION = "INVITATION"
    # A code that somebody waits for at the door.
    SIGN_IN = "SIGN_IN"
    NOTICE = "NOTICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One text to one number (+989…). The local id is ours and the same in every attempt."""

    local_id: int
    number: str = field(repr=False)
    text: str = field(repr=False)
    part_count: int
    kind: MessageKind = MessageKind.INVITATION


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What is asked about; `provider_id` is empty when the provider's answer to the sending never came."""

    local_id: int
    provider_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAnswer:
    """Where a message stands at the provider; `state` is None when the provider does not know the message."""

    local_id: int
    state: InvitationState | None
    provider_id: str = ""
    cost_rial: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReport:
    """What a provider brings by itself, by its own id: where a message ended, or that it is on its way."""

    provider_id: str
    state: InvitationState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """What somebody sent us; `provider_id` is empty where the protocol gives none."""

    mobile: str = field(repr=False)
    text: str = field(repr=False)
    provider_id: str = ""


class GatewayRefused(Refusal):
    """The provider took nothing of the call: all of it may be sent again. `status` is the provider's own code."""

    code: ClassVar[str] = "GATEWAY_REFUSED"
    sentence: ClassVar[str] = "سامانهٔ پیامک درخواست را نپذیرفت (کد {status})."

    def __init__(self, *, status: str) -> None:
        super().__init__(status=status)
        self.status = status


class GatewayUncertain(Refusal):
    """Nobody knows what the provider took: nothing may be sent again before it is asked."""

    code: ClassVar[str] = "GATEWAY_UNCERTAIN"
    sentence: ClassVar[str] = "پاسخ سامانهٔ پیامک نرسید یا خوانده نشد ({reason})."

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class Gateway(Protocol):
    """One way out. `statuses_kept_for` is how long the provider can be asked; None is for ever."""

    name: str
    reaches_phones: bool
    batch_size: int
    statuses_kept_for: timedelta | None

    def send(self, batch: Sequence[OutgoingMessage]) -> list[ProviderAnswer]:
        """Hand over one batch. A message without an answer is uncertain; QUEUED says that surely nothing was taken.

        Raises:
            GatewayRefused: surely nothing was taken.
            GatewayUncertain: nobody knows.
        """

    def statuses(self, messages: Sequence[SentMessage]) -> list[ProviderAnswer]:
        """Ask where messages stand; safe to repeat.

        Raises:
            GatewayRefused: the provider does not answer this question.
            GatewayUncertain: no readable answer came.
        """
