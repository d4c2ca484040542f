"""The form of a campaign: the shape of an entry only."""

from __future__ import annotations

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DigitsInput, SelectInput
from sakha.vocabulary.digits import fold_digits, persian_digits
from sakha.vocabulary.places import COUNTIES, PROVINCES

_DECILES = [(str(number), f"تا دهک {persian_digits(number)}") for number in range(1, 11)]
_NUMBER = {"required": REQUIRED}


def _read_number(text: str) -> int:
    typed = fold_digits(text).strip().replace(",", "").replace("٬", "")
    if not typed.isdecimal() or int(typed) == 0:
        raise forms.ValidationError("یک عدد بنویسید.")
    return int(typed)


class CampaignForm(forms.Form):
    """Whom a campaign asks, and in what waves."""

    name = forms.CharField(label="نام", max_length=60, error_messages=_NUMBER)
    county = forms.ChoiceField(label="کجا", required=False, widget=SelectInput())
    deciles_max = forms.ChoiceField(label="چه کسانی", choices=_DECILES, initial="3", widget=SelectInput())
    people_max = forms.CharField(label="دست بالا چند نفر", max_length=9, error_messages=_NUMBER, widget=DigitsInput())
    wave_size = forms.CharField(
        label="هر نوبت چند نفر",
        max_length=9,
        required=False,
        help_text="خالی باشد، همه با هم می‌روند.",
        widget=DigitsInput(),
    )
    wave_days = forms.CharField(label="هر چند روز یک نوبت", max_length=3, initial="۷", widget=DigitsInput())

    def __init__(self, *args: object, province: str = "", **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # what Django takes, handed on
        known = sorted((code, one.name) for code, one in COUNTIES.items() if one.province_code == province)
        place = PROVINCES[province].name if province in PROVINCES else "استان"
        self.fields["county"].choices = [("", f"همهٔ {place}"), *known]  # type: ignore[attr-defined]  # a choice field

    def clean_people_max(self) -> int:
        """Read the number with any digits."""
        return _read_number(self.cleaned_data["people_max"])

    def clean_wave_size(self) -> int | None:
        """Read the number, or none where all go at once."""
        return _read_number(self.cleaned_data["wave_size"]) if self.cleaned_data["wave_size"] else None

    def clean_wave_days(self) -> int:
        """Read the number with any digits."""
        return _read_number(self.cleaned_data["wave_days"])
