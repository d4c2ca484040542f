"""Proofs of what came to a household: that its delivery stands in the closed blocks of the ledger's log."""

from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.queries.chain import prove_rows
from sakha.access.rules import SYSTEM
from sakha.access.rules.proofs import Proof
from sakha.ledger.rules.states import LedgerAction, Outcome

STREAM: Final = "ledger_event/1"
# By household, as the events' index is; an event keeps the household that was joined into this one since.
_DELIVERIES: Final = """
    SELECT e.id FROM ledger_event e JOIN ledger_hold h ON h.id = e.hold_id
     WHERE h.id = %(hold)s AND h.household_id = %(household)s AND e.action = %(deliver)s AND e.outcome = %(done)s
       AND e.household_id IN (SELECT %(household)s::bigint UNION ALL
                              SELECT j.gone_household_id FROM ledger_join j WHERE j.household_id = %(household)s)
     ORDER BY e.id
"""


def prove_delivery(*, household_id: int, hold_id: int) -> tuple[Proof, ...]:
    """The proof of a household's own delivery; nothing before the day is closed, and nothing of another's.

    Raises:
        LogBrokenError: the log no longer leads to its root.
    """
    values = {
        "hold": hold_id,
        "household": household_id,
        "deliver": LedgerAction.DELIVER.value,
        "done": Outcome.DONE.value,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DELIVERIES, values)
        ids = [row[0] for row in cursor.fetchall()]
        return prove_rows(stream=STREAM, row_ids=ids)
