"""Givers who want to be known: how a phone opens an account, and up to which amount nobody has to be known.

Decides times, counts, and who may give how much; nothing that is refused here tells whether a phone is known.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from sakha.vocabulary.money import show_toman
from sakha.vocabulary.refusal import Refusal

# The queue of SMS is emptied every two minutes at the latest.
CODE_LIVES: Final = timedelta(minutes=10)
CODE_DIGITS: Final = 6
WRONG_MAX: Final = 5
WINDOW: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
# Of one number: with five tries a code, ten codes a day leave a guesser one chance in 20,000 a day.
ASKS_IN_WINDOW: Final = 3
ASKS_A_DAY: Final = 10
# Of one address: whole mobile operators stand behind one.
ADDRESS_ASKS: Final = 60
CODES_LIVE: Final = timedelta(days=2)


class GiverCodeWrong(Refusal):
    """The code is another one, used already or too old; or nobody was sent one: the answer is the same."""

    code: ClassVar[str] = "GIVER_CODE_WRONG"
    sentence: ClassVar[str] = "این رمز درست نیست یا وقتش گذشته است."


class GiverAskedTooOften(Refusal):
    """Too many codes for this number or from this address."""

    code: ClassVar[str] = "GIVER_ASKED_TOO_OFTEN"
    sentence: ClassVar[str] = "چند بار پشت سر هم رمز خواسته شد. یک ربع دیگر دوباره بیایید."


class GiverUnknown(Refusal):
    """The amount is more than an unknown giver, or one of whom only the phone is known, may give at once."""

    code: ClassVar[str] = "GIVER_UNKNOWN"
    sentence: ClassVar[str] = "تا {most} می‌توان این‌گونه داد. برای بیشتر از آن {way}."


@dataclass(frozen=True, slots=True)
class AmountLimits:
    """The most of one payment, as a dated row says: from nobody known, and from a phone. Bodies give more."""

    unknown_rial: int
    phone_rial: int


def require_known(limits: AmountLimits, amount_rial: int, *, has_phone: bool, is_organisation: bool) -> None:
    """Refuse more than may be given by somebody as little known as this. Raises: GiverUnknown."""
    if is_organisation:
        return
    if has_phone and amount_rial > limits.phone_rial:
        raise GiverUnknown(
            field="amount", most=show_toman(limits.phone_rial), way="با حساب یک نهاد وارد شوید یا چند بار بدهید"
        )
    if not has_phone and amount_rial > limits.unknown_rial:
        raise GiverUnknown(field="amount", most=show_toman(limits.unknown_rial), way="با شمارهٔ گوشی وارد شوید")
