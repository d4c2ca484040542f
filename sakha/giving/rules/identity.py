"""Whether a natural giver is who they say: what the banks must answer, how long it holds, how often it may be asked.

Decides from the answers alone. A giver needs none of this for gifts below the limit of a known phone.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

# Who owns a line, as the operators tell the national service (Shahkar); and who was born when, where it is reached.
OWNER_BANK: Final = "mobile_ownership"
REGISTRY_BANK: Final = "civil_registry"
# A number is given to somebody else after months of silence: as long as a match is believed of anybody else here.
HOLDS_FOR: Final = timedelta(days=365)
# Our own figure: enough for slips of the finger, too few to try the birth dates of a year on somebody's number.
CHECKS_A_DAY: Final = 5
# Full legal capacity in money matters: Iran's act on the maturity of contracting parties of 1313.
ADULT_YEARS: Final = 18


class CheckOutcome(StrEnum):
    """How a check ended. ASKED is one whose answer never came back to us."""

    ASKED = "ASKED"
    VERIFIED = "VERIFIED"
    MISMATCH = "MISMATCH"
    UNANSWERED = "UNANSWERED"


class IdentityDiffers(Refusal):
    """The banks answered, and it isn't so; which part of it differs is told to nobody."""

    code: ClassVar[str] = "IDENTITY_DIFFERS"
    sentence: ClassVar[str] = (
        "این کد ملی و تاریخ تولد با صاحب این شماره جور نیامد."
        " نوشته‌ها را ببینید، یا با شماره‌ای بیایید که به نام خودتان است."
    )


class IdentityUnanswered(Refusal):
    """No bank could say: nothing is known, and nothing of it is kept."""

    code: ClassVar[str] = "IDENTITY_UNANSWERED"
    sentence: ClassVar[str] = "اکنون پاسخی نرسید. کمی بعد دوباره بیایید؛ از آنچه نوشتید چیزی نگه داشته نشد."


class IdentityAskedOften(Refusal):
    """As many checks of this account as a day has."""

    code: ClassVar[str] = "IDENTITY_ASKED_OFTEN"
    sentence: ClassVar[str] = "امروز چند بار پرسیده شد. فردا دوباره بیایید."


class GiverTooYoung(Refusal):
    """Large gifts are for grown people."""

    code: ClassVar[str] = "GIVER_TOO_YOUNG"
    sentence: ClassVar[str] = "هدیهٔ بزرگ از هجده‌سالگی است."


class OnlyPhonesVerified(Refusal):
    """An organisation is known by its own papers."""

    code: ClassVar[str] = "ONLY_PHONES_VERIFIED"
    sentence: ClassVar[str] = "حساب نهاد تأیید هویت نمی‌خواهد."


def require_adult(birth_on: date, *, on: date) -> None:
    """Refuse whoever is not of age. Raises: GiverTooYoung."""
    if (on.year - birth_on.year) - ((on.month, on.day) < (birth_on.month, birth_on.day)) < ADULT_YEARS:
        raise GiverTooYoung(field="birth_on")


def holds(verified_at: datetime | None, *, at: datetime) -> bool:
    """Whether what the banks once said still counts."""
    return verified_at is not None and at - verified_at < HOLDS_FOR


def judge(answers: Mapping[str, Mapping[str, int | None]]) -> CheckOutcome:
    """The line must be the person's own; where the registry was asked, they live and were born that day."""
    owner = answers.get(OWNER_BANK, {}).get("MOBILE_OWNED")
    told = [owner]
    if REGISTRY_BANK in answers:
        told += [answers[REGISTRY_BANK].get(fact) for fact in ("IS_ALIVE", "BIRTH_MATCH")]
    if 0 in told:
        return CheckOutcome.MISMATCH
    return CheckOutcome.VERIFIED if all(told) else CheckOutcome.UNANSWERED
