"""SP DCI v1: a signed search, answered in the same call or later at our door; and subscribing to events."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sakha.databanks.banks.catalogue import reader_of
from sakha.databanks.banks.http_door import HttpDoor
from sakha.databanks.banks.installation import BankAccess, installation
from sakha.databanks.banks.protocol import BankDeclined, BankForbids, BankSilent, Batch, Outcome
from sakha.databanks.banks.signatures import signed_envelope, verify_envelope
from sakha.databanks.rules.answers import AnswerInvalid, missing_answers
from sakha.databanks.rules.bank import Bank, BankInvalid, DciMode
from sakha.databanks.rules.dci_wire import (
    DciPerson,
    Reader,
    open_envelope,
    read_search_answers,
    require_ack,
    write_search,
    write_subscription,
)
from sakha.vocabulary.dci_words import Correspondents, write_header
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.message_signing import SignatureBad, require_fresh

_FORBIDDING: Final = ("err.request.forbidden", "err.request.unauthorized", "err.sender_id.invalid")
_DECLINING: Final = ("err.request.bad", "rjct.total_count.limit_exceeded", "rjct.total_count.invalid")


class DciBank:
    """A registry that speaks SP DCI."""

    def __init__(self, bank: Bank, access: BankAccess) -> None:
        if bank.dci is None:
            raise BankInvalid(field="dci", bank=bank.name, reason="[dci] is missing")
        self._bank, self._access, self._terms = bank, access, bank.dci
        self._door = HttpDoor(bank, access)

    def close(self) -> None:
        """Give the connections back."""
        self._door.close()

    def ask(self, batch: Batch, *, at: datetime) -> Outcome:
        """Search for the batch. Raises: BankSilent, BankBusy, BankDeclined, BankForbids."""
        people = people_of(batch)
        search = write_search(self._terms, name=batch.name, ground=batch.ground, at=batch.asked_at, people=people)
        told = self._post(self._terms.path, "search", search, count=len(people), at=at)
        try:
            if self._terms.mode is DciMode.ASYNC:
                require_ack(told)
                return Outcome(is_awaited=True)
            message = read_signed(self._access, told, action="on-search", at=at)
            answers = read_search_answers(
                self._bank,
                message,
                name=batch.name,
                people=people,
                today=at.astimezone(TEHRAN).date(),
                reader=find_reader(self._bank),
            )
        except SignatureBad as refusal:
            raise BankSilent(reason=f"{refusal.code} {refusal.reason}") from None
        except AnswerInvalid as refusal:
            raise _ending(refusal) from None
        return Outcome(answers=(*answers, *missing_answers(batch.refs, answers)))

    def subscribe(self, *, name: str, kinds: Sequence[str], at: datetime) -> None:
        """Ask to be told of events. Raises: BankSilent, BankBusy, BankDeclined, BankForbids."""
        events = self._bank.events
        if events is None or not events.path:
            raise BankDeclined(reason="NO_EVENTS")
        message = write_subscription(self._terms, name=name, at=at, kinds=kinds)
        told = self._post(events.path, "subscribe", message, count=len(kinds), at=at)
        try:
            require_ack(told)
        except AnswerInvalid as refusal:
            raise _ending(refusal) from None

    def _post(self, path: str, action: str, message: Mapping[str, Any], *, count: int, at: datetime) -> Any:
        """Each sending is a message of its own; what it is about keeps its name (`transaction_id`)."""
        ours = installation()
        between = Correspondents(
            sender_id=ours.sender_id,
            receiver_id=self._access.sender_id,
            sender_uri=f"{ours.callback_url.rstrip('/')}/{self._bank.name}" if ours.callback_url else "",
        )
        header = write_header(between, action=action, name=secrets.token_hex(16), at=at, count=count)
        envelope = signed_envelope(self._access, header, message, at=at)
        return self._door.post(path, json.dumps(envelope, ensure_ascii=False).encode(), headers={})


def people_of(batch: Batch) -> list[DciPerson]:
    """The people of a batch as the standard's wire names them."""
    return [DciPerson(ref=person.ref, fillings=person.fillings) for person in batch.people]


def find_reader(bank: Bank) -> Reader | None:
    """The bank's own code for its records, where it has any."""
    return reader_of(bank) if bank.calls.reader else None


def read_signed(access: BankAccess, told: Any, *, action: str, at: datetime) -> Mapping[str, Any]:
    """The message of an envelope that is signed by the bank, is fresh, and is what was waited for.

    Raises: SignatureBad, AnswerInvalid.
    """
    verify_envelope(access, told, at=at)
    header, message = open_envelope(told, action=action)
    require_fresh(header.get("message_ts"), at=at)
    return message


def _ending(refusal: AnswerInvalid) -> BankSilent | BankDeclined | BankForbids:
    if refusal.reason in _FORBIDDING:
        return BankForbids(reason=refusal.reason)
    if refusal.reason in _DECLINING:
        return BankDeclined(reason=refusal.reason)
    return BankSilent(reason=f"{refusal.code} {refusal.reason}")
