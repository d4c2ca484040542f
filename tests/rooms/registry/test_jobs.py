"""Background work: a killed worker loses one chunk at most, and another takes the file up and finishes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from sakha.access.actions import suspend_organisation
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import add_keys, parse_key_ring
from sakha.registry import jobs
from sakha.registry.actions import (
    KeysBeingRenewed,
    cancel_file,
    fail_file,
    load_file,
    receive_file,
    request_check,
    request_load,
    reseal_batch,
    set_mapping,
)
from sakha.registry.queries import get_intake_file, intake_columns
from sakha.registry.rules import IntakeState
from tests.rooms.registry.given import AT, check, person_row, workbook

ROOT = Path(__file__).resolve().parents[3]


def asked_to_check(actor: Any, numbers: range) -> int:
    content = workbook([person_row(number) for number in numbers])
    card = receive_file(actor=actor, at=AT, name="x", content=content)
    fields = {column.place: column.field for column in intake_columns(actor=actor, file_id=card.id)}
    set_mapping(actor=actor, at=AT, file_id=card.id, fields=fields)
    request_check(actor=actor, file_id=card.id)
    return card.id


def work(app_url: str, *, is_killed: bool = False) -> int:
    environment = os.environ | {
        "DATABASE_URL": app_url,
        "KILLED_WORKER": "yes" if is_killed else "no",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("killed_worker.py"))]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False).returncode


def job_states() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE task_name LIKE 'sakha.registry%%intake_file'")
        return cursor.fetchall()


@pytest.mark.slow
@pytest.mark.killing
def test_file_of_a_killed_worker_is_taken_up_and_finished(committed_cast, app_url) -> None:
    actor = committed_cast.mehr_staff
    file_id = asked_to_check(actor, range(100, 130))

    assert work(app_url, is_killed=True) == -signal.SIGKILL
    killed = get_intake_file(actor=actor, file_id=file_id)
    assert (killed.state, killed.checked_count) == (IntakeState.CHECKING, 14)
    assert job_states() == [("doing",)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    assert work(app_url) == 0

    ended = get_intake_file(actor=actor, file_id=file_id)
    assert (ended.state, ended.checked_count, ended.valid_count) == (IntakeState.CHECKED, 30, 30)
    request_load(actor=actor, file_id=file_id, rows=[2, 3])
    assert work(app_url) == 0
    loaded = get_intake_file(actor=actor, file_id=file_id)
    assert (loaded.state, loaded.record_count) == (IntakeState.LOADED, 2)


def test_cancelled_file_ends_its_job_quietly(cast) -> None:
    file_id = asked_to_check(cast.mehr_staff, range(3))
    cancel_file(actor=cast.mehr_staff, at=AT, file_id=file_id)

    jobs.check_intake_file(file_id=file_id, user_id=cast.mehr_staff.user_id)

    assert get_intake_file(actor=cast.mehr_staff, file_id=file_id).state is IntakeState.CANCELLED


def test_organisation_that_was_suspended_meanwhile_gets_a_failed_file_with_the_reason(cast) -> None:
    file_id = asked_to_check(cast.mehr_staff, range(3))
    with acting(SYSTEM):
        suspend_organisation(actor=SYSTEM, at=AT, organisation_id=cast.mehr_id)

    jobs.check_intake_file(file_id=file_id, user_id=cast.mehr_staff.user_id)

    card = get_intake_file(actor=cast.mehr_staff, file_id=file_id)
    assert (card.state, card.failure_code) == (IntakeState.FAILED, "PERMISSION_WITHHELD")
    assert card.failure_reason


def test_load_job_that_runs_again_loads_nothing_that_was_not_chosen(cast) -> None:
    actor = cast.mehr_staff
    card = check(actor, workbook([person_row(number) for number in range(1, 4)]))
    request_load(actor=actor, file_id=card.id, rows=[2])

    for _ in range(2):
        jobs.load_intake_file(file_id=card.id, user_id=actor.user_id)

    ended = get_intake_file(actor=actor, file_id=card.id)
    assert (ended.state, ended.record_count) == (IntakeState.LOADED, 1)


def test_load_job_leaves_a_file_alone_that_nobody_asked_to_load(cast) -> None:
    card = check(cast.mehr_staff, workbook([person_row(1)]))

    jobs.load_intake_file(file_id=card.id, user_id=cast.mehr_staff.user_id)

    assert get_intake_file(actor=cast.mehr_staff, file_id=card.id).state is IntakeState.CHECKED


def test_file_that_no_job_is_at_work_on_does_not_fail(cast) -> None:
    card = check(cast.mehr_staff, workbook([person_row(1)]))

    kept = fail_file(actor=SYSTEM, at=AT, file_id=card.id, refusal=KeysBeingRenewed())

    assert (kept.state, kept.failure_code) == (IntakeState.CHECKED, "")


def test_nothing_is_loaded_under_old_keys_until_the_rows_are_renewed(cast, settings) -> None:
    actor = cast.mehr_staff
    card = check(actor, workbook([person_row(1)]))
    asked = check(actor, workbook([person_row(2)]))
    request_load(actor=actor, file_id=asked.id)
    new = add_keys(settings.SAKHA.keys_text())
    settings.SAKHA = settings.SAKHA.model_copy(update={"keys": type(settings.SAKHA.keys)(new)})

    with pytest.raises(KeysBeingRenewed):
        load_file(actor=actor, at=AT, file_id=card.id)
    with pytest.raises(KeysBeingRenewed):
        request_load(actor=actor, file_id=card.id)
    jobs.load_intake_file(file_id=asked.id, user_id=actor.user_id)
    states = [get_intake_file(actor=actor, file_id=one.id).state for one in (card, asked)]
    while reseal_batch(actor=SYSTEM, ring=parse_key_ring(new), limit=10):
        pass

    assert states == [IntakeState.CHECKED, IntakeState.CHECKED]
    assert load_file(actor=actor, at=AT, file_id=card.id).record_count == 1


def test_jobs_are_known_to_the_queue_by_the_names_that_actions_ask_for() -> None:
    app.perform_import_paths()

    assert {"sakha.registry.jobs.check_intake_file", "sakha.registry.jobs.load_intake_file"} <= set(app.tasks)
