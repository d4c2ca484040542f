"""How answers of a sheet are kept as typed, shown again, and asked for, fact by fact; for sites that register people.

Whether a sheet is right as a whole is decided by the register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from sakha.entrypoints.kashi.fields import DigitsInput, ParsedField, SelectInput
from sakha.vocabulary.digits import fold_digits, persian_digits
from sakha.vocabulary.fact_names import FactMeaning, FactName, FactUnit
from sakha.vocabulary.fact_values import parse_fact
from sakha.vocabulary.jalali import DatePrecision, ParsedDate, parse_date, to_jalali
from sakha.vocabulary.money import MoneyUnit

_MONEY: Final = frozenset({FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY})


def fact_field(meaning: FactMeaning, *, tenures: Sequence[tuple[str, str]]) -> forms.Field:
    """Make the field that asks for a fact; unknown is an answer to each."""
    if meaning.name is FactName.TENURE:
        return forms.ChoiceField(label=meaning.label, choices=tenures, required=False, widget=SelectInput())
    if meaning.unit is FactUnit.YES_NO:
        choices = (("", "نمی‌دانم"), ("دارد", "دارد"), ("ندارد", "ندارد"))
        return forms.ChoiceField(label=meaning.label, choices=choices, required=False, widget=SelectInput())

    def parse(text: str) -> str:
        # asked now so that the answer is corrected where it is typed; what is kept stays as typed
        parse_fact(meaning.name, text, unit=MoneyUnit.TOMAN)
        return fold_digits(text)

    label = f"{meaning.label} (تومان)" if meaning.unit in _MONEY else meaning.label
    return ParsedField(label=label, parse=parse, required=False, widget=DigitsInput())


def keep_answers(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Turn cleaned answers into what a draft keeps."""
    kept: dict[str, Any] = {}
    for name, value in cleaned.items():
        kept[name] = _date_text(value) if isinstance(value, ParsedDate) else ("" if value is None else value)
    return kept


def show_kept(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a draft's answers into what a form begins with."""
    initial = dict(kept)
    if initial.get("birth_date"):
        initial["birth_date"] = parse_date(str(initial["birth_date"]))
    return initial


def _date_text(value: ParsedDate) -> str:
    year, month, day = to_jalali(value.on)
    return str(year) if value.precision is DatePrecision.YEAR else f"{year}/{month:02}/{day:02}"


def show_answer(form: forms.Form, name: str, value: Any) -> str:
    """Show an answer as it was chosen or typed."""
    field = form.fields[name]
    if isinstance(field, forms.BooleanField):
        return "بله" if value else "خیر"
    if isinstance(field, forms.ChoiceField) and isinstance(field.choices, list | tuple):
        value = dict(field.choices).get(value, value)
    return persian_digits(str(value)) if value not in ("", None) else "—"
