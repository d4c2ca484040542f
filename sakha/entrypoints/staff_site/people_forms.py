"""Forms of appeals and confirmers: the shape of an entry only; what is right is decided below."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, JalaliField, ParsedField, SelectInput
from sakha.scoring.rules.appeals import KIND_WORDS as APPEAL_WORDS
from sakha.scoring.rules.appeals import AppealKind, Override
from sakha.scoring.rules.confirming import KIND_WORDS, ConfirmerKind
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.fact_values import parse_fact
from sakha.vocabulary.identifiers import parse_mobile, parse_person_identifier
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.places import COUNTIES
from sakha.vocabulary.refusal import Refusal

_WORDS_MAX = 1000


def _text(label: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=_WORDS_MAX,
        error_messages={"required": REQUIRED},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AppealForm(forms.Form):
    """What the household objects to."""

    kind = forms.ChoiceField(
        label="خواستهٔ خانوار",
        choices=[(kind.value, words) for kind, words in APPEAL_WORDS.items()],
        widget=SelectInput(),
    )
    fact = forms.ChoiceField(
        label="کدام داده؟",
        help_text="تنها اگر داده‌ای نادرست است.",
        required=False,
        choices=[("", "—"), *((name.value, meaning.label) for name, meaning in FACTS.items())],
        widget=SelectInput(),
    )
    told_value = forms.CharField(
        label="درست آن چیست؟",
        help_text="همان‌گونه که در فرم ثبت می‌نویسید؛ مبلغ‌ها به تومان.",
        required=False,
        max_length=40,
        widget=DigitsInput({"dir": "auto", "inputmode": "text"}),
    )
    statement = _text("سخن خانوار", "به زبان خودشان؛ تنها رسیدگی‌کنندگان می‌خوانند.")

    def clean(self) -> dict[str, Any]:
        """Read the told value as the fact's own."""
        given: dict[str, Any] = super().clean() or {}
        given["told"] = None
        if given.get("kind") != AppealKind.DATUM.value:
            return {**given, "fact": ""}
        if not given.get("fact") or not given.get("told_value"):
            self.add_error("fact", "بگویید کدام داده نادرست است و درست آن چیست.")
            return given
        try:
            given["told"] = parse_fact(FactName(given["fact"]), given["told_value"], unit=MoneyUnit.TOMAN)
        except Refusal as refusal:
            self.add_error("told_value", refusal.message)
        return given


class DecisionForm(forms.Form):
    """An office's decision; decile and end where a committee moves the place."""

    reason = _text("دلیل تصمیم", "خانوار همین جمله‌ها را می‌خواند.")
    decile = forms.TypedChoiceField(
        label="دهک به تصمیم کمیته",
        help_text="دست بالا دو دهک از برآورد؛ امتیاز دست نمی‌خورد.",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *((str(decile), persian_digits(decile)) for decile in range(1, 11))],
        widget=SelectInput(),
    )
    until = JalaliField(label="تا چه روزی؟", help_text="دست بالا یک سال", required=False)

    def override(self, today: date) -> Override | None:
        """The committee's decision, from today on."""
        decile, until = self.cleaned_data.get("decile"), self.cleaned_data.get("until")
        if decile is None or until is None:
            return None
        return Override(decile=decile, from_on=today, until_on=until.on)


class ConfirmerForm(forms.Form):
    """Somebody whom the office wants to be able to ask."""

    kind = forms.ChoiceField(
        label="از کجا می‌شناسد؟",
        choices=[(kind.value, words) for kind, words in KIND_WORDS.items()],
        widget=SelectInput(),
    )
    name = forms.CharField(label="نام", max_length=80, error_messages={"required": REQUIRED})
    mobile = ParsedField(label="موبایل", parse=parse_mobile)
    national_id = ParsedField(
        label="کد ملی",
        help_text="اگر بدانید، خویشاوندی از دفتر پیدا می‌شود.",
        required=False,
        parse=lambda text: parse_person_identifier(text)[1],
    )
    county = forms.ChoiceField(label="شهرستان", widget=SelectInput())

    def __init__(self, *arguments: Any, province: str, county: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["county"]
        if not isinstance(field, forms.ChoiceField):
            raise ValidationError("county")
        field.choices = [
            (one.code, one.name)
            for one in COUNTIES.values()
            if one.code == county or (not county and (not province or one.province_code == province))
        ]

    def confirmer_kind(self) -> ConfirmerKind:
        """The chosen kind."""
        return ConfirmerKind(self.cleaned_data["kind"])
