"""The form of a new price: which row, for which place, how much, from when, from where it is known."""

from __future__ import annotations

from typing import Any

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, JalaliField, SelectInput
from sakha.scoring.rules.needs_prices import LEVEL, NATION
from sakha.scoring.rules.policy_prices import SOURCE_MAX
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.jalali import ParsedDate
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

_PER_MILLE = 10  # a level is written in hundredths of the nation's prices and kept in thousandths


class PriceForm(forms.Form):
    """`names` are the rows that stand; a province's officer writes of the own province alone."""

    name = forms.ChoiceField(label="کدام ردیف؟", widget=SelectInput())
    province = forms.ChoiceField(label="برای کجا؟", widget=SelectInput(), required=False)
    amount = forms.CharField(
        label="اندازه (تومان)",
        max_length=30,
        widget=DigitsInput(),
        help_text="سطح قیمت استان را به درصد قیمت‌های کشور بنویسید.",
        error_messages={"required": REQUIRED},
    )
    valid_from = JalaliField(label="از چه روزی؟", help_text="امروز یا پس از آن.")
    valid_to = JalaliField(
        label="تا چه روزی؟", required=False, help_text="خالی: تا ردیف بعدی. پس از آن با تورم برده می‌شود."
    )
    source = forms.CharField(
        label="منبع",
        max_length=SOURCE_MAX,
        widget=forms.Textarea({"rows": 2}),
        help_text="کدام مصوبه، آمار یا استعلام، و از چه تاریخی.",
        error_messages={"required": REQUIRED},
    )

    def __init__(self, *args: Any, names: dict[str, str], province: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"] = forms.ChoiceField(
            label="کدام ردیف؟", choices=[*names.items(), (LEVEL, "سطح قیمت استان")], widget=SelectInput()
        )
        places = [(province, PROVINCES[province].name)] if province else [(NATION, "همهٔ کشور")]
        if not province:
            places += [(one.code, one.name) for one in PROVINCES.values()]
        self.fields["province"] = forms.ChoiceField(
            label="برای کجا؟", choices=places, widget=SelectInput(), required=False
        )

    def clean_amount(self) -> int:
        """Rial from toman, or thousandths from hundredths."""
        text = self.cleaned_data["amount"]
        if self.cleaned_data.get("name") == LEVEL:
            digits = fold_digits(text).strip().rstrip("%٪ ")
            if not digits.isdecimal():
                raise forms.ValidationError("یک عدد بنویسید، مانند ۱۲۵.")
            return int(digits[:6]) * _PER_MILLE
        try:
            return parse_rial(text, unit=MoneyUnit.TOMAN)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean_valid_from(self) -> ParsedDate:
        """A day, not a year alone."""
        chosen: ParsedDate | None = self.cleaned_data["valid_from"]
        if chosen is None:
            raise forms.ValidationError(REQUIRED)
        return chosen
