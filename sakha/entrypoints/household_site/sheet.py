"""The sheet: its pages in their order, each page's form, and the declaration that the register reads.

A draft is kept as typed; whether it is right as a whole is asked of the register when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms

from sakha.coordination.queries import KnownBeforehand, RegistrationCard
from sakha.entrypoints.household_site.forms import (
    HELPED,
    HOME_FACTS,
    LIFE_FACTS,
    OWN_HOME,
    MemberForm,
    WhoForm,
    show_known,
)
from sakha.entrypoints.kashi.answers import show_kept
from sakha.entrypoints.kashi.sheet_forms import FactsForm, PersonForm, PlaceForm
from sakha.registry.rules.declaration import HouseholdDeclaration, declare_sheet
from sakha.vocabulary.places import COUNTIES, PROVINCES

MEMBERS, ANSWERS = "members", "answers"


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the sheet: its question, and a sentence below."""

    name: str
    title: str
    lead: str


STEPS: Final = (
    Step("who", "چه کسی پر می‌کند؟", "هر چه را نمی‌دانید خالی بگذارید؛ ندانستن به زیان کسی نیست."),
    Step("head", "سرپرست خانوار", "کسی که خانه با او می‌گردد؛ زن یا مرد."),
    Step(MEMBERS, "چه کسانی با هم زندگی می‌کنید؟", "جز سرپرست؛ هر کس که با شما زندگی و خرج می‌کند."),
    Step("place", "کجا زندگی می‌کنید؟", "نشانی رمزشده می‌ماند و به خیریه‌ها نشان داده نمی‌شود."),
    Step("home", "خانه", "هر چه را نمی‌دانید خالی بگذارید."),
    Step("life", "کار و سلامت", "شمار کسان خانوار؛ اگر هیچ‌کس، صفر بنویسید."),
    Step(ANSWERS, "پاسخ‌ها را ببینید", "اگر درست است، بفرستید."),
)
_PLACES: Final = {step.name: place for place, step in enumerate(STEPS)}
_FACTS: Final = {"home": HOME_FACTS, "life": LIFE_FACTS}


def find_step(name: str) -> tuple[int, Step] | None:
    """The page of this name, with its place counted from 1."""
    place = _PLACES.get(name)
    return None if place is None else (place + 1, STEPS[place])


def next_step(draft: Mapping[str, Any]) -> str:
    """The first page that was not answered yet."""
    return next((step.name for step in STEPS if step.name not in draft), ANSWERS)


def step_after(name: str, draft: Mapping[str, Any]) -> str:
    """Where to go from a page: on, or back to the answers where all was told before."""
    rest = [step.name for step in STEPS if step.name not in draft and step.name != ANSWERS]
    place = _PLACES[name]
    return ANSWERS if not rest else STEPS[place + 1].name


def step_before(name: str) -> str:
    """The page before, or nothing before the first."""
    return STEPS[_PLACES[name] - 1].name if _PLACES[name] else ""


def make_form(
    name: str, own: RegistrationCard, known: KnownBeforehand | None, typed: Mapping[str, Any] | None
) -> forms.Form:
    """The form of a page, filled with what was told before, or else with what was known beforehand."""
    begun = show_kept(own.draft[name]) if name in own.draft else _ask_back(name, known)
    if name == "who":
        return WhoForm(typed, initial=begun)
    if name == "head":
        return PersonForm(typed, initial=begun)
    if name == "place":
        return PlaceForm(typed, initial=begun or {"county": _county_name(own.county)}, province=own.province)
    return FactsForm(typed, initial=begun, names=_FACTS[name], own_home=OWN_HOME)


def make_member_form(kept: Mapping[str, Any] | None, typed: Mapping[str, Any] | None) -> MemberForm:
    """The form of one member."""
    return MemberForm(typed, initial=show_kept(kept) if kept else {})


def is_asked_back(name: str, own: RegistrationCard, known: KnownBeforehand | None) -> bool:
    """Whether the page begins with something that the household did not type itself."""
    return name not in own.draft and (name == "place" or bool(_ask_back(name, known)))


def _ask_back(name: str, known: KnownBeforehand | None) -> dict[str, Any]:
    if known is None:
        return {}
    if name == "place":
        return {"county": _county_name(known.county)}
    return show_known(known.facts) if name == "home" else {}


def _county_name(code: str) -> str:
    return COUNTIES[code].name if code in COUNTIES else ""


def declare(own: RegistrationCard) -> HouseholdDeclaration:
    """Make the declaration of what was told. The head's telephone is the one that came through the door."""
    draft = own.draft
    numbers = {"mobile": own.mobile, "national_id": draft.get("who", {}).get("national_id", "")}
    return declare_sheet(
        {**draft.get("head", {}), **numbers},
        draft.get(MEMBERS, []),
        province=PROVINCES[own.province].name,
        place=draft.get("place", {}),
        facts={name: value for step in _FACTS for name, value in draft.get(step, {}).items()},
    )


def is_helped(draft: Mapping[str, Any]) -> bool:
    """Whether somebody else fills in."""
    return bool(draft.get("who", {}).get("who") == HELPED)
