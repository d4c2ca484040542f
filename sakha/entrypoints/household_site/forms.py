"""What a household fills in, one form a page, in its own words. Decides the shape of an entry only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from sakha.entrypoints.kashi.fields import (
    REQUIRED,
    DigitsInput,
    IdentifierField,
    ParsedField,
    SelectInput,
)
from sakha.entrypoints.kashi.sheet_forms import RELATIONS, PersonForm
from sakha.scoring.rules.appeals import KIND_WORDS, AppealKind
from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.fact_values import parse_fact
from sakha.vocabulary.identifiers import parse_mobile
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.refusal import Refusal

OWN, HELPED = "own", "helped"
_HELPERS: Final = (
    ("", "—"),
    ("بستگان", "از بستگان"),
    ("همسایه", "همسایه یا آشنا"),
    ("خیریه", "از یک خیریه"),
    ("دفتر", "دفتر فرمانداری یا دهیاری"),
)
OWN_HOME: Final = "خانهٔ خودمان"
HOME_FACTS: Final = (
    FactName.TENURE,
    FactName.RENT_PAID,
    FactName.ROOMS,
    FactName.AREA_M2,
    FactName.HAS_PIPED_GAS,
    FactName.HAS_CAR,
    FactName.HAS_WASHING_MACHINE,
    FactName.HAS_COMPUTER,
)
LIFE_FACTS: Final = (
    FactName.N_EMPLOYED,
    FactName.N_HEALTH_INSURED,
    FactName.DISABLED_COUNT,
    FactName.CHRONIC_ILLNESS_COUNT,
)


class DoorForm(forms.Form):
    """The number, and the invitation's code where one comes for the first time without the link."""

    mobile = ParsedField(
        label="شمارهٔ گوشی",
        parse=parse_mobile,
        help_text="همان شماره‌ای که پیامک سخا به آن آمد.",
        widget=DigitsInput({"autocomplete": "tel-national", "inputmode": "tel"}),
    )
    code = forms.CharField(
        label="رمز هشت‌رقمی دعوت",
        help_text="در پیامک دعوت است. اگر پیش‌تر آمده‌اید، خالی بگذارید.",
        max_length=20,
        required=False,
        widget=DigitsInput(),
    )


class WhoForm(forms.Form):
    """Who fills in, and of whom."""

    who = forms.ChoiceField(
        label="چه کسی این برگه را پر می‌کند؟",
        choices=((OWN, "خود خانوار"), (HELPED, "کس دیگری، به خواست خانوار")),
        widget=SelectInput(),
    )
    national_id = IdentifierField(
        label="کد ملی یا کد اتباع سرپرست خانوار", required=False, help_text="اگر ندارد یا نمی‌دانید، خالی بگذارید."
    )
    helper_name = forms.CharField(
        label="نام کسی که یاری می‌کند", max_length=80, required=False, help_text="اگر خودتان پر می‌کنید، خالی بگذارید."
    )
    helper_relation = forms.ChoiceField(
        label="نسبت او با خانوار", choices=_HELPERS, required=False, widget=SelectInput()
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the helper's name where one helps."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("who") == HELPED and not given.get("helper_name"):
            self.add_error("helper_name", "نام خودتان را بنویسید تا خانوار بداند چه کسی یاری کرده است.")
        return given


class MemberForm(PersonForm):
    """Another member."""

    relation = forms.ChoiceField(label="نسبت با سرپرست", choices=RELATIONS, widget=SelectInput())
    national_id = IdentifierField(label="کد ملی یا کد اتباع", required=False, help_text="اگر ندارد، خالی بگذارید.")
    field_order = ("relation", "given_name", "family_name", "father_name", "national_id")


class ObjectionForm(forms.Form):
    """What is wrong in the file, in the household's own words."""

    kind = forms.ChoiceField(
        label="چه می‌خواهید؟",
        choices=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        widget=SelectInput(),
    )
    fact = forms.ChoiceField(
        label="کدام داده نادرست است؟",
        help_text="تنها اگر داده‌ای نادرست است.",
        required=False,
        choices=[("", "—"), *((name.value, FACTS[name].label) for name in HOME_FACTS + LIFE_FACTS)],
        widget=SelectInput(),
    )
    told_value = forms.CharField(
        label="درست آن چیست؟",
        help_text="برای دارایی‌ها: دارد یا ندارد. مبلغ‌ها به تومان.",
        required=False,
        max_length=40,
    )
    statement = forms.CharField(
        label="چرا؟",
        max_length=1000,
        error_messages={"required": REQUIRED},
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the told value as the fact's own."""
        given: dict[str, Any] = super().clean() or {}
        given["told"] = None
        if given.get("kind") != AppealKind.DATUM.value:
            return {**given, "fact": ""}
        if not given.get("fact"):
            self.add_error("fact", REQUIRED)
            return given
        try:
            given["told"] = parse_fact(FactName(given["fact"]), given.get("told_value", ""), unit=MoneyUnit.TOMAN)
        except Refusal as refusal:
            self.add_error("told_value", refusal.message)
            return given
        if given["told"] is None:
            self.add_error("told_value", REQUIRED)
        return given


def show_known(facts: Mapping[FactName, int]) -> dict[str, str]:
    """What the data banks know, as the form would have it typed: only of belongings, which are had or not."""
    return {name.value: "دارد" for name, value in facts.items() if name.startswith("has_") and value}
