"""The room's entry in Django and what the application's role may do with its table."""

from typing import ClassVar

from django.apps import AppConfig


class DatabanksConfig(AppConfig):
    """Evidence of the national data banks."""

    name = "sakha.databanks"
    label = "databanks"
    verbose_name = "بانک‌های داده"

    app_privileges: ClassVar[dict[str, str]] = {
        # What was answered can't be changed. Keys are renewed, so index and seals can.
        "databanks_evidence": "SELECT, INSERT, UPDATE (subject_index, subject_sealed, text_sealed)",
        "databanks_subject": "SELECT, INSERT, UPDATE",
        # Who asked stays written for ever.
        "databanks_inquiry": "SELECT, INSERT",
        "databanks_question": "SELECT, INSERT, UPDATE",
        "databanks_bank_state": "SELECT, INSERT, UPDATE",
        "databanks_exchange": "SELECT, INSERT",
        "databanks_case": "SELECT, INSERT, UPDATE",
        "databanks_case_step": "SELECT, INSERT, UPDATE (words_sealed, proof_sealed)",
        "databanks_life_event": "SELECT, INSERT, UPDATE",
        "databanks_bank_message": "SELECT, INSERT",
        "databanks_subscription": "SELECT, INSERT, UPDATE",
    }
    app_functions: ClassVar[tuple[str, ...]] = ()
