"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig

from sakha.access.rules.chain import Stream


class AccessConfig(AppConfig):
    """Organisations, users, the access log and the scope of every transaction."""

    name = "sakha.access"
    label = "access"
    verbose_name = "دسترسی"

    app_privileges: ClassVar[dict[str, str]] = {
        "access_house": "SELECT, INSERT",
        "access_organisation": "SELECT, INSERT, UPDATE",
        # Nobody's role or organisation can be changed by the running application, not even by a stolen one.
        "access_user": "SELECT, INSERT, UPDATE (password, is_active, display_name)",
        "access_entry": "SELECT, INSERT",
        "access_opened_file": "SELECT, INSERT, UPDATE (closed_at)",
        "access_sign_in_attempt": "SELECT, INSERT",
        # Whose a client is, and whether it is a sandbox, is told once.
        "access_client": "SELECT, INSERT, UPDATE (name, status, suspended_at, level, minute_limit, day_limit)",
        "access_client_key": "SELECT, INSERT, UPDATE (revoked_at)",
        "access_client_use": "SELECT, INSERT, UPDATE (request_count), DELETE",
        "access_client_answer": "SELECT, INSERT, UPDATE (status, body), DELETE",
        "access_block": "SELECT, INSERT",
        # Sealed anew when keys are renewed; that it is the same secret is seen by its digest in the block.
        "access_block_secret": "SELECT, INSERT, UPDATE (secret_sealed)",
        "access_block_part": "SELECT, INSERT",
    }
    app_functions: ClassVar[tuple[str, ...]] = (
        "access_scope",
        "access_organisation_id",
        "access_user_id",
        "access_province",
        "access_county",
        "access_is_system",
        "access_sees_area",
        "access_household_id",
    )
    chained_logs: ClassVar[tuple[Stream, ...]] = (
        Stream(
            name="access_entry/1",
            table="access_entry",
            shown=("at", "action", "person_count"),
            hidden=("user_id", "organisation_id", "province", "county", "household_id", "purpose"),
        ),
    )
