"""Givers who want to be known: how a phone opens an account, and up to which amount nobody has to be known.

Decides times, counts, and who may give how much; nothing that is refused here tells whether a phone is known.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ClassVar, Final

from sakha.access.rules.one_time_codes import ADDRESS_ASKS, ASKS_A_DAY, ASKS_IN_WINDOW
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.refusal import Refusal

# The queue of SMS is emptied every two minutes at the latest.
CODE_LIVES: Final = timedelta(minutes=10)
# Of one address, or of one IPv6 network as it is given to one site: whole mobile operators stand behind one.
ADDRESS_ASKS_A_DAY: Final = 600
_SITE_BITS: Final = 48
# Of all together: codes are paid SMS to any number that somebody types. Our own figure, some times a busy evening.
HOUR: Final = timedelta(hours=1)
ALL_ASKS_AN_HOUR: Final = 3000
CODES_LIVE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLately:
    """How many codes were asked for: within a quarter of an hour and a day, and by all within an hour."""

    number_window: int
    number_day: int
    address_window: int
    address_day: int
    site_window: int
    site_day: int
    all_hour: int

    @property
    def is_too_often(self) -> bool:
        """Whether one more would be too many of this number, of where it is asked from, or of all."""
        return (
            self.number_window >= ASKS_IN_WINDOW
            or self.number_day >= ASKS_A_DAY
            or max(self.address_window, self.site_window) >= ADDRESS_ASKS
            or max(self.address_day, self.site_day) >= ADDRESS_ASKS_A_DAY
            or self.all_hour >= ALL_ASKS_AN_HOUR
        )

    @property
    def is_last_of_all(self) -> bool:
        """Whether the next one is the last that the hour has for all."""
        return self.all_hour == ALL_ASKS_AN_HOUR - 1


def site_of(address: str) -> str:
    """The IPv6 network of the address as sites are given it (RFC 6177), who may count anew in 65,536 of its parts.

    Empty for anything else: an IPv4 address is counted alone.
    """
    with suppress(ValueError):
        known = ip_address(address)
        if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
            return str(ip_network((known, _SITE_BITS), strict=False))
    return ""


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


class GiverChanged(Refusal):
    """Between page and answer another account was opened in this browser."""

    code: ClassVar[str] = "GIVER_CHANGED"
    sentence: ClassVar[str] = "در این میان نامی که به آن می‌دهید دگرگون شد. نام را ببینید و دوباره بفرستید."


@dataclass(frozen=True, slots=True)
class AmountLimits:
    """The most of one payment: from nobody known, from a phone, from a person whose identity is verified.

    The first two as a dated row says, the last as the installation does. Bodies give more.
    """

    unknown_rial: int
    phone_rial: int
    verified_rial: int = 0


def require_known(
    limits: AmountLimits, amount_rial: int, *, has_phone: bool, is_organisation: bool, is_verified: bool = False
) -> None:
    """Refuse more than may be given by somebody as little known as this. Raises: GiverUnknown."""
    if is_organisation:
        return
    if has_phone and is_verified:
        if amount_rial > max(limits.verified_rial, limits.phone_rial):
            most = show_toman(max(limits.verified_rial, limits.phone_rial))
            raise GiverUnknown(field="amount", most=most, way="چند بار بدهید یا با حساب یک نهاد وارد شوید")
        return
    if has_phone and amount_rial > limits.phone_rial:
        most = show_toman(limits.phone_rial)
        raise GiverUnknown(field="amount", most=most, way="در «هدیه‌های من» هویت خود را تأیید کنید یا چند بار بدهید")
    if not has_phone and amount_rial > limits.unknown_rial:
        raise GiverUnknown(field="amount", most=show_toman(limits.unknown_rial), way="با شمارهٔ گوشی وارد شوید")
