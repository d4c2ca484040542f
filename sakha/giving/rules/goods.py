"""Goods and hours of work as gifts: the fixed list, what need each meets, how it is counted, what may be offered.

What stock may be drawn is decided in SQL (`sql/goods.sql`); the worth that is stated counts for no promise.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from sakha.vocabulary.refusal import Refusal

QUANTITY_MOST: Final = 100_000
WORTH_MOST_RIAL: Final = 10_000_000_000
CONTACT_MOST: Final = 80


class WorthSource(StrEnum):
    """Who says what a piece is worth: an officer's dated price, or the giver."""

    PRICE = "PRICE"
    GIVER = "GIVER"


class GoodsInvalid(Refusal):
    """An offer that nobody could use."""

    code: ClassVar[str] = "GOODS_INVALID"
    sentence: ClassVar[str] = "پیشنهاد درست نیست: {reason}"


class GoodsShort(Refusal):
    """The stock is smaller than that, or its day has passed, or its giver took it back."""

    code: ClassVar[str] = "GOODS_SHORT"
    sentence: ClassVar[str] = "به این اندازه نمانده است یا وقتش گذشته است."


class GoodsUnknown(Refusal):
    """No such offer is open."""

    code: ClassVar[str] = "GOODS_UNKNOWN"
    sentence: ClassVar[str] = "چنین پیشنهادی باز نیست."


class GoodsUnfit(Refusal):
    """The household is not one that the body has a record of."""

    code: ClassVar[str] = "GOODS_UNFIT"
    sentence: ClassVar[str] = "این خانوار در پرونده‌های شما نیست."


class OnlyOrganisationsOffer(Refusal):
    """Goods are picked up somewhere: a person's phone and door would be shown to strangers."""

    code: ClassVar[str] = "ONLY_ORGANISATIONS_OFFER"
    sentence: ClassVar[str] = "کالا و خدمت را با حساب یک نهاد پیشنهاد دهید."


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """One line of the list; a price of the officers counts where it has one."""

    name: str
    unit: str
    kind: NeedKind
    price_name: str = ""
    is_service: bool = False

    @property
    def is_counted_in_rial(self) -> bool:
        """Whether the need is counted in rial, so that the stated worth is what is held."""
        return NEED_KINDS[self.kind].unit is NeedUnit.RIAL


# First proposals; a new line is a new word here and nothing else. Prices: scoring/documents/needs-prices-1405.toml.
GOODS: Final = {
    "FOOD_PARCEL": GoodsFacts("بستهٔ غذایی", "بسته", NeedKind.FOOD, "food_parcel"),
    "DOWRY": GoodsFacts("بستهٔ جهیزیه", "بسته", NeedKind.DOWRY),
    "WHEELCHAIR": GoodsFacts("ویلچر", "دستگاه", NeedKind.DISABILITY),
    "HEARING_AID": GoodsFacts("سمعک", "دستگاه", NeedKind.DISABILITY),
    "FRIDGE": GoodsFacts("یخچال", "دستگاه", NeedKind.HOME_GOODS),
    "STOVE": GoodsFacts("اجاق گاز", "دستگاه", NeedKind.HOME_GOODS),
    "HEATER": GoodsFacts("بخاری", "دستگاه", NeedKind.HOME_GOODS),
    "CARPET": GoodsFacts("فرش", "تخته", NeedKind.HOME_GOODS),
    "MEDICINE": GoodsFacts("دارو و لوازم درمان", "قلم", NeedKind.HEALTH),
    "SCHOOL_KIT": GoodsFacts("نوشت‌افزار و کیف یک سال", "دست", NeedKind.EDUCATION, "school_kit"),
    "TOOLS": GoodsFacts("ابزار کار", "دست", NeedKind.WORK, "work_tools"),
    "BUILDING": GoodsFacts("مصالح ساختمان", "محموله", NeedKind.DWELLING),
    "LESSON": GoodsFacts("تدریس", "ساعت", NeedKind.EDUCATION, is_service=True),
    "TREATMENT": GoodsFacts("ویزیت و توان‌بخشی", "ساعت", NeedKind.HEALTH, is_service=True),
    "REPAIR": GoodsFacts("تعمیر خانه", "ساعت", NeedKind.DWELLING, is_service=True),
    "TRAINING": GoodsFacts("آموزش کار", "ساعت", NeedKind.WORK, is_service=True),
}


def require_offer(
    *, item: str, quantity: int, worth_rial: int, contact: str, expires_on: date | None, on: date
) -> GoodsFacts:
    """Refuse what isn't on the list, nothing, too much, nobody to ask, a day that has passed. Raises: GoodsInvalid."""
    if item not in GOODS:
        raise GoodsInvalid(field="item", reason="در فهرست نیست.")
    if not 0 < quantity <= QUANTITY_MOST:
        raise GoodsInvalid(field="quantity", reason="شمار را درست بنویسید.")
    if not 0 < worth_rial <= WORTH_MOST_RIAL:
        raise GoodsInvalid(field="worth", reason="ارزش هر واحد را درست بنویسید.")
    if not 0 < len(contact) <= CONTACT_MOST:
        raise GoodsInvalid(field="contact", reason="بنویسید از چه کسی بپرسند.")
    if expires_on is not None and expires_on < on:
        raise GoodsInvalid(field="expires_on", reason="این روز گذشته است.")
    return GOODS[item]
