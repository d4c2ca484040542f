"""What every payment gateway answers, in words that no provider owns.

Decides the three ways in which a question ends: paid, surely not paid, or nobody knows. Nothing that comes with the
giver's browser is believed: only what the gateway says when it is asked by us.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from sakha.giving.rules.statements import Statement
from sakha.vocabulary.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPayment:
    """A payment that the gateway is ready to take: its own name for it, and where the giver goes."""

    authority: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPayment:
    """Surely paid: the gateway's reference, and what it keeps of our money."""

    reference: str
    fee_rial: int


class PaymentRefused(Refusal):
    """The gateway says no: not paid, another amount, unknown.

    `is_final` is a no to whatever was asked before too: nothing was done, and nothing will be.
    """

    code: ClassVar[str] = "PAYMENT_REFUSED"
    sentence: ClassVar[str] = "درگاه پرداخت را نپذیرفت (کد {status})."

    def __init__(self, *, status: str, is_final: bool = False) -> None:
        super().__init__(status=status)
        self.status = status
        self.is_final = is_final


class PaymentUncertain(Refusal):
    """Nobody knows: no answer came, or none that can be read. It is asked again later."""

    code: ClassVar[str] = "PAYMENT_UNCERTAIN"
    sentence: ClassVar[str] = "پاسخ درگاه نرسید ({reason}). خودمان دوباره از درگاه می‌پرسیم."

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class StatementsMissing(Refusal):
    """This gateway tells no books at all. Any other no to the question for them is a fault."""

    code: ClassVar[str] = "GATEWAY_TELLS_NO_BOOKS"
    sentence: ClassVar[str] = "این درگاه دفتر خود را نمی‌دهد."


class PaymentGateway(Protocol):
    """One provider."""

    name: str

    def ask(self, *, amount_rial: int, callback: str, description: str) -> AskedPayment:
        """Make a payment ready. Raises: PaymentRefused, PaymentUncertain."""

    def address_of(self, *, authority: str) -> str:
        """Where a payment that was made ready is paid, for whoever comes back to it."""

    def verify(self, *, authority: str, amount_rial: int) -> VerifiedPayment:
        """Ask whether it was paid, and take it; asking again gives the same.

        Raises: PaymentRefused, PaymentUncertain.
        """

    def refund(self, *, authority: str, amount_rial: int, key: str) -> str:
        """Send so much of a payment back; tells the reference. The same key again sends nothing more.

        Raises: PaymentRefused, PaymentUncertain.
        """

    def statement(self, *, since: datetime, until: datetime) -> Statement:
        """Its own books of that time. Raises: StatementsMissing, PaymentRefused, PaymentUncertain."""
