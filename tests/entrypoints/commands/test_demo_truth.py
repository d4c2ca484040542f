"""The demonstration's truth beside what the search reached."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import send_invitations
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.entrypoints.commands.demo_truth import TruthReached, compare_with_truth, tell_truth
from tests.coordination_cast import NOON, Family, invite, search, write_extract

pytestmark = pytest.mark.django_db


def test_of_the_truly_uncovered_each_step_is_counted_and_whoever_is_rich_is_not(tmp_path: Path) -> None:
    found, missed, rich = Family(), Family(decile=7), Family()
    write_extract(tmp_path / "welfare.parquet", [found, missed, rich])
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE truth (household_no VARCHAR, uncovered BOOLEAN)")
        told = [(found.number, True), (missed.number, True), (rich.number, False)]
        duck.executemany("INSERT INTO truth VALUES (?, ?)", told)
        duck.execute(f"COPY truth TO '{tmp_path / 'truth.parquet'}' (FORMAT PARQUET)")
    search(tmp_path / "welfare.parquet")
    invite()
    send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=OutboxGateway())

    truth = compare_with_truth(tmp_path)

    assert truth == TruthReached(uncovered=2, found=1, invited=1)
    assert "of these 1 found (50.00 %), 1 invited (50.00 %), 0 reached (0.00 %)" in tell_truth(truth)
