"""The parts of the household form, and how a draft becomes the declaration that the register reads.

A draft is kept as typed; whether it is right as a whole is asked of the register before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from sakha.entrypoints.kashi.fields import IdentifierField, ParsedField, SelectInput
from sakha.entrypoints.kashi.sheet_forms import RELATIONS, FactsForm
from sakha.entrypoints.kashi.sheet_forms import PersonForm as AnybodyForm
from sakha.entrypoints.kashi.sheet_forms import PlaceForm as AnyPlaceForm
from sakha.registry.rules.declaration import HouseholdDeclaration, declare_sheet
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.identifiers import parse_mobile

# The few questions that tell the most; a longer visit form can ask the rest.
LIVING_FACTS = (
    FactName.TENURE,
    FactName.RENT_PAID,
    FactName.ROOMS,
    FactName.AREA_M2,
    FactName.HAS_CAR,
    FactName.HAS_WASHING_MACHINE,
    FactName.HAS_COMPUTER,
    FactName.HAS_PIPED_GAS,
    FactName.N_EMPLOYED,
    FactName.N_HEALTH_INSURED,
    FactName.DISABLED_COUNT,
    FactName.CHRONIC_ILLNESS_COUNT,
)


class PersonForm(AnybodyForm):
    """A person, by number where there is one."""

    national_id = IdentifierField(label="کد ملی یا کد اتباع", required=False, help_text="اگر ندارند، خالی بگذارید.")
    field_order: tuple[str, ...] = ("given_name", "family_name", "father_name", "national_id")


class HeadForm(PersonForm):
    """The head, who can be reached."""

    mobile = ParsedField(label="تلفن همراه", parse=parse_mobile, required=False, help_text="اگر دارند.")


class MemberForm(PersonForm):
    """Another member."""

    relation = forms.ChoiceField(label="نسبت با سرپرست", choices=RELATIONS, widget=SelectInput())
    field_order = ("relation", "given_name", "family_name", "father_name", "national_id")


class PlaceForm(AnyPlaceForm):
    """Where the household lives, and whether nobody else may read it."""

    is_protected = forms.BooleanField(
        label="خانوار باید محافظت شود", help_text="جا و زمان کمک‌ها به نهادهای دیگر نشان داده نمی‌شود.", required=False
    )
    field_order = ("county", "urban", "postal_code")


class LivingForm(FactsForm):
    """House, work and health, as far as known."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, names=LIVING_FACTS, own_home="خانهٔ خودشان", **options)


def declare(draft: Mapping[str, Any], province: str) -> HouseholdDeclaration:
    """Make the declaration of a draft."""
    return declare_sheet(
        draft.get("head", {}),
        draft.get("members", []),
        province=province,
        place=draft.get("place", {}),
        facts=draft.get("living", {}),
    )
