"""Forms that more than one door shows: a one-time code, and of a sheet a person, where the household lives, some facts.

What a door asks besides, and in which words, is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from sakha.entrypoints.kashi.answers import fact_field
from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, JalaliField, ParsedField, SelectInput
from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.identifiers import parse_postal_code
from sakha.vocabulary.places import counties_of

MEMBER_COUNT_MAX: Final = 15
GENDERS: Final = (("", "—"), ("زن", "زن"), ("مرد", "مرد"))
RELATIONS: Final = (("همسر", "همسر"), ("فرزند", "فرزند"), ("پدر", "پدر یا مادر"), ("سایر", "از بستگان"))


class CodeForm(forms.Form):
    """The one-time code that came by SMS."""

    code = forms.CharField(
        label="رمز شش‌رقمی",
        max_length=12,
        error_messages={"required": REQUIRED},
        widget=DigitsInput({"autocomplete": "one-time-code"}),
    )


class PersonForm(forms.Form):
    """A person of the household, without any number."""

    given_name = forms.CharField(label="نام", max_length=80, error_messages={"required": REQUIRED})
    family_name = forms.CharField(label="نام خانوادگی", max_length=80, error_messages={"required": REQUIRED})
    father_name = forms.CharField(label="نام پدر", max_length=80, required=False)
    birth_date = JalaliField(label="تاریخ تولد", required=False, help_text="اگر روزش را نمی‌دانید، فقط سال.")
    gender = forms.ChoiceField(label="جنسیت", choices=GENDERS, required=False, widget=SelectInput())


class PlaceForm(forms.Form):
    """Where the household lives; of a province's counties."""

    county = forms.ChoiceField(label="شهرستان", error_messages={"required": REQUIRED}, widget=SelectInput())
    urban = forms.ChoiceField(
        label="شهر یا روستا",
        choices=(("", "نمی‌دانم"), ("شهر", "شهر"), ("روستا", "روستا")),
        required=False,
        widget=SelectInput(),
    )
    address = forms.CharField(label="نشانی", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))
    postal_code = ParsedField(label="کد پستی", parse=parse_postal_code, required=False, help_text="اگر می‌دانید.")

    def __init__(self, *args: Any, province: str, **options: Any) -> None:
        super().__init__(*args, **options)
        county = self.fields["county"]
        if isinstance(county, forms.ChoiceField):
            county.choices = [("", "انتخاب کنید"), *((one.name, one.name) for one in counties_of(province))]


class FactsForm(forms.Form):
    """Some facts of the household; each may stay empty. `own_home` is how the door speaks of an owned house."""

    def __init__(self, *args: Any, names: Sequence[FactName], own_home: str, **options: Any) -> None:
        super().__init__(*args, **options)
        tenures = (
            ("", "نمی‌دانم"),
            ("ملکی", own_home),
            ("اجاره‌ای", "اجاره"),
            ("رهن کامل", "رهن کامل"),
            ("سازمانی", "سازمانی یا سرایداری"),
            ("رایگان", "رایگان، نزد بستگان"),
            ("سایر", "جایی دیگر"),
        )
        for name in names:
            self.fields[name.value] = fact_field(FACTS[name], tenures=tenures)
