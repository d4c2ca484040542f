"""A question that somebody asks a bank about themselves and waits for, outside any household and any queue.

Nothing of the person is kept here: neither a subject nor evidence, only that a bank was asked of somebody, on which
ground, and how the bank did. What follows from the answer is decided, and kept, by whoever asks.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.databanks.actions.exchanges import Exchange, note_exchange
from sakha.databanks.banks.breaker import BankPacing
from sakha.databanks.banks.calling import Caller, open_connector, reason_of
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.banks.installation import installation
from sakha.databanks.banks.protocol import AskedPerson, BankBusy, BankSilent, Batch, Outcome
from sakha.databanks.rules.answers import AnswerState
from sakha.databanks.rules.bank import Bank, Filling
from sakha.databanks.rules.evidence import BankUnknown
from sakha.databanks.rules.grounds import Ground, Purpose, PurposeMissing
from sakha.vocabulary.refusal import Refusal

# Somebody sits before the page: a bank's line that is longer than this is for the queue's people.
PATIENCE_SECONDS: Final = 3.0
_REF: Final = "1"
_LOG: Final = """
    INSERT INTO databanks_inquiry (banks, purpose, level, decision, asked_by_id, organisation_id, asked_at,
                                   refused_code, person_count)
    VALUES (%(banks)s, %(purpose)s, %(level)s, %(decision)s, %(user)s, %(organisation)s, %(at)s, '', 1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonConfirmed:
    """What a bank said of one person: its facts by name, without a value where the bank doesn't know."""

    bank: str
    facts: Mapping[str, int | None] = field(repr=False)


def confirm_person(
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    bank: str,
    fillings: Mapping[Filling, str],
) -> PersonConfirmed | None:
    """Ask a bank about one person, once, on the standing ground; None where this installation doesn't reach it.

    Raises: PermissionMissing, PurposeMissing, PurposeNotAllowed, LegalLevelTooLow, and the endings of a call
        (BankSilent, BankBusy, BankResting, BankDeclined, BankForbids).
    """
    actor.require(Permission.INVITE)
    try:
        connector = open_connector(bank)
    except BankUnknown:
        return None
    try:
        known = _asked_once(get_bank(bank))
        ground = _ground_for(known)
        batch = Batch(
            bank=known,
            name=secrets.token_hex(16),
            ground=ground,
            asked_at=clock(),
            people=(AskedPerson(ref=_REF, fillings={one: fillings[one] for one in _told_to(known, fillings)}),),
        )
        _write_down(actor, batch)
        patient = _within_patience(pause)
        caller = Caller(bank=known, connector=connector, pacing=BankPacing(known), clock=clock, pause=patient)
        return PersonConfirmed(bank=bank, facts=_facts_of(_call(caller, batch)))
    finally:
        connector.close()


def _asked_once(bank: Bank) -> Bank:
    return bank.model_copy(update={"calls": bank.calls.model_copy(update={"attempts": 1})})


def _ground_for(bank: Bank) -> Ground:
    ground = installation().ground_for(Purpose.IDENTITY_CHECK)
    if ground is None:
        raise PurposeMissing(field="purpose")
    ground.require_for(label=bank.label, level=bank.level, purposes=bank.purposes)
    return ground


def _told_to(bank: Bank, fillings: Mapping[Filling, str]) -> list[Filling]:
    """No more than the bank needs, and what its answer is compared with."""
    return [one for one in fillings if one in bank.needs or one in bank.compares]


def _write_down(actor: Actor, batch: Batch) -> None:
    ground = batch.ground
    facts: dict[str, Any] = {
        "banks": [batch.bank.name],
        "purpose": str(ground.purpose),
        "level": ground.level,
        "decision": ground.decision,
        "user": actor.user_id,
        "organisation": actor.organisation_id,
        "at": batch.asked_at,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOG, facts)


def _within_patience(pause: Callable[[float], None]) -> Callable[[float], None]:
    def wait(seconds: float) -> None:
        if seconds > PATIENCE_SECONDS:
            raise BankBusy(reason="NO_PATIENCE", wait_seconds=seconds)
        pause(seconds)

    return wait


def _call(caller: Caller, batch: Batch) -> Outcome:
    try:
        outcome = caller.call(batch)
    except Refusal as refusal:
        _note(caller, batch, answered_count=0, error_code=reason_of(refusal))
        raise
    answers = outcome.answers
    is_answered = bool(answers) and answers[0].state in {AnswerState.FOUND, AnswerState.ABSENT}
    error_code = "" if is_answered else (answers[0].error_code if answers else "NO_ANSWER") or answers[0].state.value
    _note(caller, batch, answered_count=int(is_answered), error_code=error_code)
    if not is_answered:
        raise BankSilent(reason=error_code)
    return outcome


def _note(caller: Caller, batch: Batch, *, answered_count: int, error_code: str) -> None:
    exchange = Exchange(
        bank=batch.bank.name,
        claim=batch.name,
        started_at=batch.asked_at,
        question_count=1,
        answered_count=answered_count,
        error_code=error_code,
    )
    with acting(SYSTEM), connection.cursor() as cursor:
        note_exchange(cursor, exchange, at=caller.clock())


def _facts_of(outcome: Outcome) -> dict[str, int | None]:
    return {found.fact: found.value for found in outcome.answers[0].found}
