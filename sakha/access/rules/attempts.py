"""When sign-in closes for a while: counted by username and by address, over the last minutes.

Decides the limits and the minutes left; the counting is done in one statement by `access.actions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

WINDOW: Final = timedelta(minutes=15)
# NIST SP 800-63B section 5.2.2 allows at most 100 failures in a row; five in fifteen minutes is 480 a day, spread
# over a lock that the owner of the name can wait out.
USERNAME_LIMIT: Final = 5
# Offices and whole mobile operators sit behind one address: successes are taken off, and the limit is wider.
ADDRESS_LIMIT: Final = 30


class SignInRefused(Refusal):
    """One answer for an unknown name, a wrong password and a closed account."""

    code: ClassVar[str] = "SIGN_IN_REFUSED"
    sentence: ClassVar[str] = "نام کاربری یا گذرواژه درست نیست."


class SignInLocked(Refusal):
    """Too many failures; the sentence says when to come back."""

    code: ClassVar[str] = "SIGN_IN_LOCKED"
    sentence: ClassVar[str] = (
        "چند بار پشت سر هم گذرواژهٔ نادرست وارد شده است. برای امنیت حساب، {minutes} دقیقهٔ دیگر دوباره تلاش کنید."
    )


@dataclass(frozen=True, slots=True)
class Failures:
    """Moments of the failures that count, newest first."""

    of_username: Sequence[datetime]
    of_address: Sequence[datetime]


def minutes_locked(failures: Failures, *, at: datetime) -> int:
    """Whole minutes until the next attempt is let in; 0 when it is let in now."""
    return max(
        _minutes(failures.of_username, USERNAME_LIMIT, at),
        _minutes(failures.of_address, ADDRESS_LIMIT, at),
    )


def _minutes(moments: Sequence[datetime], limit: int, at: datetime) -> int:
    counted = [moment for moment in moments if moment > at - WINDOW]
    if len(counted) < limit:
        return 0
    # The lock opens when the oldest of the last `limit` failures has left the window.
    opens_at = sorted(counted, reverse=True)[limit - 1] + WINDOW
    return max(1, ceil((opens_at - at) / timedelta(minutes=1)))
