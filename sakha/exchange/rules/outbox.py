"""When a message that was not taken is sent again, what it is signed with for a webhook, and what counts as taken."""

import base64
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

ATTEMPTS_MAX: Final = 16  # 15 s, 30 s, 1 min ... 6 h: about two days in all
_FIRST_WAIT: Final = timedelta(seconds=15)
_LONGEST_WAIT: Final = timedelta(hours=6)
LEASE: Final = timedelta(minutes=2)
_CODE_LENGTH: Final = 60


class Channel(StrEnum):
    """How a message is written: as an SP DCI envelope or as a webhook of our own."""

    DCI = "DCI"
    WEBHOOK = "WEBHOOK"


class MessageState(StrEnum):
    """WAITING -> DELIVERED, or GIVEN_UP after the last attempt; a replay lets it wait again."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


def next_attempt_at(attempt_count: int, *, at: datetime) -> datetime | None:
    """When to try again after so many attempts; None when it is enough."""
    if attempt_count >= ATTEMPTS_MAX:
        return None
    wait: timedelta = min(_FIRST_WAIT * 2 ** (attempt_count - 1), _LONGEST_WAIT)
    return at + wait


def is_taken(status: int) -> bool:
    """Whether the receiver took the message. A redirect is no answer: it is never followed."""
    return 200 <= status < 300  # noqa: PLR2004 -- HTTP's own numbers


def short_code(told: str) -> str:
    """A word about an attempt that is kept; never a text of the receiver, which may name somebody."""
    return told[:_CODE_LENGTH]


def sign_webhook(secret: bytes, *, name: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks (standardwebhooks.com, specification 1.0), HMAC-SHA256."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret, b".".join((name.encode(), moment.encode(), body)), sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
