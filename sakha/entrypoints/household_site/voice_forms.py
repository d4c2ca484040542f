"""What somebody writes to the offices: a complaint, a suggestion, a report of misuse. Decides the shape only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from sakha.coordination.rules.grievances import ABOUT_WORDS, KIND_WORDS, TEXT_LENGTH_MAX, About, GrievanceKind
from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, ParsedField, SelectInput
from sakha.vocabulary.identifiers import parse_mobile
from sakha.vocabulary.places import COUNTIES, PROVINCES

_OFFICES: Final = [(about.value, ABOUT_WORDS[about]) for about in (About.COUNTY_OFFICE, About.PROVINCE_OFFICE)]
_NOBODY: Final = (About.OTHER.value, ABOUT_WORDS[About.OTHER])
_CONFIDENTIAL_HELP: Final = "نهاد یا کسی که درباره‌اش می‌گویید و همکاران او در شهرستان آن را نمی‌بینند."


def _kinds() -> forms.ChoiceField:
    chosen = [(kind.value, words) for kind, words in KIND_WORDS.items() if kind is not GrievanceKind.NOT_RECEIVED]
    return forms.ChoiceField(label="چه می‌خواهید بگویید؟", choices=chosen, widget=SelectInput())


def _text() -> forms.CharField:
    return forms.CharField(
        label="بنویسید",
        help_text="چه شد، کجا، کی؟ رمزشده می‌ماند.",
        max_length=TEXT_LENGTH_MAX,
        error_messages={"required": REQUIRED},
        widget=forms.Textarea({"rows": 5}),
    )


def _confidential() -> forms.BooleanField:
    return forms.BooleanField(label="محرمانه بماند", required=False, help_text=_CONFIDENTIAL_HELP)


class VoiceForm(forms.Form):
    """What a household of the register says, about a body it knows or an office."""

    kind = _kinds()
    about = forms.ChoiceField(label="دربارهٔ کیست؟", widget=SelectInput())
    text = _text()
    is_confidential = _confidential()

    def __init__(self, *given: Any, bodies: Sequence[tuple[int, str]] = (), **more: Any) -> None:
        super().__init__(*given, **more)
        named = [(str(number), name) for number, name in bodies]
        self.fields["about"].choices = [_NOBODY, *named, *_OFFICES]  # type: ignore[attr-defined]  # a ChoiceField

    def about_whom(self) -> tuple[About, int | None]:
        """Whom it is about, and which body."""
        chosen = str(self.cleaned_data["about"])
        return (About.ORGANISATION, int(chosen)) if chosen.isdecimal() else (About(chosen), None)


class PublicVoiceForm(forms.Form):
    """What anybody says at the public door."""

    kind = _kinds()
    province = forms.ChoiceField(label="استان", widget=SelectInput())
    county = forms.CharField(label="شهرستان", max_length=40, required=False, help_text="اگر می‌دانید.")
    about = forms.ChoiceField(label="دربارهٔ کیست؟", choices=[_NOBODY, *_OFFICES], widget=SelectInput())
    text = _text()
    mobile = ParsedField(
        label="شمارهٔ گوشی",
        parse=parse_mobile,
        required=False,
        help_text="پاسخ با پیامک خبر داده می‌شود. برای گزارش سوءاستفاده می‌تواند خالی بماند.",
        widget=DigitsInput({"autocomplete": "tel-national", "inputmode": "tel"}),
    )
    is_confidential = _confidential()

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        provinces = [(one.code, one.name) for one in PROVINCES.values()]
        self.fields["province"].choices = [("", "—"), *provinces]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["province"].error_messages["required"] = REQUIRED

    def clean(self) -> dict[str, Any]:
        """Read the county's name within its province; a phone is wanted unless misuse is reported."""
        given: dict[str, Any] = super().clean() or {}
        name, province = str(given.get("county", "")).strip(), given.get("province")
        given["county"] = ""
        if name and province:
            found = [one.code for one in COUNTIES.values() if one.province_code == province and one.name == name]
            if not found:
                self.add_error("county", "این شهرستان را در این استان نیافتیم؛ خالی هم می‌تواند بماند.")
            given["county"] = found[0] if found else ""
        if not given.get("mobile") and given.get("kind") != GrievanceKind.MISUSE.value and "mobile" not in self.errors:
            self.add_error("mobile", "شمارهٔ گوشی را بنویسید تا پاسخ به شما برسد.")
        return given


class TrackingForm(forms.Form):
    """The tracking code."""

    code = forms.CharField(
        label="کد پیگیری دوازده‌رقمی",
        max_length=30,
        error_messages={"required": REQUIRED},
        widget=DigitsInput(),
    )
