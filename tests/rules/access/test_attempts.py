"""The lock of the sign-in: how many failures, how long, and who is meant."""

from datetime import UTC, datetime, timedelta

import pytest

from sakha.access.rules.attempts import ADDRESS_LIMIT, USERNAME_LIMIT, WINDOW, Failures, minutes_locked

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def failures(*, of_username: int = 0, of_address: int = 0, ago: timedelta = timedelta(minutes=1)) -> Failures:
    return Failures(of_username=[AT - ago] * of_username, of_address=[AT - ago] * of_address)


@pytest.mark.parametrize(
    ("found", "minutes"),
    [
        (failures(), 0),
        (failures(of_username=USERNAME_LIMIT - 1, of_address=ADDRESS_LIMIT - 1), 0),
        (failures(of_username=USERNAME_LIMIT), 14),
        (failures(of_address=ADDRESS_LIMIT), 14),
        (failures(of_username=USERNAME_LIMIT, ago=timedelta(0)), 15),
        (failures(of_username=USERNAME_LIMIT, ago=WINDOW - timedelta(seconds=1)), 1),
        (failures(of_username=USERNAME_LIMIT, ago=WINDOW), 0),
    ],
)
def test_the_lock_lasts_until_the_failures_leave_the_window(found: Failures, minutes: int) -> None:
    assert minutes_locked(found, at=AT) == minutes


def test_the_lock_opens_when_the_oldest_of_the_last_failures_has_left() -> None:
    moments = [AT - timedelta(minutes=minute) for minute in (1, 2, 3, 4, 10, 14)]
    assert minutes_locked(Failures(of_username=moments, of_address=[]), at=AT) == 5
