"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig

from sakha.access.rules.chain import Stream


class GivingConfig(AppConfig):
    """Gifts, the needs shown to givers, the books. Balances are moved by a trigger; transfers are never changed."""

    name = "sakha.giving"
    label = "giving"
    verbose_name = "نیکوکاری"

    app_privileges: ClassVar[dict[str, str]] = {
        "giving_publishing_leave": "SELECT, INSERT, UPDATE (withdrawn_at, is_own_withdrawal)",
        "giving_listing": "SELECT",
        # What the giver asked for stays as it was: no column of the conditions may be updated.
        "giving_gift": "SELECT, INSERT, UPDATE (state, counted_rial, paid_at)",
        "giving_promise_mark": "SELECT, INSERT, DELETE",
        "giving_donor": "SELECT, INSERT, UPDATE (mobile_index, mobile_sealed)",
        "giving_donor_code": "SELECT, INSERT, DELETE, UPDATE (used_at, wrong_count)",
        "giving_amount_limit": "SELECT",
        "giving_identity_check": (
            "SELECT, INSERT, DELETE, UPDATE (outcome, verified_by, national_id_sealed, birth_sealed)"
        ),
        "giving_payment": "SELECT, INSERT, UPDATE (state, reference, fee_rial, checked_at, settled_at)",
        "giving_draw": "SELECT",
        "giving_balance": "SELECT",
        "giving_transfer": "SELECT, INSERT",
        "giving_pool_policy": (
            "SELECT, INSERT, UPDATE (effect, effect_at, confirmed_by_id, confirmed_at, withdrawal_asked_by_id,"
            " withdrawal_asked_at, withdrawal_reason, withdrawn_by_id, withdrawn_at)"
        ),
        "giving_proposal": "SELECT, INSERT, UPDATE (state, decided_by_id, decided_at, reason)",
        "giving_share": "SELECT, INSERT",
        "giving_share_piece": "SELECT, INSERT",
        # How much and for what stays as it was promised: for something else it is ended and begun anew.
        "giving_sponsorship": "SELECT, INSERT, UPDATE (state, state_at, ended_by, household_id, sign)",
        "giving_sponsored_month": "SELECT, INSERT, UPDATE (reminder_digest, reminded_at)",
        # What is left is moved by functions; what was offered stays.
        "giving_goods_offer": "SELECT, INSERT, UPDATE (withdrawn_at)",
        "giving_goods_taking": "SELECT",
        "giving_refund": (
            "SELECT, INSERT, UPDATE (state, amount_rial, reference, decided_by_id, decided_at, asked_at, sent_at,"
            " is_by_hand, named_at)"
        ),
        "giving_statement_day": "SELECT, INSERT",
        "giving_statement_due": "SELECT, INSERT, DELETE, UPDATE (due_from)",
        "giving_legal_giver": (
            "SELECT, INSERT, UPDATE (state, note, checked_by_id, checked_at, decided_by_id, decided_at, reason,"
            " stopped_by_id, stopped_at, contact_sealed)"
        ),
        "giving_legal_member": "SELECT, INSERT, UPDATE (removed_at, name_sealed, accepted_at)",
        "giving_gateway_case": "SELECT, INSERT, UPDATE (settled_at, settled_by_id, note)",
    }
    app_functions: ClassVar[tuple[str, ...]] = (
        "giving_place",
        "giving_release",
        "giving_see",
        "giving_draw_money",
        "giving_settle_draws",
        "giving_return_taken_back",
        "giving_refresh_listings",
        "giving_verify",
        "giving_household_types",
        "giving_take_share",
        "giving_settle_share",
        "giving_goods_worth",
        "giving_take_goods",
        "giving_settle_goods",
    )
    # A receipt shows the way of each rial of one's own gift; not for which need of whom it was drawn.
    chained_logs: ClassVar[tuple[Stream, ...]] = (
        Stream(
            name="giving_transfer/1",
            table="giving_transfer",
            shown=("at", "gift_id", "from_account", "to_account", "amount_rial"),
            hidden=("key", "draw_id", "reason"),
        ),
    )
