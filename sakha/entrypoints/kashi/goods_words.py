"""What is said of offered goods and hours, for givers and for bodies. Decides words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sakha.giving.queries.goods import OfferCard
from sakha.giving.rules.goods import WorthSource
from sakha.giving.rules.states import DrawState
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.jalali import TEHRAN, show_date
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import COUNTIES, PROVINCES

_STATES: Final = {
    DrawState.HELD: "در راه",
    DrawState.DELIVERED: "تحویل شد",
    DrawState.RETURNED: "نشد و برگشت",
}
WORTH_WORDS: Final = {
    WorthSource.PRICE: "به قیمت مصوب",
    WorthSource.GIVER: "به گفتهٔ بخشنده",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWords:
    """An offer in words, with each piece's way."""

    id: int
    icon: str
    title: str
    left: str
    place: str
    until: str
    worth: str
    contact: str
    need: str
    is_open: bool
    ways: tuple[str, ...]


def offer_lines(cards: Sequence[OfferCard]) -> list[OfferWords]:
    """Offers in words."""
    return [offer_words(card) for card in cards]


def offer_words(card: OfferCard) -> OfferWords:
    """One offer."""
    unit = card.facts.unit
    place = [PROVINCES[card.province].name] if card.province in PROVINCES else []
    place += [COUNTIES[card.county].name] if card.county in COUNTIES else []
    return OfferWords(
        id=card.id,
        icon=NEED_KINDS[card.facts.kind].icon,
        title=f"{group_thousands(card.quantity)} {unit} {card.facts.name}",
        left=f"{group_thousands(card.left_quantity)} {unit} مانده",
        place="، ".join(place),
        until=f"تا {show_date(card.expires_on)}" if card.expires_on else "",
        worth=f"هر {unit} {show_toman(card.worth_rial)}",
        contact=card.contact,
        need=NEED_KINDS[card.facts.kind].name,
        is_open=not card.is_withdrawn and card.left_quantity > 0,
        ways=tuple(
            f"{group_thousands(one.quantity)} {unit} · {one.organisation} · {_STATES[one.state]}"
            f" ({show_date(one.at.astimezone(TEHRAN).date())}) · "
            f"{show_toman(one.quantity * one.worth_rial)} {WORTH_WORDS[one.worth_source]}"
            for one in card.takings
        ),
    )
