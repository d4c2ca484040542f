"""Reads of the ledger: needs of a household, holds of one's organisation, the trail of aid, receipts and calls."""

from sakha.ledger.queries.needs import (
    aid_trail,
    current_periods,
    get_hold,
    holds_before,
    holds_of_organisation,
    need_line,
    needs_of_household,
    six_months_matrix,
)
from sakha.ledger.queries.receipts import (
    CallLine,
    CallRoundCard,
    Delivery,
    call_rounds,
    calls_of_round,
    delivered_by_organisation,
    find_delivery_by_code,
    get_call_round,
    get_delivery,
    receipts_of_household,
)
from sakha.ledger.queries.undoing import UndoingLine, find_undoing, waiting_undoings

__all__ = [
    "CallLine",
    "CallRoundCard",
    "Delivery",
    "UndoingLine",
    "aid_trail",
    "call_rounds",
    "calls_of_round",
    "current_periods",
    "delivered_by_organisation",
    "find_delivery_by_code",
    "find_undoing",
    "get_call_round",
    "get_delivery",
    "get_hold",
    "holds_before",
    "holds_of_organisation",
    "need_line",
    "needs_of_household",
    "receipts_of_household",
    "six_months_matrix",
    "waiting_undoings",
]
