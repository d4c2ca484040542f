"""A price that somebody proposes: what it must say, and who may decide it. Rows are never edited, only followed.

Whose amounts hold for the whole nation is decided by the nation's officers; a province's own rows by its officers too.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sakha.access.rules import Actor, Scope
from sakha.scoring.rules.needs_language import NUMBER_MAX
from sakha.scoring.rules.needs_prices import LEVEL, NATION, PricesInvalid

SOURCE_MIN: Final = 10
SOURCE_MAX: Final = 300
# Per mille of the nation's prices; a province three times as dear as the nation is a typing error.
LEVELS: Final = range(300, 3001)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """A row to be: its name stands already, and so do its words. `province` is empty for the nation."""

    name: str
    province: str
    amount: int
    valid_from: date
    valid_to: date | None
    source: str


def require_sound(price: NewPrice, *, on: date) -> None:
    """Refuse a row that begins in the past, ends before it begins, or says no amount or source."""
    if price.valid_from < on:
        raise PricesInvalid(field="valid_from", reason="قیمت تازه از امروز یا روزی پس از آن است")
    if price.valid_to is not None and price.valid_to < price.valid_from:
        raise PricesInvalid(field="valid_to", reason="پایان پیش از آغاز است")
    if not 0 < price.amount <= NUMBER_MAX or (price.name == LEVEL and price.amount not in LEVELS):
        raise PricesInvalid(field="amount", reason="این اندازه پذیرفتنی نیست")
    if price.name == LEVEL and price.province == NATION:
        raise PricesInvalid(field="province", reason="سطح قیمت از آن یک استان است")
    if not SOURCE_MIN <= len(price.source) <= SOURCE_MAX:
        raise PricesInvalid(field="source", reason="منبع این قیمت را بنویسید")


def may_decide_for(actor: Actor, province: str) -> bool:
    """Whether an officer decides what holds in a province; an empty one is the whole nation."""
    if actor.is_of_nation:
        return True
    return actor.scope is Scope.PROVINCE and province != NATION and province == actor.province
