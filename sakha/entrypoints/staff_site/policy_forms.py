"""Forms of the policy: a new version of each document, how to simulate it, from when it is used."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, JalaliField, SelectInput
from sakha.scoring.rules.modelling import write_toml
from sakha.scoring.rules.policy import SHIFT_MAX, PolicySubject
from sakha.scoring.rules.priority import POSITIVE, VULNERABILITIES, WEIGHT_MAX, WEIGHT_WORDS
from sakha.vocabulary.digits import fold_digits, persian_digits
from sakha.vocabulary.jalali import month_name
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

_SHIFTS = {"urban_shift": "جابه‌جایی برش در شهر (امتیاز)", "rural_shift": "جابه‌جایی برش در روستا (امتیاز)"}
_TITLE_MAX, _REASON_MAX = 120, 300


class WholeField(forms.IntegerField):
    """A whole number in any of the three digit sets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DigitsInput({"inputmode": "text"}), **options)
        self.error_messages["required"] = REQUIRED

    def to_python(self, value: Any) -> int | None:
        """Fold the digits first."""
        return super().to_python(fold_digits(str(value)).strip() if value is not None else value)


class PolicyForm(forms.Form):
    """What every version says: a title, why, and the subject's own numbers or text."""

    title = forms.CharField(label="نام این نسخه", max_length=_TITLE_MAX, error_messages={"required": REQUIRED})
    reason = forms.CharField(
        label="چرا این تغییر؟",
        max_length=_REASON_MAX,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": REQUIRED},
    )

    def __init__(self, *args: Any, subject: PolicySubject, document: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.subject, self.content = subject, tomllib.loads(document)
        self.initial.setdefault("title", "")
        if subject is PolicySubject.NEEDS:
            self.fields["document"] = forms.CharField(
                label="متن سند",
                initial=document,
                widget=forms.Textarea({"rows": 24, "dir": "ltr", "class": "code", "spellcheck": "false"}),
                help_text="زبان قاعده‌ها در راهنمای نیازها آمده است.",
                error_messages={"required": REQUIRED},
            )
        elif subject is PolicySubject.PRIORITY:
            for name, words in WEIGHT_WORDS.items():
                self._add(name, words, self.content[name], 1 if name in POSITIVE else 0, WEIGHT_MAX)
            for name, words in VULNERABILITIES.items():
                self._add(name, f"امتیاز {words}", self.content["vulnerability"].get(name, 0), 0, WEIGHT_MAX)
        else:
            for name, words in _SHIFTS.items():
                self._add(name, words, self.content[name], -SHIFT_MAX, SHIFT_MAX)

    def _add(self, name: str, label: str, initial: int, least: int, most: int) -> None:
        self.fields[name] = WholeField(label=label, initial=persian_digits(initial), min_value=least, max_value=most)

    def document(self) -> str:
        """The text of the new version."""
        given = self.cleaned_data
        if self.subject is PolicySubject.NEEDS:
            return str(given["document"])
        content = {**self.content, "title": given["title"], "version": int(self.content["version"]) + 1}
        if self.subject is PolicySubject.PRIORITY:
            content |= {name: given[name] for name in WEIGHT_WORDS}
            content["vulnerability"] = {name: given[name] for name in VULNERABILITIES}
        else:
            content |= {name: given[name] for name in _SHIFTS}
        return write_toml(content)


class SimulationForm(forms.Form):
    """Where the list ends: after so many households, or after so much money."""

    end = forms.ChoiceField(
        label="فهرست کمک کجا تمام می‌شود؟",
        choices=(("HOUSEHOLDS", "پس از این شمار خانوار"), ("BUDGET", "پس از این بودجه (تومان)")),
        widget=SelectInput(),
    )
    amount = forms.CharField(
        label="چه اندازه", initial="۱٬۰۰۰", max_length=30, widget=DigitsInput(), error_messages={"required": REQUIRED}
    )

    def clean_amount(self) -> int:
        """A whole number, or rial from toman."""
        try:
            rial = parse_rial(self.cleaned_data["amount"], unit=MoneyUnit.TOMAN)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None
        if rial <= 0:
            raise forms.ValidationError("بیشتر از صفر بنویسید.")
        return rial if self.cleaned_data.get("end") == "BUDGET" else rial // 10


class ApprovalForm(forms.Form):
    """From when it is used."""

    in_use_from = JalaliField(label="از چه روزی به کار می‌آید؟", required=False, help_text="خالی: از امروز.")


class MonthFilter(forms.Form):
    """Which month of which province to show; the province is asked of the nation's officers alone."""

    month = forms.ChoiceField(label="ماه", widget=SelectInput())
    province = forms.ChoiceField(label="استان", widget=SelectInput())

    def __init__(self, *args: Any, months: Sequence[int], is_nation: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        month, province = self.fields["month"], self.fields["province"]
        if isinstance(month, forms.ChoiceField):
            month.choices = [(str(one), month_name(one)) for one in months]
        if isinstance(province, forms.ChoiceField):
            province.choices = [(one.code, one.name) for one in PROVINCES.values()]
        if not is_nation:
            del self.fields["province"]
