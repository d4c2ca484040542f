"""Whether a delivery arrived: the words, the short code of a notice, and what a sample of calls says of all deliveries.

Decides how many are called of each organisation and how sure the result is; who is called is drawn by the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from math import ceil, sqrt
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

# The normal quantile of 95 % confidence.
Z_95: Final = 1.959964
# Of an organisation at least so many are called: with fewer the interval says nothing of it.
LEAST_OF_ORGANISATION: Final = 5
SAMPLE_MAX: Final = 2_000
# How long a household may be asked, and answer, after the delivery.
ASKED_WITHIN: Final = timedelta(days=45)
UNDOING_REASON_MAX: Final = 300
_CODES, _FIRST_CODE, _STRIDE = 9_000, 1_000, 7_919


class ReceiptState(IntEnum):
    """What is known of a delivery's arrival; the functions of the ledger write these numbers."""

    TOLD = 1
    CONFIRMED = 2
    NOT_RECEIVED = 3


class ReceiptWay(IntEnum):
    """By which way the answer came."""

    SITE = 1
    SMS = 2
    VISIT = 3
    CALL = 4


class CallOutcome(IntEnum):
    """What a call came to."""

    RECEIVED = 1
    NOT_RECEIVED = 2
    NOT_REACHED = 3
    NO_ANSWER = 4


class UndoingState(IntEnum):
    """PROPOSED ---> UNDONE | REJECTED   by a second one of the office; a rejected one may be proposed again."""

    PROPOSED = 1
    UNDONE = 2
    REJECTED = 3


class ReceiptUnknown(Refusal):
    """No such delivery, or not one that this actor may speak of: its giver never is."""

    code: ClassVar[str] = "RECEIPT_UNKNOWN"
    sentence: ClassVar[str] = "این تحویل پیدا نشد."


class ReceiptAnswered(Refusal):
    """The household said itself whether it arrived; a visitor of another body doesn't change that."""

    code: ClassVar[str] = "RECEIPT_ANSWERED"
    sentence: ClassVar[str] = "خود خانوار پیش‌تر پاسخ داده است."


class UndoingUnknown(Refusal):
    """No delivery of the actor's area that its household disputes, or nothing that waits for a second word."""

    code: ClassVar[str] = "UNDOING_UNKNOWN"
    sentence: ClassVar[str] = "تحویلی که خانوار بگوید نرسیده و در انتظار تصمیم شما باشد، پیدا نشد."


class UndoingNotYours(Refusal):
    """Who proposed it does not decide it, and what nobody disputes any more is not taken back."""

    code: ClassVar[str] = "UNDOING_NOT_YOURS"
    sentence: ClassVar[str] = "پیشنهاددهنده خودش تأیید نمی‌کند؛ و تحویلی که رسیدنش گفته شده پس گرفته نمی‌شود."


class NothingToSample(Refusal):
    """No deliveries in these days and this area."""

    code: ClassVar[str] = "NOTHING_TO_SAMPLE"
    sentence: ClassVar[str] = "در این روزها تحویلی نبوده است که بتوان پرسید."


class CallUnknown(Refusal):
    """No such call in the actor's area."""

    code: ClassVar[str] = "CALL_UNKNOWN"
    sentence: ClassVar[str] = "این تماس پیدا نشد."


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share with its 95 % interval; `margin` is half its width."""

    population: int
    answered_count: int
    received_count: int
    share: float
    low: float
    high: float

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def receipt_code(hold_id: int) -> int:
    """Four digits that tell a household's deliveries apart; no secret, since the telephone is the key.

    7919 is prime and divides 9000 in no part, so two holds share a code only when their numbers differ by 9000.
    """
    return _FIRST_CODE + hold_id * _STRIDE % _CODES


def allocate_sample(populations: Mapping[int, int], *, size: int) -> dict[int, int]:
    """How many are called of each organisation: by its share of the deliveries, at least five, never more than it made.

    Proportional allocation (Cochran, Sampling Techniques, 1977, section 5.5); the floor costs a few calls more and
    is made good by the weights of the estimate.
    """
    total = sum(populations.values())
    if not total:
        return {}
    return {
        one: min(count, max(LEAST_OF_ORGANISATION, ceil(size * count / total)))
        for one, count in populations.items()
        if count
    }


def needed_size(*, population: int, margin: float) -> int:
    """How many answers a margin takes at 95 %, whatever the share: Cochran 1977, section 4.4, with p = 1/2."""
    if population <= 0:
        return 0
    unbounded = Z_95**2 / 4 / margin**2
    return ceil(unbounded / (1 + (unbounded - 1) / population))


def estimate_share(*, received_count: float, answered_count: float, population: int) -> tuple[float, float, float]:
    """The share and its interval: Wilson (1927, J. Am. Stat. Assoc. 22:209-212) for a finite population.

    The score interval solves (p - P)^2 = z^2 P(1-P)/n * (N-n)/(N-1), the variance of a proportion drawn without
    putting back (Cochran 1977, theorem 3.2): so z^2 shrinks by that factor, and a full count has no width.
    """
    if answered_count <= 0:
        return 0.0, 0.0, 1.0
    share = received_count / answered_count
    left = max(population - answered_count, 0.0) / (population - 1) if population > 1 else 0.0
    squared = Z_95**2 * left
    centre = (share + squared / (2 * answered_count)) / (1 + squared / answered_count)
    half = sqrt(squared * (share * (1 - share) / answered_count + squared / (4 * answered_count**2)))
    half /= 1 + squared / answered_count
    return share, max(centre - half, 0.0), min(centre + half, 1.0)


def estimate_one(*, population: int, received_count: int, answered_count: int) -> Estimate:
    """What the calls say of one organisation's deliveries."""
    share, low, high = estimate_share(
        received_count=received_count, answered_count=answered_count, population=population
    )
    return Estimate(
        population=population,
        answered_count=answered_count,
        received_count=received_count,
        share=share,
        low=low,
        high=high,
    )


def estimate_all(strata: Sequence[Estimate]) -> Estimate:
    """What the calls say of all deliveries: each answer weighs what it stands for, population by answers.

    The interval is Wilson's with Kish's effective number of answers, (sum w)^2 / sum w^2 (Survey Sampling, 1965,
    section 11.2): uneven weights make it wider, and it stays open where everybody answered alike. An organisation
    of which nobody answered is left out, and its deliveries with it.
    """
    known = [one for one in strata if one.answered_count]
    population = sum(one.population for one in known)
    answered = sum(one.answered_count for one in known)
    received = sum(one.received_count for one in known)
    if not known:
        return Estimate(population=0, answered_count=0, received_count=0, share=0.0, low=0.0, high=1.0)
    share = sum(one.population * one.share for one in known) / population
    effective = population**2 / sum(one.population**2 / one.answered_count for one in known)
    _, low, high = estimate_share(received_count=share * effective, answered_count=effective, population=population)
    return Estimate(
        population=population, answered_count=answered, received_count=received, share=share, low=low, high=high
    )
