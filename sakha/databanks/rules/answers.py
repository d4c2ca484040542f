"""From what a bank sent to facts: every field by its declared type, and nothing where anything doesn't fit.

Decides what an answer about one person says. How it came, and what is done with an error, is decided elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from sakha.databanks.rules.bank import Bank, FactMapping, FactType
from sakha.vocabulary.refusal import Refusal

_WHOLE: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YES_NO: Final = {"true": True, "false": False, "1": True, "0": False}
_TEXT_MAX: Final = 500
_OLDEST_DAY: Final = date(1900, 1, 1)


class AnswerState(StrEnum):
    """How a question about one person ended. What is LATER, FAILED or INVALID is asked again."""

    FOUND = "FOUND"
    ABSENT = "ABSENT"
    LATER = "LATER"
    REFUSED = "REFUSED"
    INVALID = "INVALID"


class AnswerInvalid(Refusal):
    """The answer doesn't fit the mapping document; no part of it is believed. Carries field and reason, no value."""

    code: ClassVar[str] = "ANSWER_INVALID"
    sentence: ClassVar[str] = "پاسخ بانک با شناسنامه‌اش نمی‌خواند ({reason})."

    def __init__(self, *, reason: str, field: str = "") -> None:
        super().__init__(field=field, reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One fact of an answer; without a value it is unknown. `text` only where the fact is a text."""

    fact: str
    value: int | None
    unit: str
    expires_on: date
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAnswer:
    """What became of one question; `ref` is the name that the question had on the wire."""

    ref: str
    state: AnswerState
    observed_on: date | None = None
    found: tuple[Found, ...] = ()
    error_code: str = ""


def answer_found(bank: Bank, *, ref: str, fields: Any, observed_on: Any, today: date) -> BankAnswer:
    """The facts of a record that the bank found; INVALID, without any fact, where something doesn't fit."""
    try:
        day = read_day(observed_on, field="observed_on", today=today)
        found = _read_fields(bank, fields, day, today)
    except AnswerInvalid as refusal:
        return BankAnswer(ref=ref, state=AnswerState.INVALID, error_code=f"{refusal.code} {refusal.reason}"[:100])
    return BankAnswer(ref=ref, state=AnswerState.FOUND, observed_on=day, found=found)


def answer_absent(bank: Bank, *, ref: str, today: date) -> BankAnswer:
    """The bank has no entry: unknown, unless the document says that its list is whole."""
    found = tuple(_fact(fact, fact.when_absent, today) for fact in bank.facts if not fact.is_optional)
    return BankAnswer(ref=ref, state=AnswerState.ABSENT, observed_on=today, found=found)


def read_day(told: Any, *, field: str, today: date) -> date:
    """A day that has come. Some clocks of banks run ahead of ours, by hours."""
    if isinstance(told, str) and _DAY.fullmatch(told):
        try:
            day = date.fromisoformat(told)
        except ValueError:
            raise AnswerInvalid(field=field, reason=f"{field} no day") from None
        if _OLDEST_DAY <= day <= today + timedelta(days=1):
            return day
    raise AnswerInvalid(field=field, reason=f"{field} no day")


def _read_fields(bank: Bank, fields: Any, day: date, today: date) -> tuple[Found, ...]:
    if not isinstance(fields, Mapping):
        raise AnswerInvalid(reason="no fields")
    return tuple(_read_fact(fact, fields, day, today) for fact in bank.facts)


def _read_fact(fact: FactMapping, fields: Mapping[str, Any], day: date, today: date) -> Found:
    if fact.field not in fields:
        if not fact.is_optional:
            raise AnswerInvalid(field=fact.field, reason=f"{fact.field} missing")
        return _fact(fact, None, day)
    told = fields[fact.field]
    if told is None or (isinstance(told, str) and told in fact.unknown_values):
        return _fact(fact, None, day)
    if fact.type is FactType.TEXT:
        return _fact(fact, 1, day, text=_read_text(fact, told))
    return _fact(fact, _read_value(fact, told, today), day)


def _fact(fact: FactMapping, value: int | None, day: date, *, text: str | None = None) -> Found:
    return Found(
        fact=fact.name,
        value=value,
        unit=fact.counted_in,
        expires_on=day + timedelta(days=fact.believed_for),
        text=text,
    )


def _read_value(fact: FactMapping, told: Any, today: date) -> int:
    if fact.type is FactType.YES_NO:
        value = int(told) if isinstance(told, bool) else None
    elif fact.type is FactType.CODE:
        value = fact.values.get(told) if isinstance(told, str) else None
    elif fact.type is FactType.DIGITS:
        fits = isinstance(told, str) and told.isascii() and told.isdigit() and len(told) == fact.length
        value = int(told) if fits else None
    elif fact.type is FactType.DATE:
        # as a number a day stays a whole value
        value = _day_number(fact, told, today)
    else:
        value = told if isinstance(told, int) and not isinstance(told, bool) else None
        if value is not None and not fact.minimum <= value <= fact.maximum:
            raise AnswerInvalid(field=fact.field, reason=f"{fact.field} out of limits")
    if value is None:
        raise AnswerInvalid(field=fact.field, reason=f"{fact.field} no {fact.type.value}")
    return value


def from_cell(fact: FactMapping, cell: str) -> bool | int | str | None:
    """What the text of a file's cell stands for; an empty cell says nothing, and a wrong one stays a text."""
    text = cell.strip()
    if not text:
        return None
    if fact.type is FactType.YES_NO and text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    if fact.type in {FactType.COUNT, FactType.RIAL} and _WHOLE.fullmatch(text):
        return int(text)
    return text


def _day_number(fact: FactMapping, told: Any, today: date) -> int:
    latest = date(2999, 12, 31) if fact.may_lie_ahead else today
    day = read_day(told, field=fact.field, today=latest)
    return int(day.strftime("%Y%m%d"))


def _read_text(fact: FactMapping, told: Any) -> str:
    if not isinstance(told, str) or not told.strip() or len(told) > _TEXT_MAX or "\x00" in told:
        raise AnswerInvalid(field=fact.field, reason=f"{fact.field} no text")
    return told.strip()


def missing_answers(refs: Sequence[str], answers: Sequence[BankAnswer]) -> list[BankAnswer]:
    """What a partial batch left out, to be asked later."""
    told = {answer.ref for answer in answers}
    return [BankAnswer(ref=ref, state=AnswerState.LATER, error_code="LEFT_OUT") for ref in refs if ref not in told]
