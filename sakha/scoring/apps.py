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
        # The score of each month writes itself.
        "scoring_month_score": "SELECT",
        "scoring_price": "SELECT, INSERT, UPDATE (approved_by_id, approved_at, withdrawn_at)",
        "scoring_need": "SELECT, INSERT, UPDATE",
        # The history writes itself; a reference is only sealed anew.
        "scoring_need_event": "SELECT",
        "scoring_need_proof": "SELECT, INSERT, UPDATE (reference_sealed)",
        "scoring_policy": "SELECT, INSERT, UPDATE",
        "scoring_material": "SELECT, INSERT, UPDATE",
        "scoring_confirmer": "SELECT, INSERT, UPDATE",
        "scoring_confirmation_request": "SELECT, INSERT, UPDATE",
        # What somebody answered never changes; an audit says whether it was right.
        "scoring_confirmation_answer": "SELECT, INSERT, UPDATE (was_right, audited_at, audited_by_id)",
        "scoring_confirmation": "SELECT, INSERT, UPDATE (superseded_at)",
        "scoring_link_miss": "SELECT, INSERT, DELETE",
        "scoring_appeal": "SELECT, INSERT, UPDATE",
        "scoring_appeal_step": "SELECT, INSERT, UPDATE (note_sealed)",
        "scoring_override": "SELECT, INSERT",
        "scoring_notice": "SELECT, INSERT, UPDATE (told_at)",
    }
    app_functions: ClassVar[tuple[str, ...]] = ("scoring_contested",)
