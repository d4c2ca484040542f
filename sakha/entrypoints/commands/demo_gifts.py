"""The demonstration's gifts: once and every month, for shown needs and the pool, by accounts and without a name.

Every step is an action of the product, paid at the sandbox. Amounts and conditions follow from places in lists; a
second walk finds gifts there and adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final
from uuid import UUID, uuid5

from sakha.entrypoints.commands.demo_bodies import PROVINCE
from sakha.entrypoints.commands.demo_gateway import Sandbox
from sakha.entrypoints.commands.demo_givers import Giver
from sakha.giving.actions import NewGift, lapse_pledges, note_seen, part_request, pledge_basket, settle_payment
from sakha.giving.actions.sponsored_months import begin_month
from sakha.giving.actions.sponsorships import NewSponsorship, begin_sponsorship
from sakha.giving.queries import ShownNeed, shown_needs
from sakha.giving.queries.needs import NeedsAsked
from sakha.giving.queries.sponsorships import get_month, own_sponsorships
from sakha.giving.rules.conditions import CONDITION_SETS, HouseholdType
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.sponsorships import SPONSORED_KINDS, SponsorshipAim
from sakha.giving.rules.terms import GIFT_LEAST_RIAL, PLEDGE_LIVES, GiftTerms
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

NAMED_MAX: Final = 54
POOL_COUNT: Final = 36
SEEN_EVERY: Final = 3
BASKETS: Final = 4
BASKET_OF: Final = 3
MORE_COUNT: Final = 3
PAGES_MAX: Final = 8
MONTHLY_RIAL: Final = 5_000_000
LARGE_RIAL: Final = 1_500_000_000
LAST_DAYS_PASSED: Final = 9  # before that many days a gift was given whose last day has passed since
# So much of what is missing a giver takes upon themselves, in turn.
_SHARES: Final = (100, 30, 60, 10, 80, 45)
_POOL_RIAL: Final = (2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000, 100_000_000)
_NAMED_MOST_RIAL: Final = 150_000_000
_ADDRESS: Final = "https://sakha.example/gift/{}/back/"
_NAMESPACE: Final = UUID("0e3a3c5e-5b1d-4d0e-8a54-7d6a1f0c1407")
_NAMELESS: Final = GiverMarks()


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment: the first gift of it, and the code under which its giver follows it."""

    gift_id: int
    follow_code: str


@dataclass(frozen=True, slots=True)
class Hand:
    """Gives by the sandbox, whoever it is for."""

    sandbox: Sandbox

    def give(
        self,
        *,
        at: datetime,
        name: str,
        parts: Sequence[tuple[int, GiftTerms]],
        marks: GiverMarks,
        is_paid: bool = True,
    ) -> Paid | None:
        """One payment for some parts; None where others were quicker, or it was given before."""
        request_id = uuid5(_NAMESPACE, name)
        gifts = [
            NewGift(request_id=part_request(request_id, number), amount_rial=rial, terms=terms)
            for number, (rial, terms) in enumerate(parts)
        ]
        try:
            pledged = pledge_basket(at=at, gifts=gifts, callback_for=_ADDRESS.format, giver=marks)
        except Refusal:
            return None
        if is_paid:
            settle_payment(at=at, authority=self.sandbox.pay(pledged.address))
        return Paid(pledged.gift_id, pledged.follow_code)


def give_gifts(
    *, sandbox: Sandbox, people: Sequence[Giver], bodies: Sequence[Giver], at: datetime, tell: Callable[[int], None]
) -> str:
    """Let all give what they have in mind; tells the code of one gift to follow, empty where none was for a need."""
    hand = Hand(sandbox)
    takers: list[GiverMarks] = [_NAMELESS, *(one.marks for one in people)]
    followed = ""
    gifts = chain(_to_needs(hand, takers, at), _baskets(hand, takers, at), _to_the_pool(hand, takers, bodies, at))
    for count, paid in enumerate(gifts, start=1):
        tell(count)
        followed = followed or (paid.follow_code if paid is not None else "")
    _every_month(sandbox, people, at)
    _promise_in_vain(hand, at)
    return followed


def give_more(*, sandbox: Sandbox, people: Sequence[Giver], at: datetime) -> None:
    """To the pool, after it was shared."""
    for number, giver in enumerate(people[:MORE_COUNT]):
        part = (_POOL_RIAL[-1], GiftTerms(province=PROVINCE) if number else GiftTerms())
        Hand(sandbox).give(at=at, name=f"more:{number}", parts=[part], marks=giver.marks)


def terms_in_turn(at: datetime) -> tuple[GiftTerms, ...]:
    """Conditions that givers put: none, a place, a kind, a type, a name, the most of a household, a last day."""
    zakat = CONDITION_SETS["ZAKAT"]
    last = at.astimezone(TEHRAN).date() + timedelta(days=40)
    return (
        GiftTerms(),
        GiftTerms(province=PROVINCE),
        GiftTerms(kinds=zakat.kinds, condition_set=zakat.name),
        GiftTerms(types=(HouseholdType.ORPHANS,), condition_set="ORPHANS"),
        GiftTerms(county=f"{PROVINCE}01", kinds=(NeedKind.HEALTH,)),
        GiftTerms(province=PROVINCE, household_most_rial=20_000_000),
        GiftTerms(kinds=(NeedKind.RENT,), expires_on=last),
        GiftTerms(types=(HouseholdType.WOMAN_HEADED,)),
    )


def needs_shown() -> list[ShownNeed]:
    """What stands on the first pages of the list."""
    found: list[ShownNeed] = []
    for page in range(1, PAGES_MAX + 1):
        needs = shown_needs(asked=NeedsAsked(province=PROVINCE, page=page)).needs
        found += needs
        if not needs:
            break
    return found


def _to_the_pool(
    hand: Hand, takers: Sequence[GiverMarks], bodies: Sequence[Giver], at: datetime
) -> Iterator[Paid | None]:
    """Over the last weeks; the bodies give once and largely, and one gift is past its last day."""
    turns = terms_in_turn(at)
    for number in range(POOL_COUNT):
        part = (_POOL_RIAL[number % len(_POOL_RIAL)], turns[number % len(turns)])
        day = at - timedelta(days=POOL_COUNT - number)
        yield hand.give(at=day, name=f"pool:{number}", parts=[part], marks=takers[number % len(takers)])
    for number, body in enumerate(bodies):
        terms = GiftTerms(province=PROVINCE) if number % 2 else GiftTerms()
        yield hand.give(
            at=at - timedelta(days=3), name=f"body:{number}", parts=[(LARGE_RIAL // (number + 1), terms)],
            marks=body.marks,
        )  # fmt: skip
    yield hand.give(
        at=at - timedelta(days=LAST_DAYS_PASSED),
        name="late",
        parts=[(30_000_000, GiftTerms(expires_on=(at - timedelta(days=4)).astimezone(TEHRAN).date()))],
        marks=takers[-1],
    )


def _to_needs(hand: Hand, takers: Sequence[GiverMarks], at: datetime) -> Iterator[Paid | None]:
    for number, need in enumerate(needs_shown()[:NAMED_MAX]):
        if number % SEEN_EVERY == 0:
            note_seen(code=need.code)
        part = (_share_of(need, number), GiftTerms(listing_code=need.code))
        yield hand.give(at=at, name=f"need:{number}", parts=[part], marks=takers[(number * 2 + 1) % len(takers)])


def _baskets(hand: Hand, takers: Sequence[GiverMarks], at: datetime) -> Iterator[Paid | None]:
    """Some small parts of several needs under one payment."""
    open_needs = [need for need in needs_shown() if need.left_rial >= 2 * GIFT_LEAST_RIAL]
    for number in range(BASKETS):
        chosen = open_needs[number * BASKET_OF : (number + 1) * BASKET_OF]
        parts = [(min(need.left_rial, 2_000_000), GiftTerms(listing_code=need.code)) for need in chosen]
        if parts:
            yield hand.give(at=at, name=f"basket:{number}", parts=parts, marks=takers[number % len(takers)])


def _share_of(need: ShownNeed, number: int) -> int:
    """A part of what is missing, in whole ten thousands of toman; all of it where little is left."""
    rial = min(need.left_rial * _SHARES[number % len(_SHARES)] // 100, _NAMED_MOST_RIAL)
    whole = rial - rial % GIFT_LEAST_RIAL if rial < need.left_rial else rial
    return max(whole, min(GIFT_LEAST_RIAL, need.left_rial))


def _every_month(sandbox: Sandbox, people: Sequence[Giver], at: datetime) -> None:
    """For one orphan, the pool and one need; this month is paid at once, but one waits for its giver."""
    monthly = next((need.code for need in needs_shown() if need.kind in SPONSORED_KINDS), "")
    plans = [
        (SponsorshipAim.ORPHAN, GiftTerms(province=PROVINCE)),
        (SponsorshipAim.POOL, GiftTerms(province=PROVINCE)),
        (SponsorshipAim.ORPHAN, GiftTerms()),
        (SponsorshipAim.POOL, GiftTerms(types=(HouseholdType.WOMAN_HEADED,))),
        (SponsorshipAim.NEED, GiftTerms(listing_code=monthly)),
    ]
    for number, (giver, (aim, terms)) in enumerate(zip(people, plans, strict=False)):
        promise = NewSponsorship(
            request_id=uuid5(_NAMESPACE, f"month:{number}"), amount_rial=MONTHLY_RIAL, aim=aim, terms=terms
        )
        with suppress(Refusal):  # no need has room for so much every month
            begin_sponsorship(giver=giver.card, at=at, promise=promise)
            if number != len(plans) - 2:
                _pay_month(sandbox, giver, at)


def _pay_month(sandbox: Sandbox, giver: Giver, at: datetime) -> None:
    donor_id, on = giver.card.donor_id, at.astimezone(TEHRAN).date()
    newest = own_sponsorships(donor_id=donor_id, on=on)[0].months[0]
    month = get_month(at=at, donor_id=donor_id, month_id=newest.id)
    begun = begin_month(at=at, month=month, callback_for=_ADDRESS.format, giver=giver.marks)
    settle_payment(at=at, authority=sandbox.pay(begun.address))


def _promise_in_vain(hand: Hand, at: datetime) -> None:
    """Somebody promises and never pays: the place is given back."""
    begun_at = at - 2 * PLEDGE_LIVES
    hand.give(at=begun_at, name="vain", parts=[(20_000_000, GiftTerms())], marks=_NAMELESS, is_paid=False)
    lapse_pledges(at=at)
