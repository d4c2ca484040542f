"""What a receipt says, in words. Decides words only; a column that has none is shown as it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from sakha.access.rules.chain import BlockHeader
from sakha.access.rules.proofs import Proof
from sakha.giving.rules.states import Account
from sakha.ledger.rules.states import LedgerAction
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, show_quantity

_LOGS: Final = {
    "ledger_event": "دفتر کمک‌ها",
    "giving_transfer": "دفتر هدیه‌ها",
    "access_entry": "دفتر نگاه‌ها",
}
_COLUMNS: Final = {
    "id": "شمارهٔ رویداد",
    "at": "هنگام",
    "action": "رویداد",
    "hold_id": "شمارهٔ کمک",
    "kind": "نوع نیاز",
    "quantity": "مقدار",
    "gift_id": "شمارهٔ هدیه",
    "from_account": "از",
    "to_account": "به",
    "amount_rial": "مبلغ",
}
_ACTIONS: Final = {
    LedgerAction.HOLD: "برعهده گرفته شد",
    LedgerAction.DELIVER: "تحویل داده شد",
    LedgerAction.RELEASE: "کنار گذاشته شد",
    LedgerAction.EXPIRE: "مهلتش گذشت",
    LedgerAction.RECEIPT: "دربارهٔ رسیدن آن پرسیده شد",
    LedgerAction.UNDO: "تحویل برگردانده شد",
}
_ACCOUNTS: Final = {
    Account.GIVER: "نیکوکار",
    Account.TRANSIT: "درگاه پرداخت",
    Account.POOL: "در انتظار خیریه",
    Account.HELD: "در دست خیریه",
    Account.DELIVERED: "به دست خانوار رسید",
    Account.REFUNDED: "برگشت به نیکوکار",
    Account.FEES: "کارمزد درگاه",
}


@dataclass(frozen=True, slots=True)
class ShownProof:
    """A receipt that holds: its words, and the block in which it stands."""

    lines: tuple[tuple[str, str], ...]
    block: ShownBlock
    is_published: bool


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A published root."""

    log: str
    place: int
    day: str
    row_count: int
    root: str


def show_block(header: BlockHeader) -> ShownBlock:
    """A root, with the day on which it was closed."""
    return ShownBlock(
        log=_LOGS.get(header.stream.partition("/")[0], header.stream),
        place=header.place,
        day=show_date(timezone.localtime(header.closed_at).date()),
        row_count=header.row_count,
        root=header.root.hex(" ", 4),  # in groups, so that eyes can compare it and it breaks on a phone
    )


def show_proof(proof: Proof, *, is_published: bool) -> ShownProof:
    """The columns that have words; the columns are those that the log declares."""
    told = dict(zip(proof.columns, proof.row.split("\t"), strict=True))
    lines = tuple((title, _show(column, told)) for column, title in _COLUMNS.items() if column in told)
    return ShownProof(lines=lines, block=show_block(proof.block), is_published=is_published)


def _show(column: str, told: dict[str, str]) -> str:
    value = told[column]
    words = _WORDS.get(column)
    try:
        return persian_digits(value) if words is None else words(told)
    except (ValueError, KeyError, OverflowError):
        return value  # written by a version that had other words


def _moment(told: dict[str, str]) -> str:
    at = timezone.localtime(datetime.fromisoformat(told["at"]))
    return f"{show_date(at.date())}، ساعت {persian_digits(f'{at:%H:%M}')}"


def _action(told: dict[str, str]) -> str:
    return _ACTIONS[LedgerAction(int(told["action"]))] if told["action"].isdecimal() else told["action"]


def _quantity(told: dict[str, str]) -> str:
    return show_quantity(NeedKind(int(told["kind"])), int(told["quantity"]))


_WORDS: Final[dict[str, Callable[[dict[str, str]], str]]] = {
    "at": _moment,
    "action": _action,
    "kind": lambda told: NEED_KINDS[NeedKind(int(told["kind"]))].name,
    "quantity": _quantity,
    "from_account": lambda told: _ACCOUNTS[Account(int(told["from_account"]))],
    "to_account": lambda told: _ACCOUNTS[Account(int(told["to_account"]))],
    "amount_rial": lambda told: show_toman(int(told["amount_rial"])),
}
