"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    """Coverage, the search for the uncovered, invitations."""

    name = "sakha.coordination"
    label = "coordination"
    verbose_name = "هماهنگی"

    app_privileges: ClassVar[dict[str, str]] = {
        "coordination_coverage": "SELECT, INSERT, UPDATE",
        "coordination_coverage_list": "SELECT, INSERT",
        "coordination_candidate": "SELECT, INSERT, UPDATE",
        "coordination_campaign": "SELECT, INSERT, UPDATE (state, state_at, next_wave_on)",
        "coordination_invitation": "SELECT, INSERT, UPDATE",
        # A no is never taken back by us. Keys are renewed, so index and seal can.
        "coordination_opt_out": "SELECT, INSERT, UPDATE (mobile_index, mobile_sealed)",
        "coordination_message": "SELECT, INSERT, UPDATE (number_sealed, text_sealed)",
        "coordination_sign_in_code": "SELECT, INSERT, UPDATE (text_sealed, sent_at, used_at, wrong_count)",
        "coordination_notice": "SELECT, INSERT, UPDATE",
        "coordination_inbound": "SELECT, INSERT, DELETE",
        "coordination_early_report": "SELECT, INSERT, DELETE",
        "coordination_search": "SELECT, INSERT",
        "coordination_personal_ask": "SELECT, INSERT, UPDATE",
        "coordination_knock": "SELECT, INSERT, DELETE",
        "coordination_registration": "SELECT, INSERT, UPDATE",
        "coordination_grievance": "SELECT, INSERT, UPDATE",
        "coordination_grievance_entry": "SELECT, INSERT, UPDATE (note_sealed)",
        "coordination_introduction": "SELECT, INSERT, UPDATE",
        "coordination_offer": "SELECT, INSERT, UPDATE",
        "coordination_introduction_consent": "SELECT, INSERT, UPDATE (withdrawn_at)",
        "coordination_introduction_event": "SELECT",
        "coordination_service": "SELECT, INSERT, UPDATE",
    }
    app_functions: ClassVar[tuple[str, ...]] = ("coordination_analyse_invited", "coordination_analyse_introduced")
