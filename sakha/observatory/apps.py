"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    """Days that were counted, and the amounts of each."""

    name = "sakha.observatory"
    label = "observatory"
    verbose_name = "رصدخانه"

    app_privileges: ClassVar[dict[str, str]] = {
        "observatory_reckoning": "SELECT, INSERT, DELETE",
        "observatory_amount": "SELECT, INSERT, DELETE",
        "observatory_opening": "SELECT, INSERT",
        "observatory_kept_report": "SELECT, INSERT",
    }
