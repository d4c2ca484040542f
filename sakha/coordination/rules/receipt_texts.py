"""What is written to a household about a delivery, and how its answer reads: «رسید ۱۲۳۴» or «نرسید ۱۲۳۴»."""

import re
from typing import Final

from sakha.vocabulary.digits import fold_digits, persian_digits
from sakha.vocabulary.persian_text import match_key

_ANSWER: Final = re.compile(r"^(نرسید|رسید)\D{0,3}(\d{4})$")


def write_receipt_notice(code: int) -> str:
    """Ask whether it arrived; whoever else holds the phone doesn't learn what."""
    digits = persian_digits(code)
    return f"سخا: تحویلی به نام خانوار شما ثبت شد. اگر رسید بفرستید: رسید {digits}\nاگر نه: نرسید {digits}"


def read_receipt_answer(text: str) -> tuple[bool, int] | None:
    """Whether it arrived, and which code; None where the text says something else."""
    found = _ANSWER.match(match_key(fold_digits(text)).strip())
    return None if found is None else (found[1] == "رسید", int(found[2]))
