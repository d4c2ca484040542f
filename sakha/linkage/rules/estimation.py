"""What a file itself says of the model: shares of kinds and levels learnt without labels, started from the document.

Expectation maximisation from several starts, the document counting as so many pairs seen. A start that ends with far
more or far fewer same people than equal IDs allow is refused; when all are, the document stands as it is.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from sakha.linkage.rules.levels import COMPARISONS, LEVEL_COUNT, Id
from sakha.linkage.rules.model import RELATIVE, SAME, LinkModel
from sakha.linkage.rules.scoring import share_of_kinds

_ROUNDS: Final = 40
_ENOUGH: Final = 1e-4
_PLACES: Final = {name: place for place, name in enumerate(COMPARISONS)}
# Relatives share phone and home as one person does: told apart by these they never are, so both kinds learn together.
_TIED: Final = ("mobile", "place")
# Not learnt here: files and context come later or not at all, and strangers never share a right ID.
_FIXED: Final = ("context",)
_FEWEST_ANCHORS: Final = 30
_LEAST_RATIO: Final = 0.75
_MOST_RATIO: Final = 1.6
# How many times as many relatives, and how many times fewer same people, each start believes in.
_STARTS: Final = ((1.0, 1.0), (1.0, 0.4), (3.0, 0.7))

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learnt:
    """The model a file led to, and whether it was learnt or the document's own was kept."""

    model: LinkModel
    is_learnt: bool
    pair_count: int
    anchor_ratio: float  # estimated same people over pairs of equal right IDs, among pairs with both IDs


def learn_model(levels: Ints, counts: Ints, document: LinkModel) -> Learnt:
    """Learn from patterns of levels and how often each was seen."""
    total = int(counts.sum())
    best: tuple[float, LinkModel, float] | None = None
    for relatives, same in _STARTS:
        shares = document.shares.copy()
        shares[RELATIVE] *= relatives
        shares[SAME] *= same
        model, fit = _climb(levels, counts.astype(float), replace(document, shares=shares / shares.sum()), document)
        ratio = _anchor_ratio(levels, counts, model)
        if _LEAST_RATIO <= ratio <= _MOST_RATIO and (best is None or fit > best[0]):
            best = fit, model, ratio
    if best is None:
        return Learnt(document, is_learnt=False, pair_count=total, anchor_ratio=_anchor_ratio(levels, counts, document))
    return Learnt(best[1], is_learnt=True, pair_count=total, anchor_ratio=best[2])


def learn_context(levels: Ints, counts: Ints, model: LinkModel, document: LinkModel) -> LinkModel:
    """Learn what the context is worth, from pairs weighed without it."""
    place = _PLACES["context"]
    bare = levels.copy()
    bare[:, place] = 0
    kinds = share_of_kinds(bare, model) * counts[:, None]
    tables = model.tables.copy()
    tables[:, place, :] = _shares_of_levels(levels[:, place], kinds, document.tables[:, place], document.trust_count)
    return replace(model, tables=tables)


def _climb(levels: Ints, counts: Floats, model: LinkModel, document: LinkModel) -> tuple[LinkModel, float]:
    fit = -np.inf
    for _round in range(_ROUNDS):
        kinds = share_of_kinds(levels, model)
        reached = _likelihood(levels, counts, model)
        weighted = kinds * counts[:, None]
        model = _maximise(levels, weighted, model, document)
        if reached - fit < _ENOUGH * max(counts.sum(), 1.0):
            return model, reached
        fit = reached
    return model, fit


def _maximise(levels: Ints, weighted: Floats, model: LinkModel, document: LinkModel) -> LinkModel:
    trust = document.trust_count
    seen = weighted.sum(axis=0) + trust * document.shares
    tables = model.tables.copy()
    for name, place in _PLACES.items():
        if name in _FIXED:
            continue
        learnt = _shares_of_levels(levels[:, place], weighted, document.tables[:, place], trust)
        if name in _TIED:
            both = _shares_of_levels(
                levels[:, place],
                weighted[:, [SAME, RELATIVE]].sum(axis=1, keepdims=True),
                document.tables[[SAME], place],
                trust,
            )
            learnt[[SAME, RELATIVE]] = both
        if name == "national_id":
            learnt[RELATIVE + 1 :] = document.tables[RELATIVE + 1 :, place]
        tables[:, place] = learnt
    return replace(model, shares=seen / seen.sum(), tables=tables)


def _shares_of_levels(levels: Ints, weighted: Floats, prior: Floats, trust: float) -> Floats:
    learnt = np.ones((weighted.shape[1], LEVEL_COUNT))
    for kind in range(weighted.shape[1]):
        counted = np.bincount(levels, weights=weighted[:, kind], minlength=LEVEL_COUNT)[:LEVEL_COUNT]
        counted = counted[1:] + trust * np.where(prior[kind, 1:] < 1, prior[kind, 1:], 0)
        learnt[kind, 1:] = np.maximum(counted / max(counted.sum(), 1e-9), 1e-7)
    return learnt


def _likelihood(levels: Ints, counts: Floats, model: LinkModel) -> float:
    bits = np.repeat(np.log2(model.shares)[None, :], len(levels), axis=0)
    logs = np.log2(model.tables)
    for place in range(len(COMPARISONS)):
        bits += logs[:, place, levels[:, place]].T
    highest = bits.max(axis=1)
    return float((counts * (highest + np.log2(np.exp2(bits - highest[:, None]).sum(axis=1)))).sum())


def _anchor_ratio(levels: Ints, counts: Ints, model: LinkModel) -> float:
    ids = levels[:, _PLACES["national_id"]]
    has_both = ids != Id.UNKNOWN
    anchors = counts[np.isin(ids, (Id.CHECKED, Id.UNCHECKED))].sum()
    if anchors < _FEWEST_ANCHORS:
        return 1.0
    same = (share_of_kinds(levels[has_both], model)[:, SAME] * counts[has_both]).sum()
    return float(same / anchors)
