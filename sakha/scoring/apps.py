"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Model documents, score tables and the scores of households."""

    name = "sakha.scoring"
    label = "scoring"
    verbose_name = "سنجش نیاز"

    app_privileges: ClassVar[dict[str, str]] = {
        # A document once used never changes: any past result can be recomputed from it.
        "scoring_model": "SELECT, INSERT",
        "scoring_place": "SELECT, INSERT",
        "scoring_score": "SELECT, INSERT, UPDATE",
    }
    app_functions: ClassVar[tuple[str, ...]] = ()
