"""What an organisation is, and what its licence lets it do today.

Decides the standing; the actor that is built from it carries the permissions withheld.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sakha.access.rules.roles import Permission


class OrganisationKind(StrEnum):
    """The bodies that take part. A charity centre gathers charities; it holds no licence of its own to give."""

    CHARITY = "CHARITY"
    CHARITY_CENTRE = "CHARITY_CENTRE"
    AGENCY = "AGENCY"
    GOVERNOR_OFFICE = "GOVERNOR_OFFICE"


class Standing(StrEnum):
    """Whether an organisation may give and bring in files today."""

    GOOD = "GOOD"
    WAITING = "WAITING"
    LICENCE_EXPIRED = "LICENCE_EXPIRED"
    SUSPENDED = "SUSPENDED"


# Looking before giving stays allowed: a charity without a valid licence must still be able to learn that a family is
# looked after. What it may not do is take a need for itself.
WITHHELD_PERMISSIONS: Final = frozenset({Permission.HOLD_AID, Permission.DELIVER_AID, Permission.IMPORT_FILE})

WITHHELD_SENTENCES: Final[dict[Standing, str]] = {
    Standing.GOOD: "",
    Standing.WAITING: "ثبت سازمان شما هنوز تأیید نشده است. پس از تأیید می‌توانید کمک ثبت کنید.",
    Standing.LICENCE_EXPIRED: "اعتبار مجوز سازمان شما تمام شده است. پس از تمدید مجوز می‌توانید دوباره کمک ثبت کنید.",
    Standing.SUSPENDED: "فعالیت سازمان شما در سامانه موقتاً متوقف شده است. برای پیگیری با فرمانداری تماس بگیرید.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """An organisation as it is told to the register. A licence without an end has no `licence_valid_until`."""

    kind: OrganisationKind
    name: str
    province: str = ""
    county: str = ""
    licence_issuer: str = ""
    licence_number: str = ""
    licence_valid_until: date | None = None
    legal_id: str = ""
    capacity_households: int | None = None
    is_approved: bool = True


def organisation_standing(
    *, approved_at: datetime | None, suspended_at: datetime | None, licence_valid_until: date | None, on: date
) -> Standing:
    """The standing on a day: the licence holds through its last day."""
    if suspended_at is not None:
        return Standing.SUSPENDED
    if approved_at is None:
        return Standing.WAITING
    if licence_valid_until is not None and licence_valid_until < on:
        return Standing.LICENCE_EXPIRED
    return Standing.GOOD
