"""The room's entry in Django and what the application's role may do with its tables."""

from typing import ClassVar

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """People, households, their records and facts, and the intake."""

    name = "sakha.registry"
    label = "registry"
    verbose_name = "ثبت خانوارها"

    app_privileges: ClassVar[dict[str, str]] = {
        "registry_household": "SELECT, INSERT, UPDATE",
        "registry_person": "SELECT, INSERT, UPDATE",
        "registry_membership": "SELECT, INSERT, UPDATE",
        # What was submitted stays as submitted: only the seals and their indexes are renewed with new keys, and merges
        # move it to whom it is about.
        "registry_record": (
            "SELECT, INSERT, UPDATE (payload_sealed, content_digest, case_key, person_id, household_id)"
        ),
        "registry_fact": "SELECT, INSERT, UPDATE (value, submitted_at, household_id, disputed_at)",
        "registry_intake_file": "SELECT, INSERT, UPDATE",
        # Staging only: a row leaves it once its record is written.
        "registry_intake_row": "SELECT, INSERT, UPDATE, DELETE",
        "registry_column_mapping": "SELECT, INSERT, UPDATE",
        "registry_identity_question": "SELECT, INSERT, UPDATE",
        "registry_merge": "SELECT, INSERT, UPDATE (undone_by_id, undone_at)",
    }
    app_functions: ClassVar[tuple[str, ...]] = (
        "registry_household_code",
        "registry_has_own_record",
        "registry_analyse_staged",
        "registry_analyse_loaded",
        "registry_find_persons",
    )
