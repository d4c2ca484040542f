"""What a receipt's columns are called in each language. Decides words only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sakha.giving.rules.states import Account
from sakha.ledger.rules.states import LedgerAction


@dataclass(frozen=True, slots=True)
class ProofWords:
    """One language's names of logs, columns, actions and accounts; of the form and of what may be wrong."""

    logs: Mapping[str, str]
    columns: Mapping[str, str]
    actions: Mapping[LedgerAction, str]
    accounts: Mapping[Account, str]
    text_label: str
    file_label: str
    nothing: str
    refusals: Mapping[str, str]


PERSIAN_WORDS: Final = ProofWords(
    logs={
        "ledger_event": "دفتر کمک‌ها",
        "giving_transfer": "دفتر هدیه‌ها",
        "access_entry": "دفتر نگاه‌ها",
    },
    columns={
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
    },
    actions={
        LedgerAction.HOLD: "بر عهده گرفته شد",
        LedgerAction.DELIVER: "تحویل داده شد",
        LedgerAction.RELEASE: "کنار گذاشته شد",
        LedgerAction.EXPIRE: "مهلتش گذشت",
        LedgerAction.RECEIPT: "دربارهٔ رسیدن آن پرسیده شد",
        LedgerAction.UNDO: "تحویل برگردانده شد",
    },
    accounts={
        Account.GIVER: "بخشنده",
        Account.TRANSIT: "درگاه پرداخت",
        Account.POOL: "در انتظار خیریه",
        Account.HELD: "در دست خیریه",
        Account.DELIVERED: "به دست خانوار رسید",
        Account.REFUNDED: "برگشت به بخشنده",
        Account.FEES: "کارمزد درگاه",
    },
    text_label="متن رسید",
    file_label="یا فایل رسید",
    nothing="متن رسید را این‌جا بگذارید، یا فایلش را برگزینید.",
    refusals={},
)
ENGLISH_WORDS: Final = ProofWords(
    logs={"ledger_event": "Log of help", "giving_transfer": "Log of gifts", "access_entry": "Log of looks"},
    columns={
        "id": "Number of the event",
        "at": "When",
        "action": "Event",
        "hold_id": "Number of the help",
        "kind": "Kind of need",
        "quantity": "Amount",
        "gift_id": "Number of the gift",
        "from_account": "From",
        "to_account": "To",
        "amount_rial": "Sum",
    },
    actions={
        LedgerAction.HOLD: "taken on",
        LedgerAction.DELIVER: "delivered",
        LedgerAction.RELEASE: "given up",
        LedgerAction.EXPIRE: "ran out of time",
        LedgerAction.RECEIPT: "asked whether it arrived",
        LedgerAction.UNDO: "delivery taken back",
    },
    accounts={
        Account.GIVER: "giver",
        Account.TRANSIT: "payment gateway",
        Account.POOL: "waiting for a charity",
        Account.HELD: "in a charity's hands",
        Account.DELIVERED: "in the household's hands",
        Account.REFUNDED: "back with the giver",
        Account.FEES: "fees of the gateway",
    },
    text_label="Text of the receipt",
    file_label="or its file",
    nothing="Put the text of the receipt here, or choose its file.",
    refusals={
        "PROOF_UNREADABLE": "This is no receipt of Sakha, or a part of it is missing.",
        "PROOF_INVALID": "This receipt is not true: what is written in it does not lead to its own root.",
    },
)
