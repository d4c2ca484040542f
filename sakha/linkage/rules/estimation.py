"""What a file itself says of the model: shares of kinds and levels learnt without labels, started from the document.

Expectation maximisation from several starts, the document counting as so many pairs seen. A start that ends with far
more or far fewer same people than equal IDs allow is refused; when all are, the document stands as it is.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from sakha.linkage.rules.levels import COMPARISONS, LEVEL_COUNT, Birth, File, Home, Id, Place
from sakha.linkage.rules.model import KINDS, RELATIVE, SAME, STRANGERS, TWIN, LinkModel
from sakha.linkage.rules.name_levels import Name

_ROUNDS: Final = 40
_ENOUGH: Final = 1e-4
_PLACES: Final = {name: place for place, name in enumerate(COMPARISONS)}
# Relatives share phone and home as one person does: told apart by these they never are, so both kinds learn together,
# from pairs of two files (whoever stands in one file has one phone and one home, which says nothing of two files).
_TIED: Final = ("mobile", "home", "place")
# What differs, and how many times as often it must among any strangers as between records of one person.
_DIFFERENT: Final = (
    ("given", Name.DIFFERENT, 3), ("family", Name.DIFFERENT, 1), ("father", Name.DIFFERENT, 1),
    ("national_id", Id.DIFFERENT, 1), ("birth", Birth.DIFFERENT, 1), ("home", Home.DIFFERENT, 1),
    ("place", Place.DIFFERENT, 1),
)  # fmt: skip
# One person is called otherwise only so many times as often as the document says: where a file has little to tell
# people by (no ID, no day of birth), brothers and sisters would else be learnt as one person of many given names.
_MOST_OF_DOCUMENT: Final = 2.5
_FEWEST_ANCHORS: Final = 30
_LEAST_RATIO: Final = 0.75
_MOST_RATIO: Final = 1.6
# How many times as many relatives, and how many times fewer same people, each start believes in.
# A kind keeps at least this part of the share that the document gives it.
_LEAST_OF_DOCUMENT: Final = 0.1
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
    total, seen = int(counts.sum()), _seen(levels)
    best: tuple[float, LinkModel, float] | None = None
    for relatives, same in _STARTS:
        shares = document.shares.copy()
        shares[RELATIVE] *= relatives
        shares[SAME] *= same
        model, fit = _climb(seen, counts.astype(float), replace(document, shares=shares / shares.sum()), document)
        ratio = _anchor_ratio(levels, seen, counts, model)
        if _LEAST_RATIO <= ratio <= _MOST_RATIO and (best is None or fit > best[0]):
            best = fit, model, ratio
    if best is None:
        ratio = _anchor_ratio(levels, seen, counts, document)
        return Learnt(document, is_learnt=False, pair_count=total, anchor_ratio=ratio)
    return Learnt(best[1], is_learnt=True, pair_count=total, anchor_ratio=best[2])


def learn_on(levels: Ints, counts: Ints, learnt: Learnt, document: LinkModel) -> Learnt:
    """Learn again from where a first round led, now that context is known and pairs were added for it."""
    if not learnt.is_learnt:
        return learnt
    seen = _seen(levels)
    model, _fit = _climb(seen, counts.astype(float), learnt.model, document)
    ratio = _anchor_ratio(levels, seen, counts, model)
    if not _LEAST_RATIO <= ratio <= _MOST_RATIO:
        return learnt
    return Learnt(model, is_learnt=True, pair_count=int(counts.sum()), anchor_ratio=ratio)


def _seen(levels: Ints) -> csr_array:
    """One column for each level of each comparison; a pattern has a 1 where it stands, and nothing where unknown."""
    places = np.arange(len(COMPARISONS)) * LEVEL_COUNT
    known = levels > 0
    rows = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    columns = (levels + places[None, :])[known]
    return csr_array((np.ones(len(columns)), columns, rows), shape=(len(levels), len(COMPARISONS) * LEVEL_COUNT))


def _kinds(seen: csr_array, model: LinkModel) -> tuple[Floats, Floats]:
    """How likely each kind is for each pattern, and how likely the pattern is at all (in bits)."""
    logs = np.log2(model.tables).reshape(len(KINDS), -1)
    bits: Floats = seen @ logs.T + np.log2(model.shares)[None, :]
    highest = bits.max(axis=1, keepdims=True)
    likely = np.exp2(bits - highest)
    whole = likely.sum(axis=1, keepdims=True)
    return likely / whole, (highest + np.log2(whole))[:, 0]


def _climb(seen: csr_array, counts: Floats, model: LinkModel, document: LinkModel) -> tuple[LinkModel, float]:
    fit = -np.inf
    for _round in range(_ROUNDS):
        kinds, bits = _kinds(seen, model)
        reached = float((counts * bits).sum())
        if reached - fit < _ENOUGH * max(counts.sum(), 1.0):
            return model, reached
        fit = reached
        model = _maximise(seen, kinds * counts[:, None], model, document)
    return model, fit


def _maximise(seen: csr_array, weighted: Floats, model: LinkModel, document: LinkModel) -> LinkModel:
    trust, prior = document.trust_count, document.tables
    counted = (seen.T @ weighted).T.reshape(prior.shape)
    of_two_files = _of_two_files(seen)
    apart = (seen[of_two_files].T @ weighted[of_two_files, : TWIN + 1]).sum(axis=1).reshape(prior.shape[1:])
    for name in _TIED:
        counted[: TWIN + 1, _PLACES[name]] = apart[_PLACES[name]]
    counted += trust * np.where(prior < 1, prior, 0)
    counted[:, :, 0] = 0
    tables = np.maximum(counted / np.maximum(counted.sum(axis=2, keepdims=True), 1e-9), 1e-7)
    tables[:, :, 0] = 1
    # strangers hardly ever share an ID: what looks so is one person, or a guardian's
    equal = (STRANGERS, _PLACES["national_id"], slice(Id.CHECKED, Id.SHARED + 1))
    tables[equal] = np.minimum(tables[equal], prior[equal])
    _bound_given(tables, prior)
    # and what differs never speaks for one person
    for name, level, times in _DIFFERENT:
        unlike = (STRANGERS, _PLACES[name], level)
        tables[unlike] = np.maximum(tables[unlike], times * tables[SAME, _PLACES[name], level])
    shares = weighted.sum(axis=0) + trust * document.shares
    # a kind of stranger that a file hardly has must stay thinkable, or its few pairs count as people
    shares /= shares.sum()
    shares[STRANGERS] = np.maximum(shares[STRANGERS], _LEAST_OF_DOCUMENT * document.shares[STRANGERS])
    return replace(model, shares=shares / shares.sum(), tables=tables)


def _bound_given(tables: Floats, prior: Floats) -> None:
    """Keep another given name rare between records of one person."""
    levels, place = slice(1, None), _PLACES["given"]
    most = _MOST_OF_DOCUMENT * prior[SAME, place, Name.DIFFERENT]
    if tables[SAME, place, Name.DIFFERENT] > most:
        tables[SAME, place, levels] *= (1 - most) / (1 - tables[SAME, place, Name.DIFFERENT])
        tables[SAME, place, Name.DIFFERENT] = most


def _of_two_files(seen: csr_array) -> npt.NDArray[np.bool_]:
    first = _PLACES["file"] * LEVEL_COUNT
    columns = [first + level for level in (File.SAME, File.LIKELY_SAME)]
    is_apart: npt.NDArray[np.bool_] = np.asarray(seen[:, columns].sum(axis=1)).ravel() == 0
    return is_apart


def _anchor_ratio(levels: Ints, seen: csr_array, counts: Ints, model: LinkModel) -> float:
    ids = levels[:, _PLACES["national_id"]]
    has_both = ids != Id.UNKNOWN
    anchors = counts[np.isin(ids, (Id.CHECKED, Id.UNCHECKED))].sum()
    if anchors < _FEWEST_ANCHORS:
        return 1.0
    same = (_kinds(seen, model)[0][has_both, SAME] * counts[has_both]).sum()
    return float(same / anchors)
