"""The parts of the household form, and how a draft becomes the declaration that the register reads.

A draft is kept as typed; whether it is right as a whole is asked of the register before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from sakha.entrypoints.kashi.answers import fact_field, keep_answers, show_answer, show_kept
from sakha.entrypoints.staff_site.forms import (
    REQUIRED,
    IdentifierField,
    JalaliField,
    ParsedField,
    SelectInput,
)
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.identifiers import parse_mobile, parse_postal_code
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.places import counties_of

__all__ = [
    "GENDERS",
    "LIVING_FACTS",
    "MEMBER_COUNT_MAX",
    "RELATIONS",
    "HeadForm",
    "LivingForm",
    "MemberForm",
    "PersonForm",
    "PlaceForm",
    "declare",
    "keep_answers",
    "show_answer",
    "show_kept",
]

GENDERS = (("", "—"), ("زن", "زن"), ("مرد", "مرد"))
RELATIONS = (
    ("همسر", "همسر"),
    ("فرزند", "فرزند"),
    ("پدر", "پدر یا مادر"),
    ("سایر", "از بستگان"),
)
MEMBER_COUNT_MAX = 15
_TENURES = (
    ("", "نمی‌دانم"),
    ("ملکی", "خانهٔ خودشان"),
    ("اجاره‌ای", "اجاره"),
    ("رهن کامل", "رهن کامل"),
    ("سازمانی", "سازمانی یا سرایداری"),
    ("رایگان", "رایگان، نزد بستگان"),
    ("سایر", "جایی دیگر"),
)
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


class PersonForm(forms.Form):
    """The head of the household."""

    given_name = forms.CharField(label="نام", max_length=80, error_messages={"required": REQUIRED})
    family_name = forms.CharField(label="نام خانوادگی", max_length=80, error_messages={"required": REQUIRED})
    father_name = forms.CharField(label="نام پدر", max_length=80, required=False)
    national_id = IdentifierField(label="کد ملی یا کد اتباع", required=False, help_text="اگر ندارند، خالی بگذارید.")
    birth_date = JalaliField(label="تاریخ تولد", required=False, help_text="اگر روزش را نمی‌دانید، فقط سال.")
    gender = forms.ChoiceField(label="جنسیت", choices=GENDERS, required=False, widget=SelectInput())


class HeadForm(PersonForm):
    """The head, who can be reached."""

    mobile = ParsedField(label="تلفن همراه", parse=parse_mobile, required=False, help_text="اگر دارند.")


class MemberForm(PersonForm):
    """Another member."""

    relation = forms.ChoiceField(label="نسبت با سرپرست", choices=RELATIONS, widget=SelectInput())
    field_order = ("relation", "given_name", "family_name")


class PlaceForm(forms.Form):
    """Where the household lives."""

    county = forms.ChoiceField(label="شهرستان", error_messages={"required": REQUIRED}, widget=SelectInput())
    urban = forms.ChoiceField(
        label="شهر یا روستا",
        choices=(("", "نمی‌دانم"), ("شهر", "شهر"), ("روستا", "روستا")),
        required=False,
        widget=SelectInput(),
    )
    postal_code = ParsedField(label="کد پستی", parse=parse_postal_code, required=False)
    address = forms.CharField(label="نشانی", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))
    is_protected = forms.BooleanField(
        label="خانوار باید محافظت شود", help_text="جا و زمان کمک‌ها به نهادهای دیگر نشان داده نمی‌شود.", required=False
    )

    def __init__(self, *args: Any, province: str, **options: Any) -> None:
        super().__init__(*args, **options)
        county = self.fields["county"]
        if isinstance(county, forms.ChoiceField):
            county.choices = [("", "انتخاب کنید"), *((one.name, one.name) for one in counties_of(province))]


class LivingForm(forms.Form):
    """House, work and health, as far as known: every question may stay empty."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in LIVING_FACTS:
            self.fields[name.value] = fact_field(FACTS[name], tenures=_TENURES)


def declare(draft: Mapping[str, Any], province: str) -> HouseholdDeclaration:
    """Make the declaration of a draft."""
    place = draft.get("place", {})
    members = [_person({**draft.get("head", {}), "relation": "سرپرست"})]
    members += [_person(member) for member in draft.get("members", [])]
    facts = {name: str(value) for name, value in draft.get("living", {}).items() if value != ""}
    if place.get("urban"):
        facts[FactName.URBAN.value] = place["urban"]
    return HouseholdDeclaration(
        members=tuple(members),
        province=province,
        county=place.get("county", ""),
        address=place.get("address", ""),
        postal_code=place.get("postal_code", ""),
        is_protected=bool(place.get("is_protected")),
        facts=facts,
        money_unit=MoneyUnit.TOMAN,
    )


def _person(kept: Mapping[str, Any]) -> PersonDeclaration:
    return PersonDeclaration(
        given_name=kept.get("given_name", ""),
        family_name=kept.get("family_name", ""),
        father_name=kept.get("father_name", ""),
        national_id=kept.get("national_id", ""),
        birth_date=kept.get("birth_date", ""),
        gender=kept.get("gender", ""),
        relation=kept.get("relation", ""),
        mobile=kept.get("mobile", ""),
    )
