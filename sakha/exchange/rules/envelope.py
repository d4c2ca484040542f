"""SP DCI v1 as a registry hears it: header and message of a request, and the small fields that all of them share.

Refuses what the standard's schema forbids, and takes the older spellings that its own samples still use.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from sakha.exchange.rules.refusals import MessageRefused
from sakha.vocabulary.dci_words import NAME_LENGTH

ITEMS_MAX: Final = 1000
_LOCALE: Final = re.compile(r"[a-z]{3}")
# A path of ours is put behind it, and the whole may have 500 letters (`rules.addresses`).
_URI_LENGTH: Final = 400
# What neither the database nor UTF-8 can write: a zero, half of a pair.
_UNWRITABLE: Final = re.compile("[\x00\ud800-\udfff]")
# Spellings of the files of 2024 and 2025 (OpenSPP/spdci-compliance, SPEC_ISSUES_REPORT.md).
_OLDER_TIMESTAMPS: Final = ("timesstamp", "timesatmp")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who sends, under which name, and where an answer may be brought."""

    message_id: str
    message_ts: str
    sender_id: str
    sender_uri: str


def read_envelope(told: Any, *, action: str, is_callback: bool = False) -> tuple[Header, Fields]:
    """Header and message of a request with this action. Raises: MessageRefused."""
    if not isinstance(told, Mapping):
        raise MessageRefused(reason="no JSON object")
    header, message = told.get("header"), told.get("message")
    if not isinstance(header, Mapping):
        raise MessageRefused(reason="no header")
    if not isinstance(message, Mapping):
        raise MessageRefused(reason="no message")
    if header.get("action") != action:
        raise MessageRefused(reason="rjct.action.invalid")
    if header.get("is_msg_encrypted") is True or "ciphertext" in message:
        raise MessageRefused(reason="encrypted messages are not taken", error="err.encryption.invalid")
    if not str(header.get("version", "1.0.0")).startswith("1."):
        raise MessageRefused(reason="rjct.version.invalid", error="err.version.not_supported")
    read_moment(header.get("message_ts"), field="message_ts")
    if not is_callback:
        _require_count(header.get("total_count"))
    sender_uri = header.get("sender_uri", "")
    return (
        Header(
            message_id=read_name(header.get("message_id"), field="message_id"),
            message_ts=str(header["message_ts"]),
            sender_id=""
            if is_callback and "sender_id" not in header
            else read_name(header.get("sender_id"), field="sender_id"),
            sender_uri=read_name(sender_uri, field="sender_uri", length=_URI_LENGTH) if sender_uri else "",
        ),
        message,
    )


def read_name(told: Any, *, field: str, length: int = NAME_LENGTH) -> str:
    """A text that names something. Raises: MessageRefused."""
    if not isinstance(told, str) or not 0 < len(told) <= length or not is_writable(told):
        raise MessageRefused(reason=f"{field} must be a text of 1 to {length} letters")
    return told


def is_writable(told: str) -> bool:
    """Whether a text can be kept and sent."""
    return _UNWRITABLE.search(told) is None


def read_moment(told: Any, *, field: str = "timestamp") -> datetime:
    """An ISO 8601 moment with its zone. Raises: MessageRefused."""
    try:
        moment = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        raise MessageRefused(reason=f"{field} must be an ISO 8601 moment") from None
    if moment.tzinfo is None:
        raise MessageRefused(reason=f"{field} must name its zone")
    return moment


def read_locale(told: Any) -> str:
    """A language in three small letters (ISO 639-3). Raises: MessageRefused."""
    if told is None:
        return "fas"
    if not isinstance(told, str) or not _LOCALE.fullmatch(told):
        raise MessageRefused(reason="locale must be three small letters (fas)")
    return told


def read_items(message: Fields, name: str) -> list[Fields]:
    """The items of a batch. Raises: MessageRefused."""
    items = message.get(name)
    if not isinstance(items, list) or not items or not all(isinstance(item, Mapping) for item in items):
        raise MessageRefused(reason=f"{name} must be a list of objects")
    if len(items) > ITEMS_MAX:
        raise MessageRefused(reason="rjct.total_count.limit_exceeded")
    return items


class Referenced(Protocol):
    """An item of a batch: answered under its own reference."""

    @property
    def reference_id(self) -> str:
        """What the answer names it by."""


Item = TypeVar("Item", bound=Referenced)


def read_batch(message: Fields, name: str, read_item: Callable[[Fields], Item]) -> tuple[str, tuple[Item, ...]]:
    """The transaction and its items, each under a reference of its own. Raises: MessageRefused."""
    transaction_id = read_name(message.get("transaction_id"), field="transaction_id")
    items = tuple(read_item(item) for item in read_items(message, name))
    if len({item.reference_id for item in items}) != len(items):
        raise MessageRefused(reason="rjct.reference_id.duplicate")
    return transaction_id, items


def timestamp_of(item: Fields) -> Any:
    """The moment of an item, however it is spelt."""
    return next((item[name] for name in ("timestamp", *_OLDER_TIMESTAMPS) if name in item), None)


def read_part(item: Fields, name: str) -> Fields:
    """An object within an item. Raises: MessageRefused."""
    part = item.get(name)
    if not isinstance(part, Mapping):
        raise MessageRefused(reason=f"{name} must be an object")
    return part


def _require_count(told: Any) -> None:
    """Samples of the standard write the count as text."""
    is_count = isinstance(told, int) and not isinstance(told, bool) and told >= 0
    if not is_count and not (isinstance(told, str) and told.isascii() and told.isdigit()):
        raise MessageRefused(reason="rjct.total_count.invalid")
