"""Rows that can't all be true: one identifier on two people, two heads in one case.

Decides which rows are in doubt, in no order of rows: where two contradict, both wait for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Final

from sakha.linkage.rules import IdentityOutcome, IdentityReason, IdentityView, compare_identity
from sakha.registry.rules.words import Relation
from sakha.vocabulary.persian_text import match_key
from sakha.vocabulary.refusal import Refusal

# Beyond this many different people under one number it is no identifier but somebody's way to fill a cell.
_VIEWS_MAX: Final = 12


class IdentityContradicts(Refusal):
    """The register knows somebody else under this identifier."""

    code: ClassVar[str] = "IDENTITY_CONTRADICTS"
    sentence: ClassVar[str] = "این کد پیش‌تر با نام و تاریخ تولد دیگری ثبت شده است؛ کد را با کارت ملی بسنجید."


class IdentityUnsure(Refusal):
    """The register knows this identifier, and not surely as the same person."""

    code: ClassVar[str] = "IDENTITY_UNSURE"
    sentence: ClassVar[str] = (
        "این کد پیش‌تر برای کسی با مشخصات دیگری ثبت شده است؛ کد را با کارت ملی بسنجید و اگر درست است،"
        " نام و تاریخ تولد را از روی همان کارت بنویسید."
    )


class HouseholdNeedsOffice(Refusal):
    """Only the office may bring another organisation into this household; the sentence does not say why, nor where."""

    code: ClassVar[str] = "HOUSEHOLD_NEEDS_OFFICE"
    sentence: ClassVar[str] = "این سطر را اینجا نمی‌توان ثبت کرد؛ برای ثبت آن با دفتر فرمانداری هماهنگ کنید."


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


@dataclass(frozen=True, slots=True)
class RowsInDoubt:
    """Rows that are left for a person to see, and why."""

    refusal: Refusal
    numbers: tuple[int, ...]


def rows_known_otherwise(rows: Iterable[tuple[int, IdentityView, IdentityView]]) -> tuple[RowsInDoubt, ...]:
    """The rows (number, what is told, what the register knows) that are not surely about the person known already.

    Merging two strangers opens the file of one to the other, so only agreement lets a row through. That something is
    left empty is no disagreement; but a bare identifier with nothing to compare it by is no agreement either.
    """
    against: set[int] = set()
    unsure: set[int] = set()
    for number, told, known in rows:
        verdict = compare_identity(told, known)
        if verdict.outcome is IdentityOutcome.CONTRADICTION:
            against.add(number)
        elif not verdict.is_same or IdentityReason.NOTHING_TO_COMPARE in verdict.reasons:
            unsure.add(number)
    found = ((IdentityContradicts(), against), (IdentityUnsure(), unsure - against))
    return tuple(RowsInDoubt(refusal, tuple(sorted(numbers))) for refusal, numbers in found if numbers)


def is_of_case(*, are_dependants: bool, told_families: Iterable[str], known_families: Iterable[str]) -> bool:
    """Whether new people under a case number told before belong to its household.

    Case numbers are given anew when a case is closed, so the number alone makes no family: each of them stands as
    somebody's dependant, or a family name is known there.
    """
    told, known = ({match_key(name) for name in names} - {""} for names in (told_families, known_families))
    return are_dependants or not told.isdisjoint(known)


def is_doubtful(left: IdentityView, right: IdentityView) -> bool:
    """Whether two views of one identifier are not surely one person.

    A list names a person once, and a guardian's number on a child's row looks just so.
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
