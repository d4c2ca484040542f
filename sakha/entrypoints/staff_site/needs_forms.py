"""Forms of needs: what to list, what to declare, which paper was seen."""

from __future__ import annotations

from typing import Any

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, JalaliField, ParsedField, SelectInput
from sakha.scoring.rules.needs_states import PROOF_WORDS, Proof
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from sakha.vocabulary.places import counties_of

_KINDS = [(str(kind.value), facts.name) for kind, facts in NEED_KINDS.items()]


class CountyFilter(forms.Form):
    """Of which county to list; may stay open."""

    county = forms.ChoiceField(label="شهرستان", required=False, widget=SelectInput())

    def __init__(self, *args: Any, province: str, **options: Any) -> None:
        super().__init__(*args, **options)
        county = self.fields["county"]
        if isinstance(county, forms.ChoiceField):
            county.choices = [("", "همه"), *((one.code, one.name) for one in counties_of(province))]


class NeedsFilter(CountyFilter):
    """Which needs to list; everything may stay open."""

    kind = forms.ChoiceField(label="نوع نیاز", choices=[("", "همه"), *_KINDS], required=False, widget=SelectInput())
    severity = forms.ChoiceField(
        label="سختی",
        choices=[("", "همه"), ("2", "سخت و بسیار سخت"), ("3", "بسیار سخت")],
        required=False,
        widget=SelectInput(),
    )
    field_order = ("kind", "severity", "county")


class DeclareForm(forms.Form):
    """A need that no fact shows yet."""

    kind = forms.ChoiceField(
        label="نوع نیاز",
        choices=[("", "انتخاب کنید"), *_KINDS],
        error_messages={"required": REQUIRED},
        widget=SelectInput(),
    )
    amount = ParsedField(
        label="اندازه",
        parse=lambda text: parse_rial(text, unit=MoneyUnit.TOMAN),
        required=False,
        help_text="پول به تومان؛ بسته و قلم به شماره. خالی: اندازهٔ معمول.",
    )
    reason = forms.CharField(label="چه دیده‌اید؟", max_length=300, widget=forms.Textarea({"rows": 2}), required=False)

    def wanted_amount(self) -> int | None:
        """The amount in the unit of the kind."""
        amount = self.cleaned_data["amount"]
        if not amount:
            return None
        is_money = NEED_KINDS[NeedKind(int(self.cleaned_data["kind"]))].unit is NeedUnit.RIAL
        return int(amount) if is_money else int(amount) // 10


class PaperForm(forms.Form):
    """A paper that was seen."""

    kind = forms.ChoiceField(label="برای کدام نیاز", error_messages={"required": REQUIRED}, widget=SelectInput())
    proof = forms.ChoiceField(
        label="چه مدرکی",
        choices=[(proof.value, PROOF_WORDS[proof]) for proof in Proof if proof not in {Proof.FACTS, Proof.PEOPLE}],
        widget=SelectInput(),
    )
    reference = forms.CharField(
        label="شماره یا نشانی مدرک",
        max_length=120,
        error_messages={"required": REQUIRED},
        help_text="تا کسی بتواند دوباره آن را پیدا کند؛ رمزشده نگه داشته می‌شود.",
        widget=DigitsInput({"inputmode": "text", "dir": "auto"}),
    )
    seen_on = JalaliField(label="روز دیدن مدرک", required=False, help_text="خالی: امروز.")

    def __init__(self, *args: Any, kinds: list[NeedKind], **options: Any) -> None:
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(str(one.value), NEED_KINDS[one].name) for one in kinds]
