"""What a giver writes: how much, and for the pool what for. Decides the shape of an entry only."""

from __future__ import annotations

from functools import partial
from typing import Final

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, ParsedField, SelectInput
from sakha.giving.rules.terms import GIVEN_KINDS
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import PROVINCES

_KINDS: Final = (("", "هر نیازی که ضروری‌تر است"), *((kind.value, NEED_KINDS[kind].name) for kind in GIVEN_KINDS))
_PLACES: Final = (("", "هر جای ایران"), *((code, province.name) for code, province in PROVINCES.items()))


class GiftForm(forms.Form):
    """How much. The request is the page's own: sent twice, it is one gift."""

    request = forms.UUIDField(widget=forms.HiddenInput())
    amount = ParsedField(
        label="مبلغ به تومان",
        parse=partial(parse_rial, unit=MoneyUnit.TOMAN),
        error_messages={"required": REQUIRED},
        help_text="مانند ۲۰۰ هزار",
        widget=DigitsInput({"autocomplete": "off"}),
    )


class PoolForm(GiftForm):
    """And what for: kept with the money for ever."""

    kind = forms.ChoiceField(label="برای چه", choices=_KINDS, required=False, widget=SelectInput())
    province = forms.ChoiceField(label="برای کجا", choices=_PLACES, required=False, widget=SelectInput())
