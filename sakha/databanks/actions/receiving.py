"""What banks bring to our door: answers that were promised, subscriptions, events. Proved first, taken once.

A message is written down in the transaction of its effect: both are kept or neither, and a second one changes nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import seal
from sakha.databanks.actions.claims import find_awaited_batch
from sakha.databanks.actions.evidence import Asker, keep_answers
from sakha.databanks.actions.settling import settle_answers
from sakha.databanks.actions.subjects import settle_subjects
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.banks.dci_bank import find_reader, people_of
from sakha.databanks.banks.installation import BankAccess, installation
from sakha.databanks.banks.signatures import verify_body, verify_envelope
from sakha.databanks.rules import EvidenceToRecord, subject_indexes
from sakha.databanks.rules.answers import AnswerInvalid
from sakha.databanks.rules.bank import Bank, LifeEventKind
from sakha.databanks.rules.dci_wire import Fields, open_envelope, read_search_answers, transaction_of
from sakha.databanks.rules.events import ToldEvent, read_notified_event, read_webhook_event
from sakha.databanks.rules.evidence import BankUnknown
from sakha.databanks.rules.grounds import Purpose
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.message_signing import require_fresh

_log = structlog.get_logger()

_TAKE: Final = """
    INSERT INTO databanks_bank_message (bank, message_name, received_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_EVENT: Final = """
    INSERT INTO databanks_life_event (bank, event_name, kind, subject_id, happened_on, told_sealed, received_at, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 'RECEIVED') ON CONFLICT DO NOTHING
"""
_CONFIRM: Final = """
    UPDATE databanks_subscription SET code = %s, confirmed_at = %s, refused_code = ''
     WHERE bank = %s AND transaction_name = %s AND kind = %s
"""
_REFUSE: Final = """
    UPDATE databanks_subscription SET refused_code = %s WHERE bank = %s AND transaction_name = %s AND kind = %s
"""
_CODE_LENGTH: Final = 99
_WEBHOOK: Final = "webhook "


def receive_envelope(*, at: datetime, bank: str, action: str, told: Any) -> bool:
    """Take a DCI message; False where it was taken before.

    Raises: BankUnknown, SignatureBad, AnswerInvalid.
    """
    known, access = _reached(bank)
    verify_envelope(access, told, at=at)
    header, message = open_envelope(told, action=action)
    require_fresh(header.get("message_ts"), at=at)
    with acting(SYSTEM):
        if not _is_new(known, str(header["message_id"]), at):
            return False
        if action == "on-search":
            _take_answers(known, message, at)
        elif action == "on-subscribe":
            _take_subscriptions(known, message, at)
        else:
            _take_events(known, message, at)
    return True


def receive_webhook(*, at: datetime, bank: str, signature: str, body: bytes) -> bool:
    """Take an event that came as plain JSON; False where it was taken before.

    Raises: BankUnknown, SignatureBad, AnswerInvalid.
    """
    known, access = _reached(bank)
    verify_body(access, signature, body, at=at)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise AnswerInvalid(reason="no JSON") from None
    require_fresh(told.get("sent_at") if isinstance(told, Mapping) else None, at=at)
    event = read_webhook_event(known, told, today=at.astimezone(TEHRAN).date())
    with acting(SYSTEM):
        if not _is_new(known, f"{_WEBHOOK}{event.name}"[:_CODE_LENGTH], at):
            return False
        _keep_event(known, event, at)
    return True


def _reached(name: str) -> tuple[Bank, BankAccess]:
    access = installation().banks.get(name)
    if access is None:
        raise BankUnknown(field="bank", bank=name)
    return get_bank(name), access


def _is_new(bank: Bank, message_name: str, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [bank.name, message_name, at])
        return bool(cursor.rowcount)


def _take_answers(bank: Bank, message: Fields, at: datetime) -> None:
    """Answers to questions that nobody waits for any more change nothing."""
    transaction_name = transaction_of(message)
    batch = find_awaited_batch(bank, name=transaction_name.partition("-")[0])
    items = message.get("search_response")
    if not isinstance(items, list):
        raise AnswerInvalid(reason="no search_response")
    if batch is None:
        return
    waiting = set(batch.refs)
    still = [one for one in items if isinstance(one, Mapping) and one.get("reference_id") in waiting]
    answers = read_search_answers(
        bank,
        {**message, "search_response": still},
        name=transaction_name,
        people=people_of(batch),
        today=at.astimezone(TEHRAN).date(),
        reader=find_reader(bank),
    )
    settled = settle_answers(bank, batch.name, answers, at=at, started_at=batch.asked_at)
    _log.info("answers_received", bank=bank.name, answered_count=settled.answered_count)


def _take_subscriptions(bank: Bank, message: Fields, at: datetime) -> None:
    transaction_name, items = transaction_of(message), message.get("subscribe_response")
    if not isinstance(items, list):
        raise AnswerInvalid(reason="no subscribe_response")
    with connection.cursor() as cursor:
        for item in items:
            if not isinstance(item, Mapping) or not isinstance(item.get("reference_id"), str):
                raise AnswerInvalid(reason="no reference_id")
            kinds = {} if bank.events is None else bank.events.kinds
            kind = kinds.get(item["reference_id"])
            place = [bank.name, transaction_name, None if kind is None else kind.value]
            if item.get("status") == "succ":
                cursor.execute(_CONFIRM, [_subscription_code(item), at, *place])
            else:
                cursor.execute(_REFUSE, [str(item.get("status_reason_code") or "rjct")[:100], *place])


def _subscription_code(item: Fields) -> str:
    lines = item.get("subscriptions")
    first = lines[0] if isinstance(lines, list) and lines else {}
    code = first.get("code") if isinstance(first, Mapping) else None
    return str(code)[:_CODE_LENGTH] if isinstance(code, str) else ""


def _take_events(bank: Bank, message: Fields, at: datetime) -> None:
    items, today = message.get("notify_event"), at.astimezone(TEHRAN).date()
    if not isinstance(items, list) or not items:
        raise AnswerInvalid(reason="no notify_event")
    for event in [read_notified_event(bank, item, today=today) for item in items]:
        _keep_event(bank, event, at)


def _keep_event(bank: Bank, event: ToldEvent, at: datetime) -> None:
    subject = settle_subjects([event.identifier])[event.identifier]
    sealed = seal(key_ring(), event.to_text())
    with connection.cursor() as cursor:
        cursor.execute(_EVENT, [bank.name, event.name, event.kind.value, subject, event.happened_on, sealed, at])
        if not cursor.rowcount:
            return
    if event.kind is LifeEventKind.DEATH:
        _keep_death(bank, event, at)
    _log.info("life_event_received", bank=bank.name, kind=event.kind.value)


def _keep_death(bank: Bank, event: ToldEvent, at: datetime) -> None:
    """A death is evidence like any other: the household sees who said so, and can say that it is wrong."""
    index = subject_indexes(key_ring(), [event.identifier])[0]
    values = {
        "IS_ALIVE": (0, "yes/no"),
        "DIED_ON": (int(event.happened_on.strftime("%Y%m%d")), "date"),
    }
    known = {fact.name for fact in bank.facts}
    evidence = [
        EvidenceToRecord(
            subject_index=index,
            subject_sealed=seal(key_ring(), event.identifier),
            fact=fact,
            value=value,
            unit=unit,
            source=bank.source_name,
            observed_on=at.astimezone(TEHRAN).date(),
        )
        for fact, (value, unit) in values.items()
        if fact in known
    ]
    asker = Asker(user_id=None, purpose=Purpose.LIFE_EVENT.value)
    keep_answers(at=at, answers=[(one, asker) for one in evidence])
