"""The stated policy of the nation's pool: what share of free money is kept for whom, from which day.

Says what a version must be and who decides on it; what it changes is found by the rule of fair shares.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from sakha.access.rules import Actor
from sakha.allocation.rules.reserves import Reserve
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

POOR_BODY: Final = "POOR_BODY"
# Parts of a share piece in this order.
DEPRIVED, POOR = range(2)
WHOLE: Final = 1000
REASON_MIN: Final = 10
REASON_MAX: Final = 500
# Needs and money change daily: nobody confirms by figures that are older. Our own figure.
EFFECT_FRESH_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTerms:
    """One version. Shares are thousandths of the money whose givers asked for no place, nor for a limit per household.

    A charity is poor whose households' open needs are covered below `poor_below_mille` thousandths, by whomever.
    Both shares at nothing is the rule of fair shares alone.
    """

    valid_from: date
    reason: str
    deprived_provinces: tuple[str, ...] = ()
    deprived_mille: int = 0
    poor_mille: int = 0
    poor_below_mille: int = 0

    @property
    def sets_aside(self) -> bool:
        """Whether anything is kept at all."""
        return self.deprived_mille + self.poor_mille > 0


class PoolPolicyInvalid(Refusal):
    """The version does not say enough, or says what cannot be."""

    code: ClassVar[str] = "POOL_POLICY_INVALID"
    sentence: ClassVar[str] = "این نسخه پذیرفته نشد: {reason}."


class PoolPolicyUnknown(Refusal):
    """No such version waits for the nation's office."""

    code: ClassVar[str] = "POOL_POLICY_UNKNOWN"
    sentence: ClassVar[str] = "چنین نسخه‌ای در انتظار نیست."


class PoolPolicyOwn(Refusal):
    """Nobody confirms what they proposed."""

    code: ClassVar[str] = "POOL_POLICY_OWN"
    sentence: ClassVar[str] = "نسخه را کس دیگری باید تصویب کند."


class PoolPolicyBegun(Refusal):
    """Its first day has come, or is past: shares may follow it already."""

    code: ClassVar[str] = "POOL_POLICY_BEGUN"
    sentence: ClassVar[str] = "روز آغاز این نسخه رسیده است و پس گرفته نمی‌شود. نسخهٔ تازه‌ای بنویسید."


class PoolWithdrawalOwn(Refusal):
    """Nobody withdraws alone what two had confirmed."""

    code: ClassVar[str] = "POOL_WITHDRAWAL_OWN"
    sentence: ClassVar[str] = "پس‌گرفتن را شما خواسته‌اید؛ کس دیگری باید بپذیرد."


class PoolWithdrawalAsked(Refusal):
    """Somebody asked for it already, or nobody did."""

    code: ClassVar[str] = "POOL_WITHDRAWAL_ASKED"
    sentence: ClassVar[str] = "این صفحه کهنه است: درخواست پس‌گرفتن همان نیست که دیدید."


class PoolEffectStale(Refusal):
    """Its effect was last looked at too long ago."""

    code: ClassVar[str] = "POOL_EFFECT_STALE"
    sentence: ClassVar[str] = "اثر این نسخه با نیازهای امروز دیده نشده است. نخست اثر را دوباره حساب کنید."


class PoolEffectUnproved(Refusal):
    """The second program found a rule broken by what it would do: a fault of ours, and nobody is to decide on it."""

    code: ClassVar[str] = "POOL_EFFECT_UNPROVED"
    sentence: ClassVar[str] = "سنجش دوم، اثر این نسخه را نادرست یافت. تصویب نمی‌شود."


class PoolEffectChanged(Refusal):
    """Its effect was found anew after the page was shown."""

    code: ClassVar[str] = "POOL_EFFECT_CHANGED"
    sentence: ClassVar[str] = "پس از بازشدن این صفحه، اثر نسخه دوباره حساب شده است. نخست اثر تازه را ببینید."


def may_decide_pool(actor: Actor) -> bool:
    """The pool is the nation's."""
    return actor.is_of_nation


def require_sound(terms: PoolTerms, *, on: date) -> None:
    """Refuse a version that begins in the past, keeps more than there is, or keeps something for nobody.

    Raises: PoolPolicyInvalid.
    """
    if terms.valid_from < on:
        raise PoolPolicyInvalid(field="valid_from", reason="نسخهٔ تازه از امروز یا روزی پس از آن است")
    for name, mille in (
        ("deprived_mille", terms.deprived_mille),
        ("poor_mille", terms.poor_mille),
        ("poor_below_mille", terms.poor_below_mille),
    ):
        if not 0 <= mille <= WHOLE:
            raise PoolPolicyInvalid(field=name, reason="هر سهم میان صفر و همهٔ پول است")
    if terms.deprived_mille + terms.poor_mille > WHOLE:
        raise PoolPolicyInvalid(field="poor_mille", reason="دو سهم با هم از همهٔ پول بیشترند")
    if not set(terms.deprived_provinces) <= set(PROVINCES):
        raise PoolPolicyInvalid(field="deprived_provinces", reason="چنین استانی نیست")
    if bool(terms.deprived_mille) != bool(terms.deprived_provinces):
        raise PoolPolicyInvalid(field="deprived_provinces", reason="سهم و استان‌هایش با هم نوشته می‌شوند")
    if bool(terms.poor_mille) != bool(terms.poor_below_mille):
        raise PoolPolicyInvalid(field="poor_below_mille", reason="سهم و مرز کم‌توانی با هم نوشته می‌شوند")
    if not REASON_MIN <= len(terms.reason) <= REASON_MAX:
        raise PoolPolicyInvalid(field="reason", reason="دلیل را بنویسید")


def reserves_of(terms: PoolTerms | None) -> tuple[Reserve, ...]:
    """What a version sets aside, in the order of the parts; nothing without one."""
    if terms is None:
        return ()
    return (
        Reserve(terms.deprived_mille, provinces=frozenset(terms.deprived_provinces)),
        Reserve(terms.poor_mille, mark=POOR_BODY),
    )


def find_poor_bodies(needs: Iterable[tuple[int, bool, int, int]], terms: PoolTerms | None) -> frozenset[int]:
    """Charities whose households' needs are covered too little: of each need body, charity or not, amount, covered."""
    if terms is None or not terms.poor_mille:
        return frozenset()
    sums: dict[int, tuple[int, int]] = {}
    for body, is_charity, amount, covered in needs:
        if is_charity:
            before = sums.get(body, (0, 0))
            sums[body] = (before[0] + amount, before[1] + covered)
    return frozenset(
        body for body, (amount, covered) in sums.items() if covered * WHOLE < amount * terms.poor_below_mille
    )
