"""What is said of a need and of a gift, in plain sentences. Decides words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sakha.giving.queries import GiftAccount, GiftPart, ShownNeed
from sakha.giving.queries.donors import OwnGift
from sakha.giving.rules.conditions import CONDITION_SETS, TYPE_WORDS, HouseholdType
from sakha.giving.rules.crowds import SIZE_BANDS
from sakha.giving.rules.states import Account, DrawState, GiftState
from sakha.vocabulary.jalali import TEHRAN, show_date
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A need in words."""

    code: str
    kind: int
    icon: str
    name: str
    place: str
    people: str
    target: str
    left: str
    share: float
    verified: str
    is_seen_little: bool
    bar: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind of need to choose by."""

    name: str
    icon: str
    count: int
    link: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A need in the basket, and what is put in for it."""

    line: ShownLine
    rial: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One of the own gifts in the list."""

    gift_id: int
    amount: str
    state: str
    when: str
    kind: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a gift's way."""

    title: str
    when: str
    kind: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A part of a gift in words."""

    title: str
    place: str
    when: str
    kind: str


SHARE_WORDS: Final = {
    DrawState.HELD: "در راه",
    DrawState.DELIVERED: "تحویل شد",
    DrawState.RETURNED: "نشد و به صندوق برگشت",
}
_SEEN_LITTLE: Final = 5
# From here on the bar is saffron: little is missing.
_NEARLY_FULL_SHARE: Final = 0.75
GATEWAY_SILENT: Final = "درگاه پرداخت پاسخ نداد و هنوز پولی گرفته نشده است. کمی دیگر همین برگه را دوباره بفرستید."


def line_of(need: ShownNeed) -> ShownLine:
    """Tell of a need what may be told."""
    county = COUNTIES[need.county].name if need.county in COUNTIES else ""
    province = PROVINCES[need.province].name if need.province in PROVINCES else ""
    return ShownLine(
        code=need.code,
        kind=need.kind.value,
        icon=NEED_KINDS[need.kind].icon,
        name=NEED_KINDS[need.kind].name,
        place="، ".join(part for part in (province, county) if part),
        people=SIZE_BANDS[need.size_band - 1][1] if need.size_band else "",
        target=show_toman(need.target_rial),
        left=show_toman(need.left_rial),
        share=need.covered_rial / need.target_rial,
        verified=_verified(need.verified_on, is_confirmed=need.is_confirmed),
        is_seen_little=need.seen_count < _SEEN_LITTLE,
        bar="wait" if need.covered_rial >= _NEARLY_FULL_SHARE * need.target_rial else "",
    )


def own_lines(gifts: Sequence[OwnGift]) -> list[OwnLine]:
    """The own gifts, each with where it stands."""
    return [
        OwnLine(
            gift_id=one.gift_id,
            amount=show_toman(one.amount_rial),
            state=_own_state(one),
            when=show_date((one.paid_at or one.pledged_at).astimezone(TEHRAN).date()),
            kind="clear" if one.delivered_rial else "",
        )
        for one in gifts
    ]


def _own_state(one: OwnGift) -> str:
    if one.paid_at is None:
        return "پرداخت نشده"
    if one.refunded_rial:
        return f"{show_toman(one.refunded_rial)} برگشت داده شد"
    return f"{show_toman(one.delivered_rial)} رسیده است" if one.delivered_rial else "در راه"


def account_steps(account: GiftAccount) -> list[Step]:
    """The way of a gift as a whole: paid, held, delivered."""
    if account.state in {GiftState.PLEDGED, GiftState.LAPSED}:
        words = "هنوز پرداخت نشده است" if account.state is GiftState.PLEDGED else "در زمان خود پرداخت نشد"
        return [Step(words, "اگر پرداخته‌اید، تا ده دقیقهٔ دیگر خودمان از درگاه می‌پرسیم.", "wait")]
    steps = [Step("رسید", show_date(account.paid_at.astimezone(TEHRAN).date()) if account.paid_at else "", "done")]
    for place, words, kind in (
        (Account.POOL, "در انتظار خیریه‌ای که آن را ببرد", "wait"),
        (Account.HELD, "در دست خیریه، در راه خانوار", "wait"),
        (Account.DELIVERED, "به دست خانوار رسید", "done"),
        (Account.REFUNDED, "برگشت داده شد", ""),
        (Account.FEES, "کارمزد درگاه", ""),
    ):
        if rial := account.balances.get(place, 0):
            steps.append(Step(words, show_toman(rial), kind))
    return steps


def asked_lines(account: GiftAccount) -> list[str]:
    """What the giver asked for, part by part."""
    return [f"{show_toman(rial)}: {words}" for words, rial in asked_parts(account)]


def asked_parts(account: GiftAccount) -> list[tuple[str, int]]:
    """What the giver asked for and how much that part is."""
    return [(_asked(one), one.amount_rial) for one in account.parts]


def words_of_conditions(condition_set: str, kinds: Sequence[NeedKind], types: Sequence[str]) -> list[str]:
    """What money of the pool is for: the name of its conditions, else the kinds; and which households."""
    words = [CONDITION_SETS[condition_set].title] if condition_set in CONDITION_SETS else []
    words += [NEED_KINDS[kind].name for kind in kinds] if not words else []
    return words + [TYPE_WORDS[HouseholdType(one)] for one in types]


def _asked(part: GiftPart) -> str:
    if part.listing_code:
        return f"نیاز {part.listing_code}" + ("" if part.is_placed else "، یا نیازی همانند آن در همان‌جا")
    words = words_of_conditions(part.condition_set, part.kinds, part.types)
    if part.county or part.province:
        words.append(COUNTIES[part.county].name if part.county in COUNTIES else PROVINCES[part.province].name)
    if part.expires_on:
        words.append(f"تا {show_date(part.expires_on)}")
    return "صندوق همگانی، " + ("، ".join(words) if words else "هر نیازی که ضروری‌تر است")


def share_lines(account: GiftAccount) -> list[ShareLine]:
    """Each part of a gift that went to a need."""
    return [
        ShareLine(
            title=f"{show_toman(one.amount_rial)} برای {NEED_KINDS[one.kind].name}",
            place=one.organisation,
            when=f"{SHARE_WORDS[one.state]} · {show_date((one.settled_at or one.drawn_at).astimezone(TEHRAN).date())}",
            kind="done" if one.state is DrawState.DELIVERED else "",
        )
        for one in account.shares
    ]


def _verified(on: date | None, *, is_confirmed: bool) -> str:
    who = "تأیید مردم محل یا بازدید" if is_confirmed else "تأیید با مدرک و پاسخ بانک‌های داده"
    return f"{who}، {show_date(on)}" if on else who
