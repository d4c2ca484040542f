"""What people fill in about what the banks know: the proof of a correction, the decision on it."""

from __future__ import annotations

from django import forms

from sakha.entrypoints.kashi.corrections import WORDS_MAX
from sakha.vocabulary.digits import fold_digits


class ProofForm(forms.Form):
    """The paper."""

    proof = forms.FileField(label="مدرک")


class DecisionForm(forms.Form):
    """How a review ends."""

    decision = forms.ChoiceField(choices=[("UPHELD", "پذیرفته"), ("REJECTED", "نپذیرفته")])
    words = forms.CharField(max_length=WORDS_MAX)
    value = forms.CharField(required=False)

    def clean_value(self) -> int | None:
        """Read the corrected value, where one was given."""
        text = fold_digits(self.cleaned_data["value"]).strip()
        if not text:
            return None
        if not text.isdecimal():
            raise forms.ValidationError("مقدار باید یک عدد باشد.")
        return int(text)
