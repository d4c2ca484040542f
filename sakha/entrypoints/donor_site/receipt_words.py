"""What a receipt says of a gift: what was asked for, where each rial is today, who brought it. Decides words only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sakha.entrypoints.donor_site.receipt import Receipt, ReceiptRow
from sakha.entrypoints.donor_site.wording import SHARE_WORDS, asked_parts
from sakha.giving.queries import GiftAccount
from sakha.giving.queries.donors import DonorCard, OwnGift
from sakha.giving.rules.states import Account
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import TEHRAN, show_date, show_moment
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS

_PLACES = (
    (Account.POOL, "در صندوق، در انتظار خیریه‌ای که آن را ببرد"),
    (Account.HELD, "در دست خیریه، در راه خانوار"),
    (Account.DELIVERED, "به دست خانوار رسید"),
    (Account.REFUNDED, "برگشت داده شد"),
    (Account.FEES, "کارمزد درگاه"),
)


def receipt_of(account: GiftAccount, *, follow: str, address: str, at: datetime) -> Receipt:
    """The paper of one payment, as it stands at a moment."""
    asked = tuple(ReceiptRow(words, show_toman(rial)) for words, rial in asked_parts(account))
    where = tuple(
        ReceiptRow(words, show_toman(account.balances[place]))
        for place, words in _PLACES
        if account.balances.get(place)
    )
    went = tuple(
        ReceiptRow(
            f"{NEED_KINDS[one.kind].name}، {one.organisation}، {SHARE_WORDS[one.state]}"
            f" ({show_date((one.settled_at or one.drawn_at).astimezone(TEHRAN).date())})",
            show_toman(one.amount_rial),
        )
        for one in account.shares
    )
    return Receipt(
        title="رسید هدیه",
        lead=(
            f"هدیهٔ شما، {show_toman(account.amount_rial)}، در سامانهٔ ملی خیر و احسان (سخا) رسید و هر ریال آن"
            f" اکنون این‌جاست. {f'کد هدیه: {follow}' if follow else f'هدیهٔ {persian_digits(account.gift_id)}'}"
        ),
        tables=(("آنچه خواستید", asked), ("پولتان کجاست", where), ("به کدام نیاز رفت", went)),
        facts=(
            *_legal_giver(account.giver_name, account.giver_legal_id),
            ReceiptRow("پرداخت", show_moment(account.paid_at) if account.paid_at else ""),
            ReceiptRow("شمارهٔ پیگیری درگاه", account.reference),
            ReceiptRow("این برگه", show_moment(at)),
        ),
        closing="برای دیدن تازه‌ترین وضع، کد را با دوربین گوشی بخوانید. هیچ نشانی از خانوار در این برگه نیست.",
        address=address,
    )


def statement_of(giver: DonorCard, gifts: Sequence[OwnGift], *, year: int, address: str, at: datetime) -> Receipt:
    """A Jalali year of a giver: what was given, and how much of it has arrived or gone back."""
    shown = persian_digits(str(year))
    lines = tuple(
        ReceiptRow(show_date(one.paid_at.astimezone(TEHRAN).date()), show_toman(one.amount_rial))
        for one in reversed(gifts)
        if one.paid_at
    )
    sums = (
        ReceiptRow("جمع هدیه‌ها", show_toman(sum(one.amount_rial for one in gifts))),
        ReceiptRow("به دست خانوارها رسید", show_toman(sum(one.delivered_rial for one in gifts))),
        ReceiptRow("برگشت داده شد", show_toman(sum(one.refunded_rial for one in gifts))),
    )
    return Receipt(
        title=f"صورت هدیه‌های سال {shown}",
        lead=f"هدیه‌های {giver.name or persian_digits(giver.shown)} در سامانهٔ ملی خیر و احسان (سخا) در سال {shown}.",
        tables=(("جمع سال", sums), ("هدیه‌ها", lines)),
        facts=(*_legal_giver(giver.name, giver.legal_id), ReceiptRow("این برگه", show_moment(at))),
        closing="جای هر ریال در حساب شما دیده می‌شود؛ کد را با دوربین گوشی بخوانید و وارد شوید.",
        address=address,
    )


def _legal_giver(name: str, legal_id: str) -> tuple[ReceiptRow, ...]:
    """Name and national ID of a legal giver; a natural one is named on no paper."""
    told = (ReceiptRow("بخشنده", name), ReceiptRow("شناسهٔ ملی", persian_digits(legal_id)))
    return tuple(one for one, word in zip(told, (name, legal_id), strict=True) if word)
