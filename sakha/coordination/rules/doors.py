"""The households' door: how long link and code live, how often one may knock, and the words of its refusals.

Nothing that is refused here tells whether a link, a number or a household is known.
"""

import json
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

# Long enough to ask a relative with a phone that can read links, and for a reminder after a week.
LINK_LIVES: Final = timedelta(days=14)
SIGN_IN_LIVES: Final = timedelta(minutes=5)
ADDRESS_MISSES: Final = 20  # unknown links or numbers of one address

# How often the sheet may be sent before somebody must look at it: each sending asks the register about identifiers.
TRIES_MAX: Final = 8


def page_version(answers: object) -> str:
    """By what a page of the draft is known again: two tabs that show the same send the same."""
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


class DoorClosed(Refusal):
    """The link is unknown, too old, or its household is registered: one answer for all."""

    code: ClassVar[str] = "DOOR_CLOSED"
    sentence: ClassVar[str] = "این پیوند دیگر باز نیست."


class KnockedTooOften(Refusal):
    """Too many tries from this address, or too many codes for this number."""

    code: ClassVar[str] = "KNOCKED_TOO_OFTEN"
    sentence: ClassVar[str] = "چند بار پشت سر هم تلاش شد. یک ربع دیگر دوباره بیایید."


class SignInCodeWrong(Refusal):
    """The code is another one, used already or too old; or nobody was sent one: the answer is the same."""

    code: ClassVar[str] = "SIGN_IN_CODE_WRONG"
    sentence: ClassVar[str] = "این رمز درست نیست یا وقتش گذشته است."


class RegistrationUnknown(Refusal):
    """No such registration, or one that ended."""

    code: ClassVar[str] = "REGISTRATION_UNKNOWN"
    sentence: ClassVar[str] = "این ثبت‌نام پیدا نشد."


class RegistrationClosed(Refusal):
    """What was sent or withdrawn is not filled in again."""

    code: ClassVar[str] = "REGISTRATION_CLOSED"
    sentence: ClassVar[str] = "این ثبت‌نام پیش‌تر پایان یافته است."


class DraftOlder(Refusal):
    """The page was changed in another tab or on another phone since it was shown here."""

    code: ClassVar[str] = "DRAFT_OLDER"
    sentence: ClassVar[str] = "این صفحه در جای دیگری عوض شده بود؛ اکنون همان را می‌بینید. اگر درست نیست، دوباره بنویسید."


class RegistrationTriedTooOften(Refusal):
    """Sent again and again with other identifiers: from here on somebody looks at it together with the household."""

    code: ClassVar[str] = "REGISTRATION_TRIED_TOO_OFTEN"
    sentence: ClassVar[str] = "این برگه چند بار فرستاده شد. برای ادامه به فرمانداری شهرستان بروید."


class ConsentMissing(Refusal):
    """Nothing is registered of a household that does not want it."""

    code: ClassVar[str] = "CONSENT_MISSING"
    sentence: ClassVar[str] = "بدون رضایت خانوار چیزی ثبت نمی‌شود."
