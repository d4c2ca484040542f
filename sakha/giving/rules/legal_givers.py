"""Companies and others that give and hold no licence in the register: how one becomes a giver's account of its own.

Decides states, counts and who looks; that the number can exist is decided by the vocabulary, that it is theirs by two.
"""

from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

NAME_MIN: Final = 3
NAME_MAX: Final = 200
PERSON_MIN: Final = 3
PERSON_MAX: Final = 80
NOTE_MIN: Final = 10
NOTE_MAX: Final = 300
# So many of one phone wait at once, and so many people act for one legal giver. Our own figures.
WAITING_MOST: Final = 3
MEMBERS_MOST: Final = 20


class LegalGiverState(StrEnum):
    """Where it stands; only APPROVED is acted for.

    WAITING ---> CHECKED ---> APPROVED ---> STOPPED      checked by one officer, approved by another
        +-----------+-------> REJECTED
    """

    WAITING = "WAITING"
    CHECKED = "CHECKED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    STOPPED = "STOPPED"


class LegalGiverInvalid(Refusal):
    """What was written does not tell who it is."""

    code: ClassVar[str] = "LEGAL_GIVER_INVALID"
    sentence: ClassVar[str] = "{reason}"


class LegalGiverKnown(Refusal):
    """Its national ID has an account already, as the office or who asked for it may know, or waits from this phone."""

    code: ClassVar[str] = "LEGAL_GIVER_KNOWN"
    sentence: ClassVar[str] = "این شناسهٔ ملی حساب دارد یا در انتظار است. از همکارتان بخواهید شما را بیفزاید."


class LegalGiverOfRegister(Refusal):
    """Its national ID is that of a body in the register, which gives by its own users and standing."""

    code: ClassVar[str] = "LEGAL_GIVER_OF_REGISTER"
    sentence: ClassVar[str] = "این شناسهٔ ملی از آنِ نهادی در سخاست. با حساب همان نهاد بدهید."


class LegalGiversMany(Refusal):
    """As many wait from this phone as may."""

    code: ClassVar[str] = "LEGAL_GIVERS_MANY"
    sentence: ClassVar[str] = "{most} درخواست شما در انتظار است. نخست پاسخ آن‌ها را ببینید."


class LegalGiverUnknown(Refusal):
    """No such legal giver, or none of this person or office."""

    code: ClassVar[str] = "LEGAL_GIVER_UNKNOWN"
    sentence: ClassVar[str] = "چنین حساب حقوقی‌ای نیست."


class LegalGiverDecided(Refusal):
    """Somebody decided before."""

    code: ClassVar[str] = "LEGAL_GIVER_DECIDED"
    sentence: ClassVar[str] = "این صفحه کهنه است: دربارهٔ این درخواست کاری شده است."


class LegalGiverOwn(Refusal):
    """Nobody approves what they checked themselves."""

    code: ClassVar[str] = "LEGAL_GIVER_OWN"
    sentence: ClassVar[str] = "مدرک‌ها را شما دیده‌اید؛ کس دیگری باید تصویب کند."


class MembersFew(Refusal):
    """The last person who acts for it stays."""

    code: ClassVar[str] = "LEGAL_MEMBERS_FEW"
    sentence: ClassVar[str] = "آخرین نماینده برداشته نمی‌شود. نخست کس دیگری را بیفزایید."


class MembersMany(Refusal):
    """As many people act for it as may."""

    code: ClassVar[str] = "LEGAL_MEMBERS_MANY"
    sentence: ClassVar[str] = "این حساب {most} نماینده دارد. نخست یکی را بردارید."


def require_between(text: str, least: int, most: int, *, field: str, reason: str) -> None:
    """Refuse a text that says too little or too much. Raises: LegalGiverInvalid."""
    if not least <= len(text) <= most:
        raise LegalGiverInvalid(field=field, reason=reason)
