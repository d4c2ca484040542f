"""Forms of grievances at a desk and of rounds of calls: the shape of an entry only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from sakha.coordination.rules.grievances import ABOUT_WORDS, KIND_WORDS, TEXT_LENGTH_MAX, About, GrievanceKind
from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, ParsedField, SelectInput
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.identifiers import parse_mobile

_SIZES: Final = (("100", "۱۰۰ تماس"), ("300", "۳۰۰ تماس"), ("1000", "۱۰۰۰ تماس"))
_SPANS: Final = (("7", "یک هفتهٔ گذشته"), ("30", "یک ماه گذشته"), ("90", "سه ماه گذشته"))
_SEED_MAX: Final = 999_999


class DeskGrievanceForm(forms.Form):
    """What somebody says at a desk."""

    kind = forms.ChoiceField(
        label="چیست؟",
        choices=[(kind.value, words) for kind, words in KIND_WORDS.items() if kind is not GrievanceKind.NOT_RECEIVED],
        widget=SelectInput(),
    )
    about = forms.ChoiceField(label="دربارهٔ کیست؟", widget=SelectInput())
    text = forms.CharField(
        label="سخن او",
        help_text="به زبان خودش؛ تنها رسیدگی‌کنندگان می‌خوانند.",
        max_length=TEXT_LENGTH_MAX,
        error_messages={"required": REQUIRED},
        widget=forms.Textarea({"rows": 5}),
    )
    mobile = ParsedField(
        label="شمارهٔ گوشی",
        parse=parse_mobile,
        required=False,
        help_text="تا با پیامک باخبر شود که پاسخ آماده است.",
        widget=DigitsInput({"inputmode": "tel"}),
    )
    is_confidential = forms.BooleanField(
        label="محرمانه",
        required=False,
        help_text="پس از ثبت، نهاد شما هم آن را نمی‌بیند؛ تنها استانداری و دفتر کشوری می‌خوانند.",
    )

    def __init__(self, *given: Any, bodies: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        plain = [(one.value, ABOUT_WORDS[one]) for one in (About.OTHER, About.COUNTY_OFFICE, About.PROVINCE_OFFICE)]
        named = [(str(number), name) for number, name in bodies]
        self.fields["about"].choices = [*plain, *named]  # type: ignore[attr-defined]  # a ChoiceField

    def about_whom(self) -> tuple[About, int | None]:
        """Whom it is about, and which body."""
        chosen = str(self.cleaned_data["about"])
        return (About.ORGANISATION, int(chosen)) if chosen.isdecimal() else (About(chosen), None)


class DrawForm(forms.Form):
    """Which deliveries to call about. The seed is told, so that anybody can draw the same again."""

    days = forms.ChoiceField(label="تحویل‌های", choices=_SPANS, initial="30", widget=SelectInput())
    size = forms.ChoiceField(label="دست‌کم چند تماس؟", choices=_SIZES, widget=SelectInput())
    seed = forms.CharField(
        label="شمارهٔ قرعه",
        max_length=6,
        help_text="هر عددی؛ با همان عدد، همان نمونه درمی‌آید.",
        error_messages={"required": REQUIRED},
        widget=DigitsInput(),
    )

    def clean_seed(self) -> int:
        """Read the number in any of the three digit sets."""
        typed = fold_digits(str(self.cleaned_data["seed"])).strip()
        if not typed.isdecimal() or int(typed) > _SEED_MAX:
            raise forms.ValidationError("عددی تا شش رقم بنویسید.")
        return int(typed)
