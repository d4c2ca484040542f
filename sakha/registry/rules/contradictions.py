"""Rows that can't all be true: one identifier on two people, two heads in one case.

Decides which rows are in doubt, in no order of rows: where two contradict, both wait for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Final

from sakha.linkage.rules import IdentityOutcome, IdentityView, compare_identity
from sakha.registry.rules.words import Relation
from sakha.vocabulary.refusal import Refusal

# Beyond this many different people under one number it is no identifier but somebody's way to fill a cell.
_VIEWS_MAX: Final = 12


class IdentityContradicts(Refusal):
    """The register knows somebody else under this identifier."""

    code: ClassVar[str] = "IDENTITY_CONTRADICTS"
    sentence: ClassVar[str] = "این کد پیش‌تر با نام و تاریخ تولد دیگری ثبت شده است؛ کد را با کارت ملی بسنجید."


class IdentityRepeats(Refusal):
    """Two rows of the file give one identifier to two people."""

    code: ClassVar[str] = "IDENTITY_REPEATS"
    sentence: ClassVar[str] = "این کد در همین پرونده برای شخص دیگری هم آمده است؛ هر دو سطر را بسنجید."


class CaseHasTwoHeads(Refusal):
    """Two different people are called head under one case number."""

    code: ClassVar[str] = "CASE_HAS_TWO_HEADS"
    sentence: ClassVar[str] = "برای این شمارهٔ پرونده دو سرپرست آمده است؛ تنها یکی سرپرست است."


@dataclass(frozen=True, slots=True)
class StagedIdentity:
    """What a staged row says of who it is about."""

    number: int
    identifier: bytes
    case: bytes
    relation: str
    view: IdentityView


def is_contradiction(left: IdentityView, right: IdentityView) -> bool:
    """Whether two views of one identifier can't be one person."""
    return left != right and compare_identity(left, right).outcome is IdentityOutcome.CONTRADICTION


def is_doubtful(left: IdentityView, right: IdentityView) -> bool:
    """Whether two views of one identifier are not surely one person.

    Inside one file that is enough to stop: a list names a person once, and a guardian's number on a child's row looks
    just so. Against the register only a contradiction stops, for another list may write the same person otherwise.
    """
    return left != right and compare_identity(left, right).outcome is not IdentityOutcome.SAME


def rows_of_two_people(rows: Iterable[StagedIdentity]) -> Iterator[int]:
    """The rows whose identifier stands for two people in the same file: all of them, for none is known to be right."""
    groups: defaultdict[bytes, list[StagedIdentity]] = defaultdict(list)
    for row in rows:
        groups[row.identifier].append(row)
    for group in groups.values():
        views = {row.view for row in group}
        if len(views) == 1:
            continue
        if len(views) > _VIEWS_MAX or any(is_doubtful(*pair) for pair in combinations(views, 2)):
            yield from (row.number for row in group)


def rows_of_two_heads(rows: Iterable[StagedIdentity]) -> Iterator[int]:
    """The head rows of cases that name more than one head."""
    heads: defaultdict[bytes, list[StagedIdentity]] = defaultdict(list)
    for row in rows:
        if row.case and row.relation == Relation.HEAD:
            heads[row.case].append(row)
    for group in heads.values():
        if len({row.identifier for row in group}) > 1:
            yield from (row.number for row in group)
