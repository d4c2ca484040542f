"""ZarinPal over HTTP, version 4: `request.json`, `StartPay`, `verify.json` (zarinpal.com/docs/paymentGateway).

Judges by `data.code` and `errors.code`, never by the HTTP status. Amounts are rials. Decides which answers are a no
and which leave it open; the merchant's id reaches no log and no exception.
"""

import json
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

import httpx

from sakha.giving.gateways.protocol import (
    AskedPayment,
    PaymentRefused,
    PaymentUncertain,
    StatementsMissing,
    VerifiedPayment,
)
from sakha.giving.rules.statements import StatedPayment, StatedRefund, Statement

_OK: Final = 100
_TAKEN_BEFORE: Final = 101
# No such payment, or nobody paid it: nothing of it ever went back. Any other no may follow a yes that got lost.
_NEVER_PAID: Final = frozenset({-51, -54})
_MERCHANT_PAYS: Final = "Merchant"
_TIMEOUT: Final = httpx.Timeout(15, connect=5)
_AUTHORITY_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class ZarinpalAccount:
    """Whose account it is, and where the provider lives."""

    url: str
    merchant_id: str = field(repr=False)
    # Whether it takes `refund.json`, as the sandbox does; ZarinPal itself wants a token of the account's owner.
    has_refunds: bool = False
    # Whether it tells its books by `statement.json`, as the sandbox does; ZarinPal's owner sees them in its panel.
    has_statements: bool = False


class ZarinpalGateway:
    """One account at ZarinPal, or at anything that speaks like it."""

    name = "zarinpal"

    def __init__(self, account: ZarinpalAccount) -> None:
        self._account = account

    def ask(self, *, amount_rial: int, callback: str, description: str) -> AskedPayment:
        """Make a payment ready. Raises: PaymentRefused, PaymentUncertain."""
        body = {"amount": amount_rial, "currency": "IRR", "callback_url": callback, "description": description}
        told = self._post("request", body, good=(_OK,))
        authority = told.get("authority")
        if not isinstance(authority, str) or not 0 < len(authority) <= _AUTHORITY_MOST or not authority.isalnum():
            raise PaymentUncertain(reason="authority")
        return AskedPayment(authority=authority, address=self.address_of(authority=authority))

    def address_of(self, *, authority: str) -> str:
        """Where a payment that was made ready is paid."""
        return f"{self._account.url}/pg/StartPay/{authority}"

    def verify(self, *, authority: str, amount_rial: int) -> VerifiedPayment:
        """Ask whether it was paid. Raises: PaymentRefused, PaymentUncertain."""
        told = self._post("verify", {"amount": amount_rial, "authority": authority}, good=(_OK, _TAKEN_BEFORE))
        reference, fee = told.get("ref_id"), told.get("fee", 0)
        if not reference or not isinstance(fee, int) or not 0 <= fee < amount_rial:
            raise PaymentUncertain(reason="reference")
        return VerifiedPayment(reference=str(reference)[:_AUTHORITY_MOST], fee_rial=fee if _is_our_fee(told) else 0)

    def refund(self, *, authority: str, amount_rial: int, key: str) -> str:
        """Send so much of a payment back, once a key. Raises: PaymentRefused, PaymentUncertain."""
        if not self._account.has_refunds:
            raise PaymentRefused(status="no refunds")
        body = {"authority": authority, "amount": amount_rial, "idempotency_key": key}
        reference = self._post("refund", body, good=(_OK, _TAKEN_BEFORE)).get("ref_id")
        if not reference:
            raise PaymentUncertain(reason="reference")
        return str(reference)[:_AUTHORITY_MOST]

    def statement(self, *, since: datetime, until: datetime) -> Statement:
        """Its own books of that time. Raises: StatementsMissing, PaymentRefused, PaymentUncertain."""
        if not self._account.has_statements:
            raise StatementsMissing
        told = self._post("statement", {"since": since.isoformat(), "until": until.isoformat()}, good=(_OK,))
        try:
            payments = tuple(_stated_payment(one) for one in told["payments"])
            return Statement(payments, tuple(_stated_refund(one) for one in told["refunds"]))
        except (KeyError, TypeError, ValueError):
            raise PaymentUncertain(reason="statement") from None

    def _post(self, step: str, body: dict[str, Any], *, good: tuple[int, ...]) -> dict[str, Any]:
        address = f"{self._account.url}/pg/v4/payment/{step}.json"
        try:
            with httpx.Client(timeout=_TIMEOUT, verify=_certificates()) as client:
                answer = client.post(address, json={"merchant_id": self._account.merchant_id, **body})
            told = json.loads(answer.content)
        except (httpx.HTTPError, ValueError) as silence:
            raise PaymentUncertain(reason=type(silence).__name__) from None
        data = told.get("data") if isinstance(told, dict) else None
        if isinstance(data, dict) and data.get("code") in good:
            return data
        errors = told.get("errors") if isinstance(told, dict) else None
        if isinstance(errors, dict) and isinstance(errors.get("code"), int):
            raise PaymentRefused(status=str(errors["code"]), is_final=errors["code"] in _NEVER_PAID)
        raise PaymentUncertain(reason="shape")


def _is_our_fee(told: dict[str, Any]) -> bool:
    """What the payer pays beside is none of our money."""
    return bool(told.get("fee_type") == _MERCHANT_PAYS)


def _stated_payment(told: dict[str, Any]) -> StatedPayment:
    return StatedPayment(
        authority=str(told["authority"])[:_AUTHORITY_MOST],
        reference=str(told["ref_id"])[:_AUTHORITY_MOST],
        amount_rial=int(told["amount"]),
        fee_rial=int(told["fee"]) if _is_our_fee(told) else 0,
        at=_moment(told["at"]),
    )


def _stated_refund(told: dict[str, Any]) -> StatedRefund:
    return StatedRefund(
        authority=str(told["authority"])[:_AUTHORITY_MOST],
        key=str(told["key"])[:_AUTHORITY_MOST],
        reference=str(told["ref_id"])[:_AUTHORITY_MOST],
        amount_rial=int(told["amount"]),
        at=_moment(told["at"]),
    )


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:  # of which clock?
        raise ValueError(text)
    return found


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust; reading it anew for each question would take longer than the question."""
    return httpx.create_ssl_context()
