"""What became of rows that no longer lead to their root: altered, removed, inserted or reordered.

Decides by the ids and marks that were kept when the block was closed; the root alone says only that something is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sakha.access.rules.chain import MARK_LENGTH

NAMED_MOST: Final = 100  # ids that are named of one kind in one block


class FindingKind(StrEnum):
    """What is wrong."""

    ALTERED = "ALTERED"
    REMOVED = "REMOVED"
    INSERTED = "INSERTED"
    REORDERED = "REORDERED"
    ROWS_DIFFER = "ROWS_DIFFER"
    """The rows don't lead to the root, and what was kept to name them was changed too."""
    BLOCK_ALTERED = "BLOCK_ALTERED"
    """The block's own words don't lead to its hash."""
    BLOCK_MISSING = "BLOCK_MISSING"
    """The chain has a gap: a place, a range of ids, or the hash of the block before."""
    SECRET_LOST = "SECRET_LOST"  # noqa: S105 -- the name of a finding
    """The block's secret is gone or another: its rows can't be checked."""
    NOT_AS_PUBLISHED = "NOT_AS_PUBLISHED"
    """A published root says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a block; `row_ids` are the first that are named."""

    kind: FindingKind
    stream: str
    place: int
    row_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedRows:
    """Ids in their order, and eight bytes for each."""

    ids: Sequence[int]
    marks: bytes

    def by_id(self) -> dict[int, bytes]:
        """The mark of each row."""
        return {
            one: self.marks[number * MARK_LENGTH : (number + 1) * MARK_LENGTH] for number, one in enumerate(self.ids)
        }


@dataclass(slots=True)
class Changes:
    """What differs between the rows that were kept and those that are there; gathered over a block's parts."""

    removed: list[int] = field(default_factory=list)
    inserted: list[int] = field(default_factory=list)
    changed: list[tuple[int, bytes, bytes]] = field(default_factory=list)

    def add(self, kept: MarkedRows, found: MarkedRows) -> None:
        """Compare the rows of one range of ids."""
        before, now = kept.by_id(), found.by_id()
        self.removed += [one for one in before if one not in now]
        self.inserted += [one for one in now if one not in before]
        self.changed += [(one, mark, now[one]) for one, mark in before.items() if now.get(one, mark) != mark]

    def told(self) -> dict[FindingKind, list[int]]:
        """The first rows of each kind. A row that took another's content, while a third has its own, was reordered."""
        before = {mark for _, mark, _ in self.changed}
        now = {mark for _, _, mark in self.changed}
        reordered = [one for one, mark, mark_now in self.changed if mark in now and mark_now in before]
        altered = [one for one, mark, mark_now in self.changed if not (mark in now and mark_now in before)]
        named = {
            FindingKind.ALTERED: altered,
            FindingKind.REORDERED: reordered,
            FindingKind.REMOVED: self.removed,
            FindingKind.INSERTED: self.inserted,
        }
        return {kind: ids[:NAMED_MOST] for kind, ids in named.items() if ids}
