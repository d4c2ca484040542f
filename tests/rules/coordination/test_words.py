"""Saying no, and the hours in which no phone rings."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sakha.coordination.rules.opting_out import is_opt_out
from sakha.coordination.rules.quiet_hours import is_quiet

TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.mark.parametrize("text", ["لغو", "۱۱", "11", "١١", "لغو۱۱", " لغو ۱۱ ", "لغو.", "«لغو»", "لـغو", "۱۱ لغو"])
def test_every_way_to_say_no_is_heard(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize("text", ["", "سلام", "لغو نکنید لطفاً", "۱۱۱", "بله", "چطور ثبت کنم؟"])
def test_an_ordinary_answer_is_no_refusal(text: str) -> None:
    assert not is_opt_out(text)


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(8, 59, True), (9, 0, False), (19, 59, False), (20, 0, True), (3, 0, True)]
)
def test_no_phone_rings_at_night_in_tehran(hour: int, minute: int, quiet: bool) -> None:
    at = datetime(2026, 11, 22, hour, minute, tzinfo=TEHRAN)

    assert is_quiet(at) is quiet
    assert is_quiet(at.astimezone(ZoneInfo("UTC"))) is quiet


def test_quiet_hours_take_half_of_a_day_and_more() -> None:
    midnight = datetime(2026, 11, 22, tzinfo=TEHRAN)
    quiet_minutes = sum(is_quiet(midnight + timedelta(minutes=minute)) for minute in range(24 * 60))

    assert quiet_minutes == 13 * 60
