"""What an organisation writes of goods or hours that it offers. Decides the shape of an entry only."""

from __future__ import annotations

from functools import partial
from typing import Final

from django import forms

from sakha.entrypoints.donor_site.forms import COUNTIES_BY_PROVINCE
from sakha.entrypoints.kashi.fields import REQUIRED, DayField, DigitsInput, ParsedField, SelectInput
from sakha.giving.rules.goods import CONTACT_MOST, GOODS, QUANTITY_MOST
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.places import PROVINCES

_ITEMS: Final = (
    ("کالا", [(code, f"{one.name} ({one.unit})") for code, one in GOODS.items() if not one.is_service]),
    ("خدمت", [(code, f"{one.name} ({one.unit})") for code, one in GOODS.items() if one.is_service]),
)
_PROVINCES: Final = tuple((code, province.name) for code, province in PROVINCES.items())
_COUNTIES: Final = (("", "همهٔ استان"), *COUNTIES_BY_PROVINCE)


class GoodsForm(forms.Form):
    """What, how many, worth how much each, where, until when, whom to ask."""

    request = forms.UUIDField(widget=forms.HiddenInput())
    item = forms.ChoiceField(label="چه", choices=_ITEMS, widget=SelectInput())
    quantity = forms.CharField(
        label="چند تا", max_length=9, widget=DigitsInput(), error_messages={"required": REQUIRED}
    )
    worth = ParsedField(
        label="ارزش هر یک به تومان",
        parse=partial(parse_rial, unit=MoneyUnit.TOMAN),
        help_text="اگر قیمت مصوبی برای آن باشد، همان شمرده می‌شود.",
    )
    province = forms.ChoiceField(label="کدام استان", choices=_PROVINCES, widget=SelectInput())
    county = forms.ChoiceField(label="کدام شهرستان", choices=_COUNTIES, required=False, widget=SelectInput())
    contact = forms.CharField(
        label="از چه کسی بپرسند",
        max_length=CONTACT_MOST,
        help_text="نام و تلفن انبار یا دفتر؛ خیریه‌ها آن را می‌بینند.",
        error_messages={"required": REQUIRED},
    )
    expires_on = DayField(label="تا چه روزی", required=False, help_text="پس از آن روز به کسی داده نمی‌شود.")

    def clean_quantity(self) -> int:
        """Read the number in any of the three digit sets."""
        text = fold_digits(self.cleaned_data["quantity"].strip())
        if not (text.isascii() and text.isdecimal() and 0 < int(text) <= QUANTITY_MOST):
            raise forms.ValidationError("شمار را درست بنویسید.")
        return int(text)
