"""What every way to a bank takes and gives, in words that no transport owns.

Decides the ways in which a call can end; what follows from each is decided by `calling` and by the actions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from sakha.databanks.rules.answers import BankAnswer
from sakha.databanks.rules.bank import Bank, Filling
from sakha.databanks.rules.grounds import Ground
from sakha.vocabulary.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPerson:
    """Somebody in a batch. `ref` is the name on the wire: it tells nothing of the person."""

    ref: str
    fillings: Mapping[Filling, str] = field(repr=False)

    @property
    def identifier(self) -> str:
        """The national ID or foreigner's code."""
        return self.fillings[Filling.IDENTIFIER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is put to a bank at once, on one ground. Sent again, it has the same name."""

    bank: Bank
    name: str
    ground: Ground
    asked_at: datetime
    people: tuple[AskedPerson, ...]

    @property
    def refs(self) -> list[str]:
        """The people's names on the wire."""
        return [person.ref for person in self.people]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answers, or that they will come to our door."""

    answers: tuple[BankAnswer, ...] = ()
    is_awaited: bool = False


class _Ending(Refusal):
    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class BankSilent(_Ending):
    """No answer, or none that can be read: tried again, and counted against the bank."""

    code: ClassVar[str] = "BANK_SILENT"
    sentence: ClassVar[str] = "بانک داده پاسخ خوانا نداد ({reason})."


class BankBusy(_Ending):
    """The bank wants fewer questions: waited for, and not counted against it."""

    code: ClassVar[str] = "BANK_BUSY"
    sentence: ClassVar[str] = "بانک داده پرسش کمتری می‌خواهد."

    def __init__(self, *, reason: str, wait_seconds: float) -> None:
        super().__init__(reason=reason)
        self.wait_seconds = wait_seconds


class BankDeclined(_Ending):
    """The bank can't take this batch; a smaller one it may."""

    code: ClassVar[str] = "BANK_DECLINED"
    sentence: ClassVar[str] = "بانک داده این دسته را نپذیرفت ({reason})."


class BankForbids(_Ending):
    """The bank does not answer on this ground."""

    code: ClassVar[str] = "BANK_FORBIDS"
    sentence: ClassVar[str] = "بانک داده بر این مبنا پاسخ نمی‌دهد ({reason})."


class BankResting(_Ending):
    """The bank failed too often and is left alone for a while."""

    code: ClassVar[str] = "BANK_RESTING"
    sentence: ClassVar[str] = "بانک داده چند بار پاسخ نداد و کمی بعد دوباره از آن پرسیده می‌شود."


class Connector(Protocol):
    """One way to one bank. Not shared between threads."""

    def ask(self, batch: Batch, *, at: datetime) -> Outcome:
        """Put the batch to the bank, once.

        Raises: BankSilent, BankBusy, BankDeclined, BankForbids.
        """

    def close(self) -> None:
        """Give the connections back."""


def cut(batch: Batch, people: Sequence[AskedPerson], name: str) -> Batch:
    """A part of a batch, under a name of its own."""
    return Batch(bank=batch.bank, name=name, ground=batch.ground, asked_at=batch.asked_at, people=tuple(people))
