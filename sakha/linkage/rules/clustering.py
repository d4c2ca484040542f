"""From weighed pairs to people: merged in order of weight, never against what can't be.

Refused are two different right IDs, two people of one case file, and chains: two groups join only when all that was
compared between them speaks for it together.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# One pair must not outvote all others: what it says for or against counts up to here.
_MOST_VOICE: Final = 12.0
# Voices against come from one damaged record again and again, so they count half.
_AGAINST: Final = 0.5
# Two of one file are one person only when hardly anything else is possible (one case entered twice).
SAME_FILE_WEIGHT: Final = 6.0
# The weight of what was found before: two records that are already one person.
KNOWN: Final = 1_000.0
# More records than a person usually has need more than the usual proof.
_USUAL_SIZE: Final = 8
_UNUSUAL_WEIGHT: Final = 8.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs: row numbers and weights."""

    left: Ints
    right: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class Facts:
    """What of each row forbids a merge: its case file, its own right ID, the person it already is; 0 is none.

    Two people known before are not merged because of a new record: that is for people to decide.
    """

    file: Ints
    own_id: Ints
    person: Ints


def cluster(count: int, pairs: Pairs, facts: Facts, threshold: float) -> Ints:
    """Give each row 0 to `count - 1` the first row of its cluster."""
    firsts = np.arange(count, dtype=np.int64)
    joins = pairs.weight >= threshold
    if not joins.any():
        return firsts
    left, right = pairs.left[joins], pairs.right[joins]
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    _number, component = connected_components(graph, directed=False)
    sizes = np.bincount(component, minlength=count)
    is_pair = sizes[component[left]] == 2  # noqa: PLR2004 -- most components: two rows, nothing to weigh up
    alone = Pairs(left[is_pair], right[is_pair], pairs.weight[joins][is_pair])
    allowed = _may_join(alone, facts)
    firsts[alone.right[allowed]] = alone.left[allowed]
    is_inside = (component[pairs.left] == component[pairs.right]) & (sizes[component[pairs.left]] > 2)  # noqa: PLR2004
    inside = Pairs(pairs.left[is_inside], pairs.right[is_inside], pairs.weight[is_inside])
    return _merge_all(firsts, inside, facts, threshold)


def with_known(pairs: Pairs, person: Ints) -> Pairs:
    """Add to the pairs what was found before: each row of a person known (above 0) with the person's first row."""
    rows = np.flatnonzero(person > 0)
    if not len(rows):
        return pairs
    _people, first, which = np.unique(person[rows], return_index=True, return_inverse=True)
    left, right = rows[first][which], rows
    is_pair = left != right
    return Pairs(
        np.concatenate([pairs.left, left[is_pair]]),
        np.concatenate([pairs.right, right[is_pair]]),
        np.concatenate([pairs.weight, np.full(int(is_pair.sum()), KNOWN)]),
    )


def _may_join(pairs: Pairs, facts: Facts) -> npt.NDArray[np.bool_]:
    ids, other_ids = facts.own_id[pairs.left], facts.own_id[pairs.right]
    files, other_files = facts.file[pairs.left], facts.file[pairs.right]
    people, other_people = facts.person[pairs.left], facts.person[pairs.right]
    is_other = (ids > 0) & (other_ids > 0) & (ids != other_ids)
    is_other |= (people > 0) & (other_people > 0) & (people != other_people)
    is_one_file = (files > 0) & (files == other_files) & (pairs.weight < SAME_FILE_WEIGHT)
    allowed: npt.NDArray[np.bool_] = ~(is_other | is_one_file) | (pairs.weight >= KNOWN)
    return allowed


class _Groups:
    """Groups of rows that grow; the smaller always moves to the larger."""

    def __init__(self, pairs: Pairs, facts: Facts) -> None:
        self._beside: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        voices = np.clip(pairs.weight, -_MOST_VOICE, _MOST_VOICE)
        voices = np.where(voices < 0, _AGAINST * voices, voices)
        for left, right, voice in zip(pairs.left.tolist(), pairs.right.tolist(), voices.tolist(), strict=True):
            self._beside[left].append((right, voice))
            self._beside[right].append((left, voice))
        self._group = {row: row for row in self._beside}
        self.members = {row: [row] for row in self._beside}
        self._files = {row: {int(facts.file[row])} - {0} for row in self._beside}
        self._ids = {row: {int(facts.own_id[row])} - {0} for row in self._beside}
        self._people = {row: {int(facts.person[row])} - {0} for row in self._beside}

    def offer(self, left: int, right: int, weight: float) -> None:
        """Merge the groups of two rows, unless something speaks against it."""
        kept, moved = self._group[left], self._group[right]
        if kept == moved:
            return
        if len(self.members[kept]) < len(self.members[moved]):
            kept, moved = moved, kept
        if self._is_forbidden(kept, moved, weight) or self._voices(kept, moved) <= 0:
            return
        for row in self.members[moved]:
            self._group[row] = kept
        self.members[kept] += self.members.pop(moved)
        self._files[kept] |= self._files.pop(moved)
        self._ids[kept] |= self._ids.pop(moved)
        self._people[kept] |= self._people.pop(moved)

    def _is_forbidden(self, kept: int, moved: int, weight: float) -> bool:
        if weight >= KNOWN:
            return False
        for known in (self._ids, self._people):
            if known[kept] and known[moved] and known[kept] != known[moved]:
                return True
        if weight < SAME_FILE_WEIGHT and not self._files[kept].isdisjoint(self._files[moved]):
            return True
        return weight < _UNUSUAL_WEIGHT and len(self.members[kept]) + len(self.members[moved]) > _USUAL_SIZE

    def _voices(self, kept: int, moved: int) -> float:
        group = self._group
        return sum(voice for row in self.members[moved] for other, voice in self._beside[row] if group[other] == kept)


def _merge_all(firsts: Ints, pairs: Pairs, facts: Facts, threshold: float) -> Ints:
    groups = _Groups(pairs, facts)
    joins = pairs.weight >= threshold
    left, right, weight = pairs.left[joins], pairs.right[joins], pairs.weight[joins]
    for place in np.lexsort((right, left, -weight)).tolist():
        groups.offer(int(left[place]), int(right[place]), float(weight[place]))
    for members in groups.members.values():
        firsts[members] = min(members)
    return firsts
