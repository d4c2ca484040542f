"""What a giver writes: how much, and for the pool what for. Decides the shape of an entry only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from django import forms

from sakha.entrypoints.kashi.fields import REQUIRED, DayField, DigitsInput, ParsedField, SelectInput
from sakha.giving.rules.conditions import CONDITION_SETS, TYPE_WORDS, HouseholdType
from sakha.giving.rules.legal_givers import NAME_MAX, PERSON_MAX
from sakha.giving.rules.sponsorships import SponsorshipAim
from sakha.giving.rules.terms import GIVEN_KINDS, GiftInvalid, GiftTerms, require_terms
from sakha.vocabulary.identifiers import parse_legal_id, parse_mobile, parse_national_id
from sakha.vocabulary.money import MoneyUnit, parse_rial
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import PROVINCES, counties_of

_KINDS: Final = (("", "هر نیازی که ضروری‌تر است"), *((kind.value, NEED_KINDS[kind].name) for kind in GIVEN_KINDS))
_PLACES: Final = (("", "هر جای ایران"), *((code, province.name) for code, province in PROVINCES.items()))
_AIMS: Final = (
    (SponsorshipAim.POOL.value, "صندوق همگانی"),
    (SponsorshipAim.ORPHAN.value, "یک یتیم، هر ماه همان خانواده"),
)
_SETS: Final = (("", "هر نیتی"), *((one.name, f"{one.title}: {one.explained}") for one in CONDITION_SETS.values()))
_TYPES: Final = (("", "هر خانواری"), *((one.value, words) for one, words in TYPE_WORDS.items()))
COUNTIES_BY_PROVINCE: Final = tuple(
    (province.name, [(one.code, one.name) for one in counties_of(code)]) for code, province in PROVINCES.items()
)
_COUNTIES: Final = (("", "همهٔ شهرستان‌ها"), *COUNTIES_BY_PROVINCE)


class GiftForm(forms.Form):
    """How much. The request is the page's own: sent twice, it is one gift."""

    request = forms.UUIDField(widget=forms.HiddenInput())
    amount = ParsedField(
        label="مبلغ به تومان",
        parse=partial(parse_rial, unit=MoneyUnit.TOMAN),
        error_messages={"required": REQUIRED},
        help_text="مانند ۲۰۰ هزار",
        widget=DigitsInput({"autocomplete": "off"}),
    )


class MobileForm(forms.Form):
    """Whose account."""

    mobile = ParsedField(
        label="شمارهٔ گوشی",
        parse=parse_mobile,
        widget=DigitsInput({"autocomplete": "tel-national", "inputmode": "tel"}),
    )


class LegalGiverForm(forms.Form):
    """A company or another legal person, and who of it writes."""

    name = forms.CharField(label="نام شرکت یا نهاد", max_length=NAME_MAX, error_messages={"required": REQUIRED})
    legal_id = ParsedField(
        label="شناسهٔ ملی",
        parse=parse_legal_id,
        help_text="۱۱ رقم، همان که در روزنامهٔ رسمی است.",
        error_messages={"required": REQUIRED},
        widget=DigitsInput({"autocomplete": "off"}),
    )
    contact = forms.CharField(
        label="نام و سمت شما",
        max_length=PERSON_MAX,
        help_text="دفتر با همین گوشی تماس می‌گیرد.",
        error_messages={"required": REQUIRED},
        widget=forms.TextInput({"autocomplete": "name"}),
    )


class MemberForm(forms.Form):
    """Who else acts for it."""

    name = forms.CharField(label="نام و سمت همکار", max_length=PERSON_MAX, error_messages={"required": REQUIRED})
    mobile = ParsedField(
        label="شمارهٔ گوشی همکار",
        parse=parse_mobile,
        error_messages={"required": REQUIRED},
        widget=DigitsInput({"autocomplete": "off", "inputmode": "tel"}),
    )


class IdentityForm(forms.Form):
    """Who a natural giver is, for large gifts."""

    national_id = ParsedField(
        label="کد ملی", parse=parse_national_id, widget=DigitsInput({"autocomplete": "off", "maxlength": "20"})
    )
    birth_on = DayField(label="تاریخ تولد", error_messages={"required": REQUIRED})


class BasketForm(forms.Form):
    """Pay for what is in the basket. The request is the page's own: sent twice, it is one payment."""

    request = forms.UUIDField(widget=forms.HiddenInput())


class PoolForm(GiftForm):
    """And what for: kept with the money for ever."""

    rule = forms.ChoiceField(label="به نیت", choices=_SETS, required=False, widget=SelectInput())
    type = forms.ChoiceField(label="برای چه خانواری", choices=_TYPES, required=False, widget=SelectInput())
    kind = forms.ChoiceField(label="برای چه", choices=_KINDS, required=False, widget=SelectInput())
    province = forms.ChoiceField(label="برای کجا", choices=_PLACES, required=False, widget=SelectInput())
    county = forms.ChoiceField(
        label="کدام شهرستان",
        choices=_COUNTIES,
        required=False,
        widget=SelectInput(),
        help_text="اگر شهرستان را برگزینید، استان لازم نیست.",
    )
    household_most = ParsedField(
        label="بیشترین سهم هر خانوار به تومان",
        parse=partial(parse_rial, unit=MoneyUnit.TOMAN),
        required=False,
        help_text="اگر خالی باشد، همه‌اش می‌تواند به یک خانوار برسد.",
    )
    expires_on = DayField(label="تا چه روزی", required=False, help_text="پس از آن روز به کسی داده نمی‌شود.")

    def __init__(self, *given: Any, today: date, **options: Any) -> None:
        super().__init__(*given, **options)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Refuse what the chosen name doesn't hold, and a last day that has passed."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                require_terms(self.read_terms(given), on=self.today)
            except GiftInvalid as refusal:
                self.add_error(refusal.field or None, refusal.message)
        return given

    def read_terms(self, given: Mapping[str, Any]) -> GiftTerms:
        """What the giver asks for: the conditions of the chosen name, or within them the narrower ones chosen."""
        named = CONDITION_SETS.get(given["rule"])
        kinds = (NeedKind(int(given["kind"])),) if given["kind"] else ()
        types = (HouseholdType(given["type"]),) if given["type"] else ()
        share, last = given["household_most"], given.get("expires_on")
        return GiftTerms(
            kinds=kinds or (named.kinds if named else ()),
            types=types or (named.types if named else ()),
            condition_set=named.name if named else "",
            province=given["province"],
            county=given["county"],
            household_most_rial=int(share) if share else None,
            expires_on=last.on if last else None,
        )


class MonthlyNeedForm(GiftForm):
    """So much every month for one need."""

    aim = SponsorshipAim.NEED


class MonthlyForm(PoolForm):
    """So much every month: for the pool within conditions, or for one orphan, of whom only the place can be chosen."""

    choice = forms.ChoiceField(label="هر ماه برای", choices=_AIMS, widget=SelectInput())
    expires_on = None  # type: ignore[assignment]  # Django takes the field away: months end when the giver says so
    field_order = ("request", "amount", "choice")

    @property
    def aim(self) -> SponsorshipAim:
        """What was chosen."""
        return SponsorshipAim(self.cleaned_data["choice"])

    def clean(self) -> dict[str, Any]:
        """Refuse conditions that only the pool can keep."""
        given = super().clean()
        narrow = [name for name in ("rule", "type", "kind", "household_most") if given.get(name)]
        if given.get("choice") == SponsorshipAim.ORPHAN and narrow:
            self.add_error(narrow[0], "این شرط برای صندوق همگانی است؛ برای یک یتیم تنها جا را می‌توان برگزید.")
        return given
