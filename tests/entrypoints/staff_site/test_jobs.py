"""What a page asks for in the background is found by the worker."""

from __future__ import annotations

from pathlib import Path

from procrastinate.contrib.django import app

ROOT = Path(__file__).resolve().parents[3]


def test_the_worker_knows_every_job_that_a_page_begins() -> None:
    app.perform_import_paths()

    assert {"sakha.registry.jobs.check_intake_file", "sakha.registry.jobs.load_intake_file"} <= set(app.tasks)


def test_every_file_of_jobs_is_read_by_the_worker(settings: object) -> None:
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.glob("sakha/**/jobs.py")}

    assert files
    assert set(settings.PROCRASTINATE_IMPORT_PATHS) == files
