"""From levels to a verdict: the weight of a pair, its probability, and what each field gave to it.

The one place where pairs are weighed: the engines only find levels, so that batch, desk and queue weigh alike.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sakha.linkage.rules.levels import BITS, COMPARISONS, Birth, Context, Id, compare_views
from sakha.linkage.rules.model import KINDS, SAME, LinkModel
from sakha.linkage.rules.name_levels import Name
from sakha.linkage.rules.record_view import RecordView

PRIOR: Final = "prior"
OTHERS: Final = "other_explanations"
_LOWEST: Final = -60.0


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field gave: bits for (above 0) or against one person, and the level that gave them."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class PairScore:
    """How surely two records are one person; `weight` is the sum of the reasons' weights, in bits."""

    weight: float
    probability: float
    reasons: tuple[Reason, ...]
    rival: str  # the likeliest other explanation: relatives, or a kind of coincidence
    levels: tuple[int, ...]


def score_pair(left: RecordView, right: RecordView, model: LinkModel, context: Context = Context.UNKNOWN) -> PairScore:
    """Weigh two records, with the reasons field by field."""
    return score_levels(compare_views(left, right, context), model)


def score_levels(levels: tuple[int, ...], model: LinkModel) -> PairScore:
    """Weigh levels already found. A field gives log2 of its share among one person's pairs over the rival's."""
    kinds = _kind_bits(np.array([levels]), model)[0]
    weight = float(_weights(kinds[None, :])[0])
    rival = int(np.argmax(kinds[1:])) + 1
    logs = np.log2(model.tables)
    reasons = [Reason(PRIOR, KINDS[rival], float(np.log2(model.shares[SAME] / model.shares[rival])))]
    for place, (field, kind_of_level) in enumerate(COMPARISONS.items()):
        if levels[place]:
            given = float(logs[SAME, place, levels[place]] - logs[rival, place, levels[place]])
            reasons.append(Reason(field, kind_of_level(levels[place]).name, given))
    reasons.append(Reason(OTHERS, "", weight - sum(reason.weight for reason in reasons)))
    return PairScore(weight, probability_of(weight), tuple(reasons), KINDS[rival], levels)


def weigh(packed: npt.NDArray[np.int64], model: LinkModel) -> npt.NDArray[np.float64]:
    """Weigh many packed patterns of levels at once."""
    return _weights(_kind_bits(unpack_all(packed), model))


def share_of_kinds(levels: npt.NDArray[np.int64], model: LinkModel) -> npt.NDArray[np.float64]:
    """Tell for each pattern how likely each kind of pair is; the shares of a pattern add up to 1."""
    bits = _kind_bits(levels, model)
    likely = np.exp2(bits - bits.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = likely / likely.sum(axis=1, keepdims=True)
    return shares


def tells_of_one(levels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell for each pattern whether something of the person's own agrees, without which nobody merges by itself.

    Family name, father, home and phone are shared by brothers and sisters, a year by one in seventy, and a day by
    twins: however much they weigh together, with a given name that is another one, only near (حسن, حسین) or only heard
    (زهرا, Zohreh) it takes the ID, or people in the queue; with another family name, an ID or a date.
    """
    given, family, _father, number, birth = levels[:, : list(COMPARISONS).index("birth") + 1].T
    has_id = np.isin(number, (Id.CHECKED, Id.UNCHECKED, Id.SLIP))
    has_date = np.isin(birth, (Birth.EQUAL, Birth.SWAPPED, Birth.SLIP, Birth.YEAR_ONLY))
    is_other = np.isin(given, (Name.HEARD, Name.NEAR, Name.DIFFERENT))
    lacks = is_other | (np.isin(family, (Name.NEAR, Name.DIFFERENT)) & ~has_date)
    told: npt.NDArray[np.bool_] = has_id | ~lacks
    return told


def unpack_all(packed: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the levels of many packed patterns, a row each."""
    places = np.arange(len(COMPARISONS), dtype=np.int64) * BITS
    return (packed[:, None] >> places[None, :]) & ((1 << BITS) - 1)


def probability_of(weight: float) -> float:
    """Turn a weight in bits into the probability that the two are one person."""
    return float(1.0 / (1.0 + 2.0**-weight))


def _kind_bits(levels: npt.NDArray[np.int64], model: LinkModel) -> npt.NDArray[np.float64]:
    logs = np.log2(model.tables)
    bits = np.repeat(np.log2(model.shares)[None, :], len(levels), axis=0)
    for place in range(len(COMPARISONS)):
        bits += logs[:, place, levels[:, place]].T
    return bits


def _weights(kinds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    others = kinds[:, 1:]
    highest = others.max(axis=1)
    against = highest + np.log2(np.exp2(others - highest[:, None]).sum(axis=1))
    weights: npt.NDArray[np.float64] = np.maximum(kinds[:, SAME] - against, _LOWEST)
    return weights
