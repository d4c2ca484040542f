"""What staff fill in, made of kashi's fields. Decides the shape of an entry only."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sakha.entrypoints.kashi.fields import (
    REQUIRED,
    DigitsInput,
    IdentifierField,
    SelectInput,
)
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from sakha.vocabulary.refusal import Refusal


class SignInForm(forms.Form):
    """Who signs in."""

    username = forms.CharField(
        label="نام کاربری",
        max_length=60,
        error_messages={"required": REQUIRED},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="گذرواژه",
        max_length=200,
        strip=False,
        error_messages={"required": REQUIRED},
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "current-password"}),
    )


class FindForm(forms.Form):
    """Whom one looks for, in one line."""

    text = forms.CharField(
        label="که را می‌جویید؟",
        help_text="مانند «زهرا محمدی ۱۳۶۵» یا «۱۲۳۴۵۶۷»",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "enterkeyhint": "search"}),
    )

    def __init__(self, *values: Any, **options: Any) -> None:
        super().__init__(*values, **options)
        self.fields["text"].error_messages["required"] = REQUIRED


class CheckForm(forms.Form):
    """Whom one wants to help, and with what."""

    identifier = IdentifierField(label="کد ملی یکی از اعضای خانوار")
    kind = forms.TypedChoiceField(
        label="چه کمکی می‌خواهید بدهید؟",
        choices=[(int(kind), facts.name) for kind, facts in NEED_KINDS.items()],
        coerce=int,
        widget=SelectInput(),
    )


class HoldForm(forms.Form):
    """What is taken on, from an answer or a file; `amount` is what somebody typed instead of the offered quantity."""

    household_id = forms.IntegerField(min_value=1)
    kind = forms.TypedChoiceField(choices=[(int(kind), facts.name) for kind, facts in NEED_KINDS.items()], coerce=int)
    quantity = forms.IntegerField(min_value=1)
    amount = forms.CharField(required=False, max_length=40)
    request_id = forms.UUIDField()
    reason = forms.CharField(required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """Read the typed amount in the unit of its kind."""
        wanted: dict[str, Any] = super().clean() or {}
        text = wanted.get("amount", "")
        if text and "kind" in wanted:
            is_money = NEED_KINDS[NeedKind(wanted["kind"])].unit is NeedUnit.RIAL
            try:
                wanted["quantity"] = parse_rial(text, unit=MoneyUnit.TOMAN) if is_money else int(fold_digits(text))
            except Refusal as refusal:
                raise ValidationError(refusal.message, code=refusal.code) from None
            except ValueError:
                raise ValidationError("تعداد را با رقم بنویسید.") from None
        return wanted


class FileForm(forms.Form):
    """A charity's own file."""

    file = forms.FileField(
        label="فایل اکسل یا CSV",
        error_messages={"required": "فایلی برگزیده نشده است.", "empty": "این فایل خالی است."},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.txt", "aria-describedby": "id_file_help"}),
    )


class LoadForm(forms.Form):
    """Which of the good rows are loaded: all, or those with these numbers."""

    which = forms.ChoiceField(choices=[("all", ""), ("some", "")], required=False)
    numbers = forms.CharField(
        label="شمارهٔ سطرها",
        help_text="مانند ۲ تا ۵۰، ۶۳",
        required=False,
        max_length=2000,
        widget=DigitsInput({"dir": "auto", "inputmode": "text"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the row numbers; None stands for all."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("which") != "some":
            return {**given, "rows": None}
        rows = read_row_numbers(given.get("numbers", ""))
        if not rows:
            self.add_error("numbers", "شمارهٔ سطرها را بنویسید؛ مانند ۲ تا ۵۰، ۶۳.")
        return {**given, "rows": rows}


_RANGE = re.compile(r"(\d+)(?:\s*(?:-|–|تا)\s*(\d+))?")
_ROW_COUNT_MAX = 200_000


def read_row_numbers(text: str) -> list[int]:
    """Read «۲ تا ۵۰، ۶۳» as row numbers; empty where nothing of it makes sense."""
    numbers: set[int] = set()
    for part in re.split(r"[،,;\n]+", fold_digits(text)):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            if part.strip():
                return []
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        if last > _ROW_COUNT_MAX or last < first:
            return []
        numbers.update(range(first, last + 1))
    return sorted(numbers)
