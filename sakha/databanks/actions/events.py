"""Subscribing to life events, and writing down what became of each."""

import secrets
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.banks.dci_bank import DciBank
from sakha.databanks.banks.installation import installation
from sakha.databanks.rules.bank import EventWay
from sakha.databanks.rules.evidence import BankUnknown
from sakha.databanks.rules.states import EventState

_ASK: Final = """
    INSERT INTO databanks_subscription (bank, kind, transaction_name, asked_at)
    SELECT %s, kind, %s, %s FROM unnest(%s::text[]) AS one(kind)
    ON CONFLICT (bank, kind) DO UPDATE SET transaction_name = excluded.transaction_name, asked_at = excluded.asked_at
"""
_CONFIRMED: Final = """
    SELECT kind FROM databanks_subscription WHERE bank = %s AND confirmed_at IS NOT NULL
"""
_SETTLE: Final = """
    UPDATE databanks_life_event SET state = %s, settled_at = %s, outcome = %s, household_id = %s
     WHERE id = %s AND state = 'RECEIVED'
"""


def subscribe_to_events(*, actor: Actor, at: datetime, bank: str) -> tuple[str, ...]:
    """Ask a bank to tell us of the events it knows; tells which are asked for. Confirmed ones are not asked again.

    Raises: PermissionMissing, BankUnknown, BankSilent, BankBusy, BankDeclined, BankForbids.
    """
    actor.require(Permission.INVITE)
    known, access = get_bank(bank), installation().banks.get(bank)
    if access is None or known.events is None or known.events.way is not EventWay.DCI:
        raise BankUnknown(field="bank", bank=bank)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CONFIRMED, [bank])
        confirmed = {row[0] for row in cursor.fetchall()}
    wanted = {word: kind for word, kind in known.events.kinds.items() if kind.value not in confirmed}
    if not wanted:
        return ()
    name, connector = secrets.token_hex(16), DciBank(known, access)
    # written before it is asked: the confirmation may come to our door before the receipt does
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ASK, [bank, name, at, [kind.value for kind in wanted.values()]])
    try:
        connector.subscribe(name=name, kinds=list(wanted), at=at)
    finally:
        connector.close()
    return tuple(kind.value for kind in wanted.values())


def settle_event(
    *, actor: Actor, at: datetime, event_id: int, state: EventState, outcome: str, household_id: int | None = None
) -> bool:
    """Write down what became of an event; False where another worker has done so."""
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SETTLE, [state.value, at, outcome, household_id, event_id])
        return bool(cursor.rowcount)
