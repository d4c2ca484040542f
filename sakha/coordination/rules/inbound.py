"""What an inbound text wants: a no, where one's file stands, or what we can't read. Decides by words alone."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.opting_out import is_opt_out
from sakha.coordination.rules.receipt_texts import read_receipt_answer
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.persian_text import match_key


class InboundMeaning(StrEnum):
    """What somebody wanted who wrote to us."""

    OPT_OUT = "OPT_OUT"
    STATUS = "STATUS"
    # «رسید ۱۲۳۴», or that it did not.
    RECEIPT = "RECEIPT"
    OTHER = "OTHER"


# Each with and without the mark of a question; «۲» for phones on which Persian is hard to type.
_STATUS: Final = frozenset({"وضعیت", "وضعیت من", "وضعیت پرونده", "پرونده", "2", "status"})
_MARKS: Final = "؟?!.،"
# Answers cost money and may be asked for by machines: so many a phone and day.
ANSWERS_A_DAY: Final = {NoticeKind.STATUS: 3, NoticeKind.HELP: 1}
ANSWER_DAY: Final = timedelta(days=1)


def meaning_of(text: str) -> InboundMeaning:
    """Read a text as whole; a longer one that merely holds a word of ours is none of them."""
    if is_opt_out(text):
        return InboundMeaning.OPT_OUT
    if match_key(fold_digits(text.strip().rstrip(_MARKS))) in {match_key(word) for word in _STATUS}:
        return InboundMeaning.STATUS
    if read_receipt_answer(text) is not None:
        return InboundMeaning.RECEIPT
    return InboundMeaning.OTHER
