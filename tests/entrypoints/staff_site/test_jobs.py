"""What a page asks for in the background is found by the worker."""

from __future__ import annotations

from procrastinate.contrib.django import app


def test_the_worker_knows_every_job_that_a_page_begins() -> None:
    assert {"sakha.registry.jobs.check_intake_file", "sakha.registry.jobs.load_intake_file"} <= set(app.tasks)


def test_every_room_with_jobs_is_discovered(settings: object) -> None:
    assert settings.PROCRASTINATE_AUTODISCOVER_MODULE_NAME == "jobs"
