"""Asks the desk's finder, before a household is registered, whether somebody of it is in the register already.

Decides whom to show; whether it is the same person is said by who sits opposite them. Whoever is known by the very
number typed is not asked about: of that the register judges itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sakha.access.rules import Actor
from sakha.entrypoints.staff_site.identity_screens import FoundRow
from sakha.entrypoints.staff_site.identity_wording import show_found
from sakha.linkage.rules.desk_question import DeskQuestion, make_question
from sakha.linkage.rules.desk_ranking import ID_EXACT_POINTS
from sakha.registry.queries.finding import FoundPeople, find_people
from sakha.vocabulary.jalali import DateInvalid, ParsedDate, parse_date

# Both names and one thing more: the father's name, the telephone, the birth.
SAME_POINTS: Final = 19
_SHOWN: Final = 5
_GENDERS: Final = {"زن": "F", "مرد": "M"}
SAME, OTHER = "same", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaybeKnown:
    """Somebody of the draft, and who in the register may be the same."""

    name: str
    rows: tuple[FoundRow, ...]
    elsewhere_count: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said of those shown: whose file it is, or that all are others, or not all yet."""

    household_id: int | None = None
    is_complete: bool = True


def find_maybe_known(*, actor: Actor, at: datetime, draft: Mapping[str, Any]) -> tuple[MaybeKnown, ...]:
    """Everybody of the draft of whom the register may know; each search is logged. Raises: SearchTooOften."""
    people = [draft.get("head", {}), *draft.get("members", [])]
    asked = [_ask(actor, at, one) for one in people if one.get("given_name") and one.get("family_name")]
    return tuple(one for one in asked if one.rows or one.elsewhere_count)


def read_decisions(maybe: tuple[MaybeKnown, ...], said: Mapping[str, str]) -> Decided:
    """Read the answers; a file is only opened that was shown."""
    rows = [row for one in maybe for row in one.rows]
    answers = {row.household_id: said.get(f"household-{row.household_id}", "") for row in rows}
    same = next((household_id for household_id, answer in answers.items() if answer == SAME), None)
    return Decided(same, is_complete=all(answer in {SAME, OTHER} for answer in answers.values()))


def _ask(actor: Actor, at: datetime, kept: Mapping[str, Any]) -> MaybeKnown:
    found = find_people(actor=actor, at=at, question=_question(kept), purpose="before registering a household")
    if any(dict(one.features).get("identifier", 0) >= ID_EXACT_POINTS for one in found.people):
        return MaybeKnown(name="", rows=(), elsewhere_count=0)
    near = tuple(one for one in found.people if one.points >= SAME_POINTS)
    screen = show_found(FoundPeople(near[:_SHOWN], found.elsewhere_count))
    return MaybeKnown(
        name=f"{kept['given_name']} {kept['family_name']}", rows=screen.rows, elsewhere_count=screen.elsewhere_count
    )


def _question(kept: Mapping[str, Any]) -> DeskQuestion:
    return make_question(
        given_name=kept.get("given_name", ""),
        family_name=kept.get("family_name", ""),
        father_name=kept.get("father_name", ""),
        identifier=kept.get("national_id", ""),
        mobile=kept.get("mobile", ""),
        birth=_birth(kept.get("birth_date", "")),
        gender=_GENDERS.get(kept.get("gender", ""), ""),
    )


def _birth(text: str) -> ParsedDate | None:
    try:
        return parse_date(text) if text else None
    except DateInvalid:
        return None
