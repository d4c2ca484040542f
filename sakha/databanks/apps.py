"""The room's entry in Django and what the application's role may do with its table."""

from typing import ClassVar

from django.apps import AppConfig


class DatabanksConfig(AppConfig):
    """Evidence of the national data banks."""

    name = "sakha.databanks"
    label = "databanks"
    verbose_name = "بانک‌های داده"

    app_privileges: ClassVar[dict[str, str]] = {
        # What was answered can't be changed. Keys are renewed, so index and seal of the subject can.
        "databanks_evidence": "SELECT, INSERT, UPDATE (subject_index, subject_sealed)",
    }
    app_functions: ClassVar[tuple[str, ...]] = ()
