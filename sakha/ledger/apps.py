"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig

from sakha.access.rules.chain import Stream


class LedgerConfig(AppConfig):
    """Needs, holds and their events. All writing goes through the SQL functions: no table may be changed directly."""

    name = "sakha.ledger"
    label = "ledger"
    verbose_name = "دفتر کمک‌ها"

    app_privileges: ClassVar[dict[str, str]] = {
        "ledger_need": "SELECT",
        "ledger_hold": "SELECT",
        "ledger_event": "SELECT",
        "ledger_join": "SELECT",
        "ledger_receipt": "SELECT",
        "ledger_call_round": "SELECT",
        "ledger_call": "SELECT",
        "ledger_undoing": "SELECT",
    }
    app_functions: ClassVar[tuple[str, ...]] = (
        "ledger_open_needs",
        "ledger_check",
        "ledger_check_many",
        "ledger_check_as",
        "ledger_hold_as",
        "ledger_check_many_as",
        "ledger_hold_many_as",
        "ledger_hold",
        "ledger_hold_many",
        "ledger_settle",
        "ledger_settle_many",
        "ledger_expire",
        "ledger_trail",
        "ledger_verify",
        "ledger_tell_receipts",
        "ledger_answer_receipt",
        "ledger_draw_calls",
        "ledger_record_call",
        "ledger_propose_undoing",
        "ledger_decide_undoing",
    )
    # A receipt shows what came, how much and when; neither to whom nor by whose hand.
    chained_logs: ClassVar[tuple[Stream, ...]] = (
        Stream(
            name="ledger_event/1",
            table="ledger_event",
            shown=("at", "action", "outcome", "hold_id", "kind", "period", "quantity", "worth_rial"),
            hidden=("organisation_id", "user_id", "household_id", "by_identifier", "reason", "province", "county"),
        ),
    )
