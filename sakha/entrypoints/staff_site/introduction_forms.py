"""Forms of introductions and of the directory: the shape of an entry only."""

from __future__ import annotations

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, SelectInput
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import COUNTIES, PROVINCES

_KINDS = [(str(kind.value), facts.name) for kind, facts in NEED_KINDS.items()]
_AREAS = (("COUNTY", "شهرستان ما"), ("PROVINCE", "همهٔ استان ما"), ("NATION", "همهٔ کشور"))


class ServiceForm(forms.Form):
    """What a body gives, where, and to how many households a month."""

    kind = forms.ChoiceField(label="کمک", choices=_KINDS, widget=SelectInput())
    area = forms.ChoiceField(label="کجا", choices=_AREAS, widget=SelectInput())
    households_a_month = forms.CharField(
        label="به چند خانوار در ماه؟",
        max_length=6,
        error_messages={"required": REQUIRED},
        widget=DigitsInput(),
    )
    eligibility = forms.CharField(label="برای چه کسانی؟", required=False, max_length=300)
    contact = forms.CharField(label="راه تماس دفتر", required=False, max_length=120)

    def clean_households_a_month(self) -> int:
        """Read the number with any digits; one that is none is refused by the room."""
        text = fold_digits(self.cleaned_data["households_a_month"]).strip()
        return int(text) if text.isascii() and text.isdigit() else 0


class DirectoryFilter(forms.Form):
    """Which lines of the directory."""

    kind = forms.ChoiceField(label="کمک", required=False, choices=[("", "همه"), *_KINDS], widget=SelectInput())
    county = forms.ChoiceField(label="شهرستان", required=False, widget=SelectInput())

    def __init__(self, *args: object, province: str = "", **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # what Django takes, handed on
        known = sorted((code, one.name) for code, one in COUNTIES.items() if one.province_code == province)
        place = PROVINCES[province].name if province in PROVINCES else "کشور"
        self.fields["county"].choices = [("", f"همهٔ {place}"), *known]  # type: ignore[attr-defined]  # a choice field
