"""What people's word is worth: the effective number of voices, when a fact is confirmed, the small shift of score.

Decides by numbers alone. Who is asked and whose word never counts is decided by `confirming_voices`.
Source of the numbers: the study of Indonesian neighbours' rankings (docs/confirmations.md).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CENT: Final = 100
# Two people of one kind agree to 0.65 whatever the truth is, so the second adds little (measured: .64 to .68).
CORRELATION: Final = 0.65
# 12 % of consumption at most, for ever: people's word moves the economic score very little (R2 .504 -> .510).
SHIFT_MAX: Final = 6
SHIFT_HALF: Final = 1.5
# Before any audit a confirmer is taken to be right in eight of ten cases: Beta(8, 2).
PRIOR_RIGHT: Final = 8
PRIOR_WRONG: Final = 2
# Two kinds at the prior weigh 1.6; however many voices of one kind weigh less than 1.54.
EFFECTIVE_MIN: Final = 150
KINDS_MIN: Final = 2
SUPPORT_MIN_PERCENT: Final = 67


class ConfirmerKind(StrEnum):
    """Where somebody knows a household from."""

    TRUSTEE = "TRUSTEE"
    NEIGHBOUR = "NEIGHBOUR"
    SCHOOL = "SCHOOL"
    CLINIC = "CLINIC"
    CHARITY = "CHARITY"


KIND_WORDS: Final = {
    ConfirmerKind.TRUSTEE: "معتمد محله",
    ConfirmerKind.NEIGHBOUR: "همسایه",
    ConfirmerKind.SCHOOL: "مدرسه",
    ConfirmerKind.CLINIC: "خانهٔ بهداشت و درمانگاه",
    ConfirmerKind.CHARITY: "خیریهٔ دیگر",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's answer that counts. Voices of one nominator are one circle of acquaintances."""

    confirmer_id: int
    kind: ConfirmerKind
    nominated_by_id: int | None
    reliability: float
    value: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """What voices about one question come to; `value` is None where they don't agree enough or are too few."""

    value: int | None
    effective_centi: int
    support_percent: int
    kind_count: int
    voice_count: int

    @property
    def is_confirmed(self) -> bool:
        """Whether a value stands."""
        return self.value is not None


def reliability(*, right_count: int, audited_count: int) -> float:
    """How often this confirmer is expected to be right, from answers that somebody checked."""
    return (PRIOR_RIGHT + right_count) / (PRIOR_RIGHT + PRIOR_WRONG + audited_count)


def effective_number(count: int) -> float:
    """How many independent voices so many voices of one kind are worth: 1 -> 1, 3 -> 1.3, 8 -> 1.4, never 1.54."""
    return count / (1 + (count - 1) * CORRELATION) if count > 0 else 0.0


def effective_centi(voices: Sequence[Voice]) -> int:
    """The effective number of several voices, in hundredths, weighed by reliability.

    Counted once by kind and once by who nominated them: the smaller counts, so a circle of friends with many titles is
    worth no more than one circle.
    """
    by_kind = _sum_of_groups(voices, lambda voice: voice.kind.value)
    by_circle = _sum_of_groups(voices, _circle)
    return int(min(by_kind, by_circle) * CENT + 1e-9)


def weigh(voices: Sequence[Voice]) -> Weighed:
    """Find the value on which enough different people agree."""
    groups: dict[int, list[Voice]] = defaultdict(list)
    for voice in voices:
        groups[voice.value].append(voice)
    weights = {value: effective_centi(group) for value, group in groups.items()}
    total = sum(weights.values())
    if not total:
        return Weighed(None, 0, 0, 0, len(voices))
    best = max(weights, key=lambda value: (weights[value], -value))
    support = weights[best] * CENT // total
    kinds = len({voice.kind for voice in groups[best]})
    stands = weights[best] >= EFFECTIVE_MIN and support >= SUPPORT_MIN_PERCENT and kinds >= KINDS_MIN
    return Weighed(best if stands else None, weights[best], support, kinds, len(voices))


def shift_points(net: float, effective: float) -> int:
    """Points by which people's word may move a score: within six, whatever they say and however many they are."""
    bounded = max(-1.0, min(1.0, net))
    return round(SHIFT_MAX * bounded * effective / (effective + SHIFT_HALF)) if effective > 0 else 0


def hardship_points(voices: Sequence[Voice]) -> int:
    """The shift by answers about hardship (0 is none): never upward, for being asked must not harm."""
    harder = effective_centi([voice for voice in voices if voice.value])
    easier = effective_centi([voice for voice in voices if not voice.value])
    if harder <= easier or not weigh(voices).is_confirmed:
        return 0
    return shift_points(-(harder - easier) / (harder + easier), harder / CENT)


def bound_points(points: Iterable[int]) -> int:
    """Several shifts together stay within the same six points."""
    return max(-SHIFT_MAX, min(SHIFT_MAX, sum(points)))


def _circle(voice: Voice) -> str:
    # whom an office found, it found one by one
    return f"confirmer {voice.confirmer_id}" if voice.nominated_by_id is None else f"nominator {voice.nominated_by_id}"


def _sum_of_groups(voices: Sequence[Voice], key: Callable[[Voice], str]) -> float:
    groups: dict[str, list[float]] = defaultdict(list)
    for voice in voices:
        groups[key(voice)].append(voice.reliability)
    return sum(effective_number(len(group)) * sum(group) / len(group) for group in groups.values())
