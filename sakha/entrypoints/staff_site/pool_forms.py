"""The form of a version of the nation's pool policy: what is kept, for whom, from when, why."""

from __future__ import annotations

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DayField
from sakha.entrypoints.staff_site.policy_forms import WholeField
from sakha.giving.rules.pool_policy import REASON_MAX, WHOLE, PoolTerms
from sakha.vocabulary.jalali import ParsedDate
from sakha.vocabulary.places import PROVINCES


class PoolPolicyForm(forms.Form):
    """Shares in thousandths; nothing at all is the rule of fair shares alone."""

    deprived_mille = WholeField(
        label="سهم استان‌های محروم (در هزار)",
        initial="۰",
        min_value=0,
        max_value=WHOLE,
        help_text="از پولی که بخشنده جا و سقف خانوار برایش نگفته است.",
    )
    deprived_provinces = forms.MultipleChoiceField(
        label="استان‌های محروم",
        required=False,
        choices=[(one.code, one.name) for one in PROVINCES.values()],
        widget=forms.CheckboxSelectMultiple(),
    )
    poor_mille = WholeField(label="سهم خانوارهای خیریه‌های کم‌توان (در هزار)", initial="۰", min_value=0, max_value=WHOLE)
    poor_below_mille = WholeField(
        label="مرز کم‌توانی (در هزار)",
        initial="۰",
        min_value=0,
        max_value=WHOLE,
        help_text="خیریه‌ای که کمتر از این اندازه از نیازهای باز خانوارهایش پوشیده است، از هر راهی.",
    )
    valid_from = DayField(label="از چه روزی؟", help_text="امروز یا پس از آن.")
    reason = forms.CharField(
        label="چرا؟",
        max_length=REASON_MAX,
        widget=forms.Textarea({"rows": 3}),
        help_text="کدام مصوبه یا آمار. همراه سیاست نشان داده می‌شود.",
        error_messages={"required": REQUIRED},
    )

    def clean_valid_from(self) -> ParsedDate:
        """A day; blanks are none."""
        chosen: ParsedDate | None = self.cleaned_data["valid_from"]
        if chosen is None:
            raise forms.ValidationError(REQUIRED)
        return chosen

    def terms(self) -> PoolTerms:
        """What was written."""
        given = self.cleaned_data
        return PoolTerms(
            valid_from=given["valid_from"].on,
            reason=given["reason"],
            deprived_provinces=tuple(given["deprived_provinces"]),
            deprived_mille=given["deprived_mille"],
            poor_mille=given["poor_mille"],
            poor_below_mille=given["poor_below_mille"],
        )
