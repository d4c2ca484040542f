"""The invitation's words, and how many SMS parts a text takes.

Decides the text; to whom and when it goes is left to the actions.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

# 3GPP TS 23.038: a Persian text is UCS-2, 70 code units in one part, 67 in each of several; a text within the GSM
# default alphabet has 160 and 153, where a sign of the extension table counts double.
_UCS2_PARTS: Final = (70, 67)
_GSM_PARTS: Final = (160, 153)
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("^{}\\[~]|€")

# Kavenegar refuses longer texts (return.status 413).
TEXT_LENGTH_MAX: Final = 900

# A phone is often shared, and whoever reads the message must not learn that somebody in the house is poor. So none of
# these may stand in a text, in any form (a test reads every text of this room).
POVERTY_WORDS: Final = (
    "فقر", "فقیر", "نیازمند", "محروم", "محرومیت", "بی‌بضاعت", "بی بضاعت", "بضاعت", "کم‌درآمد", "کم درآمد", "درآمد",
    "تهیدست", "تهی‌دست", "مستمند", "مسکین", "مددجو", "دهک", "یارانه", "صدقه", "زکات", "خیریه", "اعانه", "کمک", "حمایت",
    "معیشت", "مستمری", "بسته", "سبد", "امداد", "بهزیستی", "گرسنه", "بینوا", "درمانده", "تنگدست",
)  # fmt: skip

_INVITATION: Final = (
    "سامانهٔ احسان و نیکوکاری (سخا) شما را به ثبت خانوار دعوت می‌کند.\n"
    "{address}/k/{{link}}\n"
    "حضوری: فرمانداری، رمز {{code}}\n"
    "لغو۱۱"
)
_SIGN_IN: Final = "رمز ورود سخا: {code}\nتا پنج دقیقه. جز به یاور خودتان نگویید."
# Each invitation has its own; their lengths are the same for all, so that the parts are counted once.
LINK_LENGTH: Final = 12
CODE_LENGTH: Final = 8


class TextUnfit(Refusal):
    """The text is too long for an SMS, or says what a shared phone must not say."""

    code: ClassVar[str] = "TEXT_UNFIT"
    sentence: ClassVar[str] = "این متن برای پیامک مناسب نیست: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsText:
    """A text that may be sent, with its number of parts."""

    text: str
    part_count: int


def write_invitation(*, address: str) -> SmsText:
    """The invitation, the same for everybody but for its link and code: it calls nobody by name, names no reason.

    The text has places for link and code; its parts are counted with both filled in.
    """
    text = _INVITATION.format(address=address)
    filled = fit_text(fill_invitation(text, link="x" * LINK_LENGTH, code="0" * CODE_LENGTH))
    return SmsText(text=text, part_count=filled.part_count)


def fill_invitation(text: str, *, link: str, code: str) -> str:
    """A campaign's text with the link and the code of one invitation."""
    return text.replace("{link}", link).replace("{code}", code)


def write_sign_in(*, code: str) -> SmsText:
    """The one-time code for the household's own page."""
    return fit_text(_SIGN_IN.format(code=code))


def fit_text(text: str) -> SmsText:
    """Refuse a text that may not be sent, count the parts of one that may."""
    if not text.strip() or len(text) > TEXT_LENGTH_MAX:
        raise TextUnfit(field="text", reason="خالی یا بیش از اندازه بلند است.")
    if poverty_words_in(text):
        raise TextUnfit(field="text", reason="واژه‌ای دارد که روی گوشی دیگران نباید دیده شود.")
    return SmsText(text=text, part_count=part_count(text))


def poverty_words_in(text: str) -> tuple[str, ...]:
    """The words of the list that stand in the text, also inside longer ones."""
    return tuple(word for word in POVERTY_WORDS if word in text)


def part_count(text: str) -> int:
    """How many SMS the text is charged as."""
    if all(sign in _GSM or sign in _GSM_DOUBLE for sign in text):
        length = len(text) + sum(sign in _GSM_DOUBLE for sign in text)
        whole, part = _GSM_PARTS
    else:
        length = len(text.encode("utf-16-be")) // 2
        whole, part = _UCS2_PARTS
    return 1 if length <= whole else -(-length // part)
