"""What people fill in about what the banks know: a correction, its proof, the decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from sakha.databanks.banks.catalogue import asked_banks
from sakha.entrypoints.kashi.fields import REQUIRED, SelectInput
from sakha.entrypoints.staff_site.evidence_screens import KINDS
from sakha.registry.queries.bank_evidence import MemberKnown
from sakha.vocabulary.digits import fold_digits

_WORDS_MAX: Final = 500


def fact_choices(members: Sequence[MemberKnown]) -> list[tuple[str, str]]:
    """Every fact that is known of a member; of the head also what no bank has said, for what is missing."""
    choices: list[tuple[str, str]] = []
    for member in members:
        name = member.name or "بی‌نام"
        known = {(fact.fact, fact.source): fact.label for fact in member.known.facts}
        if member.is_head:
            known = _unsaid() | known
        choices += [
            (f"{member.person_id}:{fact}:{source}", f"{name}: {label}") for (fact, source), label in known.items()
        ]
    return choices


def _unsaid() -> dict[tuple[str, str], str]:
    return {
        (fact.name, bank.source_name): fact.label
        for bank in asked_banks().values()
        for fact in bank.facts
        if not fact.is_optional
    }


class CorrectionForm(forms.Form):
    """Changed, wrong or missing, in the household's own words."""

    about = forms.ChoiceField(label="دربارهٔ چه چیزی؟", widget=SelectInput(), error_messages={"required": REQUIRED})
    kind = forms.ChoiceField(
        label="چه شده است؟",
        choices=[(kind.value, f"{words}: {more}") for kind, words, more in KINDS],
        widget=forms.RadioSelect,
        error_messages={"required": REQUIRED},
    )
    words = forms.CharField(
        label="در یک جمله بنویسید",
        help_text="همان‌طور که خانوار می‌گوید. شماره و نشانی ننویسید.",
        max_length=_WORDS_MAX,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": REQUIRED},
    )

    def __init__(self, *given: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*given, **options)
        about = self.fields["about"]
        if isinstance(about, forms.ChoiceField):
            about.choices = list(choices)


class ProofForm(forms.Form):
    """The paper."""

    proof = forms.FileField(label="مدرک")


class DecisionForm(forms.Form):
    """How a review ends."""

    decision = forms.ChoiceField(choices=[("UPHELD", "پذیرفته"), ("REJECTED", "نپذیرفته")])
    words = forms.CharField(max_length=_WORDS_MAX)
    value = forms.CharField(required=False)

    def clean_value(self) -> int | None:
        """Read the corrected value, where one was given."""
        text = fold_digits(self.cleaned_data["value"]).strip()
        if not text:
            return None
        if not text.isdecimal():
            raise forms.ValidationError("مقدار باید یک عدد باشد.")
        return int(text)
