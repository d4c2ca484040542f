"""Complaints, suggestions, reports of misuse, and what did not arrive: kinds, terms, instances, and who may not see.

Decides terms and instances; that an accused body or office doesn't see a confidential report is law in the database.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from sakha.access.rules import Scope
from sakha.vocabulary.refusal import Refusal

TEXT_LENGTH_MIN: Final = 10
TEXT_LENGTH_MAX: Final = 2_000
# «Not solved» can be said once, as long after the answer; then the matter is closed by the job.
REOPEN_WITHIN: Final = timedelta(days=30)
TRACKING_DIGITS: Final = 12
# At the public door, of one address: whole operators stand behind one. 12 digits and 20 misses in a quarter of an hour
# leave a guesser, with 100,000 codes about, one chance in five thousand a day.
WINDOW: Final = timedelta(minutes=15)
POSTS_IN_WINDOW: Final = 10
MISSES_IN_WINDOW: Final = 20


class GrievanceKind(StrEnum):
    """What is brought."""

    COMPLAINT = "COMPLAINT"
    SUGGESTION = "SUGGESTION"
    MISUSE = "MISUSE"
    # Opened by «it did not arrive», about the body that delivered.
    NOT_RECEIVED = "NOT_RECEIVED"


class GrievanceState(StrEnum):
    """Drawn in the docstring of the model Grievance."""

    RECEIVED = "RECEIVED"
    IN_WORK = "IN_WORK"
    ANSWERED = "ANSWERED"
    ESCALATED = "ESCALATED"
    REOPENED = "REOPENED"
    CLOSED = "CLOSED"


WAITING: Final = (
    GrievanceState.RECEIVED,
    GrievanceState.IN_WORK,
    GrievanceState.ESCALATED,
    GrievanceState.REOPENED,
)


class GrievanceStep(StrEnum):
    """What happened; the history keeps each with its moment."""

    RECEIVED = "RECEIVED"
    TAKEN = "TAKEN"
    # A word of the body that it is about.
    SAID = "SAID"
    ANSWERED = "ANSWERED"
    ESCALATED = "ESCALATED"
    REOPENED = "REOPENED"
    CLOSED = "CLOSED"


class GrievanceLevel(StrEnum):
    """Which office has the word now."""

    COUNTY = "COUNTY"
    PROVINCE = "PROVINCE"
    NATION = "NATION"


class GrievanceWay(StrEnum):
    """By which door it came."""

    HOUSEHOLD = "HOUSEHOLD"
    DESK = "DESK"
    PUBLIC = "PUBLIC"
    RECEIPT = "RECEIPT"


class About(StrEnum):
    """Whom it is about: of an office one never asks that office."""

    OTHER = "OTHER"
    ORGANISATION = "ORGANISATION"
    COUNTY_OFFICE = "COUNTY_OFFICE"
    PROVINCE_OFFICE = "PROVINCE_OFFICE"


KIND_WORDS: Final = {
    GrievanceKind.COMPLAINT: "شکایت",
    GrievanceKind.SUGGESTION: "پیشنهاد",
    GrievanceKind.MISUSE: "گزارش سوءاستفاده",
    GrievanceKind.NOT_RECEIVED: "تحویلی که نرسید",
}
ABOUT_WORDS: Final = {
    About.OTHER: "هیچ‌کدام، یا نمی‌دانم",
    About.ORGANISATION: "یک نهاد",
    About.COUNTY_OFFICE: "فرمانداری یا کارمند آن",
    About.PROVINCE_OFFICE: "استانداری یا کارمند آن",
}
LEVEL_WORDS: Final = {
    GrievanceLevel.COUNTY: "فرمانداری شهرستان",
    GrievanceLevel.PROVINCE: "استانداری",
    GrievanceLevel.NATION: "دفتر کشوری سخا",
}
STATE_WORDS: Final = {
    GrievanceState.RECEIVED: "رسید و در نوبت است",
    GrievanceState.IN_WORK: "در دست رسیدگی",
    GrievanceState.ANSWERED: "پاسخ داده شد",
    GrievanceState.ESCALATED: "به دفتر بالاتر رفت",
    GrievanceState.REOPENED: "دوباره باز شد",
    GrievanceState.CLOSED: "پایان یافت",
}
STEP_WORDS: Final = {
    GrievanceStep.RECEIVED: "رسید",
    GrievanceStep.TAKEN: "در دست گرفته شد",
    GrievanceStep.SAID: "نهاد سخن خود را گفت",
    GrievanceStep.ANSWERED: "پاسخ داده شد",
    GrievanceStep.ESCALATED: "به دفتر بالاتر رفت",
    GrievanceStep.REOPENED: "گفته شد: حل نشد",
    GrievanceStep.CLOSED: "پایان یافت",
}
# Days until the answer. Of a complaint the ten working days that a public body has for an answer by Iran's law of
# publication and free access to information (1388, article 8; bylaw, article 13), two weeks of the calendar; of misuse
# ten days of the calendar; of what did not arrive a week, as the body whose datum is disputed has (docs/appeals.md); of
# a suggestion a month. The last two are ours, and all are the policy owner's to set.
_DAYS: Final = {
    GrievanceKind.COMPLAINT: 14,
    GrievanceKind.SUGGESTION: 30,
    GrievanceKind.MISUSE: 10,
    GrievanceKind.NOT_RECEIVED: 7,
}
_ABOVE: Final = {
    GrievanceLevel.COUNTY: GrievanceLevel.PROVINCE,
    GrievanceLevel.PROVINCE: GrievanceLevel.NATION,
}
_LEVELS: Final = (GrievanceLevel.COUNTY, GrievanceLevel.PROVINCE, GrievanceLevel.NATION)
_SCOPES: Final = {
    Scope.COUNTY: GrievanceLevel.COUNTY,
    Scope.PROVINCE: GrievanceLevel.PROVINCE,
    Scope.NATION: GrievanceLevel.NATION,
}


class GrievanceUnknown(Refusal):
    """No such grievance, or none that the actor sees; a wrong tracking code is answered alike."""

    code: ClassVar[str] = "GRIEVANCE_UNKNOWN"
    sentence: ClassVar[str] = "چنین پرونده‌ای پیدا نشد."


class GrievanceClosed(Refusal):
    """It was answered or closed, or another office has the word."""

    code: ClassVar[str] = "GRIEVANCE_CLOSED"
    sentence: ClassVar[str] = "این پرونده اکنون در دست شما نیست."


class GrievanceUnfit(Refusal):
    """Something is missing in what was brought or answered."""

    code: ClassVar[str] = "GRIEVANCE_UNFIT"
    sentence: ClassVar[str] = "{reason}"


class GrievanceNeedsPhone(Refusal):
    """Written down at the desk of whom it is about: its code goes to the person's phone, or it is brought elsewhere."""

    code: ClassVar[str] = "GRIEVANCE_NEEDS_PHONE"
    sentence: ClassVar[str] = (
        "این سخن دربارهٔ همین دفتر است و کد آن این‌جا نشان داده نمی‌شود. شمارهٔ گوشی خودش را بنویسید تا کد به او برسد؛"
        " یا خودش از صفحهٔ خانوار یا صفحهٔ «شکایت و پیشنهاد» سخا بگوید."
    )


class GrievancePhoneShared(GrievanceNeedsPhone):
    """At the desk of whom it is about, a phone that stands for somebody else too may be the desk's own."""

    code: ClassVar[str] = "GRIEVANCE_PHONE_SHARED"
    sentence: ClassVar[str] = (
        "این گوشی برای کس دیگری هم نوشته شده یا تلفن همین دفتر است. شمارهٔ گوشی خودش را بنویسید؛ یا خودش از صفحهٔ خانوار"
        " یا صفحهٔ «شکایت و پیشنهاد» سخا بگوید."
    )


class TooManyGrievances(Refusal):
    """Too many from this address in a quarter of an hour."""

    code: ClassVar[str] = "TOO_MANY_GRIEVANCES"
    sentence: ClassVar[str] = "از این‌جا پشت سر هم پیام رسیده است. یک ربع دیگر دوباره بیایید."


def first_level(about: About, *, is_confidential: bool) -> GrievanceLevel:
    """Who has the first word: the county's office, or the first office above whom it is about.

    What is confidential never lies with a county: there everybody knows everybody.
    """
    if about is About.PROVINCE_OFFICE:
        return GrievanceLevel.NATION
    if about is About.COUNTY_OFFICE or is_confidential:
        return GrievanceLevel.PROVINCE
    return GrievanceLevel.COUNTY


def level_above(level: GrievanceLevel) -> GrievanceLevel | None:
    """The next instance; None above the nation."""
    return _ABOVE.get(level)


def due_at(kind: GrievanceKind, *, at: datetime) -> datetime:
    """Until when an office that has the word now must have answered."""
    return at + timedelta(days=_DAYS[kind])


def days_for(kind: GrievanceKind) -> int:
    """The term in days, for pages."""
    return _DAYS[kind]


def may_answer(scope: Scope, level: GrievanceLevel) -> bool:
    """Whether an office of this reach answers at this level: its own, or one above."""
    own = _SCOPES.get(scope)
    return own is not None and _LEVELS.index(own) >= _LEVELS.index(level)


def require_words(text: str, *, field: str) -> str:
    """The words, or a refusal where there are too few to act on or too many to read."""
    words = text.strip()
    if len(words) < TEXT_LENGTH_MIN:
        raise GrievanceUnfit(field=field, reason="کمی بیشتر بنویسید تا بتوان رسیدگی کرد.")
    if len(words) > TEXT_LENGTH_MAX:
        raise GrievanceUnfit(field=field, reason="کوتاه‌تر بنویسید: دست بالا دو هزار نویسه.")
    return words
