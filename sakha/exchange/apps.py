"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Partners, requests, subscriptions, the feed, the outbox."""

    name = "sakha.exchange"
    label = "exchange"
    verbose_name = "تبادل"

    app_privileges: ClassVar[dict[str, str]] = {
        "exchange_partner": "SELECT, INSERT, UPDATE (sender_id, practice, public_keys, reply_origins, changed_at)",
        "exchange_request": "SELECT, INSERT, UPDATE (answer_sealed), DELETE",
        "exchange_subscription": "SELECT, INSERT, UPDATE (ended_at, cursor, person_index, person_sealed)",
        "exchange_webhook": "SELECT, INSERT, UPDATE (ended_at, cursor, secret_sealed)",
        "exchange_event": "SELECT, INSERT",
        "exchange_message": (
            "SELECT, INSERT, UPDATE (state, attempt_count, last_code, next_at, settled_at, body_sealed), DELETE"
        ),
        "exchange_digestkey": "SELECT, INSERT, UPDATE (ended_at, filled_to, renewed_to, key_sealed)",
        "exchange_digest": "SELECT, INSERT, UPDATE (digest), DELETE",
        "exchange_watermark": "SELECT, INSERT, UPDATE (position)",
    }
