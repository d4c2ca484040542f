"""Fields that any site may wear: read with any of the three digit sets, answered in Persian.

Decides the shape of an entry only; whether an identifier is right is decided by the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sakha.vocabulary.digits import fold_digits, persian_digits
from sakha.vocabulary.identifiers import parse_person_identifier
from sakha.vocabulary.jalali import MONTH_NAMES, DatePrecision, ParsedDate, from_jalali, parse_date, to_jalali
from sakha.vocabulary.refusal import Refusal

REQUIRED = "این را خالی نگذارید."


class SelectInput(forms.Select):
    """A list to choose from, with an arrow of our own."""

    template_name = "kashi/select.html"


class DigitsInput(forms.TextInput):
    """A number or a code: typed left to right, with a keyboard of digits on phones, never remembered by the browser."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off", **(attrs or {})})


class IdentifierField(forms.CharField):
    """A national ID or a foreigner's code."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", DigitsInput())
        super().__init__(max_length=40, **options)
        self.error_messages["required"] = REQUIRED

    def clean(self, value: Any) -> str:
        """Return the ASCII digits, or say what is wrong with them."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_person_identifier(text)[1]
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None


class ParsedField(forms.CharField):
    """A text that a parser of the vocabulary reads."""

    def __init__(self, *, parse: Any, **options: Any) -> None:
        self.parse = parse
        options.setdefault("widget", DigitsInput())
        super().__init__(max_length=60, **options)
        self.error_messages["required"] = REQUIRED

    def clean(self, value: Any) -> str:
        """Return the parsed text, or say what is wrong with it."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return str(self.parse(text))
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None


class JalaliInput(forms.MultiWidget):
    """Day, month and year in their own fields: no calendar to find one's birth year in."""

    template_name = "kashi/date_parts.html"
    is_group = True

    def __init__(self) -> None:
        months = [("", "ماه")] + [(str(number), name) for number, name in enumerate(MONTH_NAMES, start=1)]
        super().__init__(
            {
                "day": DigitsInput({"maxlength": "2"}),
                "month": SelectInput(choices=months),
                "year": DigitsInput({"maxlength": "4"}),
            }
        )

    def decompress(self, value: Any) -> list[str]:
        """Split a date into its fields."""
        if not isinstance(value, ParsedDate):
            return ["", "", ""]
        year, month, day = to_jalali(value.on)
        if value.precision is DatePrecision.YEAR:
            return ["", "", persian_digits(year)]
        return [persian_digits(day), str(month), persian_digits(year)]


class JalaliField(forms.MultiValueField):
    """A Jalali date; the year alone is enough where the day is not known."""

    def __init__(self, **options: Any) -> None:
        parts = (forms.CharField(required=False), forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(parts, widget=JalaliInput(), require_all_fields=False, **options)
        self.error_messages["required"] = REQUIRED

    def compress(self, data_list: list[str]) -> ParsedDate | None:
        """Read the three fields as one date."""
        day, month, year = (fold_digits(part.strip()) for part in (data_list or ["", "", ""]))
        if not (day or month or year):
            return None
        try:
            if day and month and year:
                return ParsedDate(on=from_jalali(int(year), int(month), int(day)), precision=DatePrecision.DAY)
            if year and not (day or month):
                return parse_date(year)
        except (Refusal, ValueError):
            raise ValidationError("این تاریخ در تقویم نیست.") from None
        raise ValidationError("روز، ماه و سال را کامل بنویسید، یا فقط سال را.")


class DayField(JalaliField):
    """A whole day: a year alone would be read as its first."""

    def compress(self, data_list: list[str]) -> ParsedDate | None:
        """Read the three fields, all or none of them written."""
        if len({bool(part.strip()) for part in data_list}) > 1:
            raise ValidationError("روز، ماه و سال را کامل بنویسید.")
        return super().compress(data_list)
