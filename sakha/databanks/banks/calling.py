"""One batch to one bank: at its rate, through its breaker, tried again with jitter, halved where it is too much.

Decides what may be tried again at once. What remains unanswered is the queue's matter.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pybreaker
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from sakha.databanks.banks.breaker import BankPacing
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.banks.dci_bank import DciBank
from sakha.databanks.banks.installation import installation
from sakha.databanks.banks.json_bank import JsonBank
from sakha.databanks.banks.protocol import (
    BankBusy,
    BankDeclined,
    BankResting,
    BankSilent,
    Batch,
    Connector,
    Outcome,
    cut,
)
from sakha.databanks.rules.answers import AnswerState, BankAnswer
from sakha.databanks.rules.bank import Bank, Transport
from sakha.databanks.rules.evidence import BankUnknown
from sakha.vocabulary.refusal import Refusal

_PAUSE_SECONDS_MAX = 20.0


def open_connector(name: str) -> Connector:
    """The way to a bank that this installation reaches. Raises: BankUnknown."""
    bank, access = get_bank(name), installation().banks.get(name)
    if access is None or not bank.is_asked:
        raise BankUnknown(field="bank", bank=name)
    return DciBank(bank, access) if bank.transport is Transport.DCI else JsonBank(bank, access)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A connector with the bank's breaker and rate around it."""

    bank: Bank
    connector: Connector
    pacing: BankPacing
    clock: Callable[[], datetime]
    pause: Callable[[float], None]

    def call(self, batch: Batch) -> Outcome:
        """Ask until answered, or until trying again is the queue's matter.

        Raises: BankSilent, BankBusy, BankResting, and BankForbids of the connector.
        """
        try:
            return self._try(batch)
        except BankDeclined as refusal:
            if len(batch.people) == 1:
                refused = BankAnswer(ref=batch.refs[0], state=AnswerState.REFUSED, error_code=refusal.reason[:100])
                return Outcome(answers=(refused,))
        return self._call_halves(batch)

    def _call_halves(self, batch: Batch) -> Outcome:
        """Once the first half is answered, a failure of the second must not make the first look unanswered."""
        half = len(batch.people) // 2
        first = self.call(cut(batch, batch.people[:half], _part_name(batch, 0)))
        try:
            second = self.call(cut(batch, batch.people[half:], _part_name(batch, 1)))
        except (BankSilent, BankBusy, BankResting) as refusal:
            left = [
                BankAnswer(ref=person.ref, state=AnswerState.LATER, error_code=refusal.reason[:100])
                for person in batch.people[half:]
            ]
            return Outcome(answers=(*first.answers, *left), is_awaited=first.is_awaited)
        return Outcome(answers=first.answers + second.answers, is_awaited=first.is_awaited or second.is_awaited)

    def _try(self, batch: Batch) -> Outcome:
        attempts = Retrying(
            stop=stop_after_attempt(self.bank.calls.attempts),
            wait=_wait,
            retry=retry_if_exception_type((BankSilent, BankBusy)),
            sleep=self.pause,
            reraise=True,
        )
        try:
            return attempts(self._ask_once, batch)
        except pybreaker.CircuitBreakerError:
            raise BankResting(reason="BANK_RESTING") from None

    def _ask_once(self, batch: Batch) -> Outcome:
        self.pacing.wait_for_slot(clock=self.clock, pause=self.pause)
        return self.pacing.breaker.call(lambda: self.connector.ask(batch, at=self.clock()))


_JITTER = wait_random_exponential(multiplier=0.5, max=_PAUSE_SECONDS_MAX)


def _wait(state: RetryCallState) -> float:
    """As long as the bank says, else a random time that grows with each attempt."""
    error = state.outcome.exception() if state.outcome else None
    return error.wait_seconds if isinstance(error, BankBusy) else _JITTER(state)


def _part_name(batch: Batch, part: int) -> str:
    """Sent again, a half has the same name as before; one that is answered later names its batch."""
    if batch.bank.transport is Transport.DCI:
        return f"{batch.name}-{part}"
    return hashlib.sha256(f"{batch.name}/{part}".encode()).hexdigest()[:32]


def reason_of(refusal: Refusal) -> str:
    """What is written down of an ending: the bank's word or ours, never a value."""
    return str(getattr(refusal, "reason", refusal.code))[:100]
