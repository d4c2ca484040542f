"""The scheduled work, called as the worker calls it."""

from pathlib import Path

import pytest
from procrastinate.contrib.django import app

from sakha.access.rules import SYSTEM
from sakha.coordination import jobs
from sakha.coordination.actions import CampaignToOpen, invite_candidates
from tests.coordination_cast import NOON, Family, candidate_states, invitation_states, write_extract
from tests.ledger_cast import PROVINCE

pytestmark = pytest.mark.django_db


def test_the_worker_searches_sends_and_asks(tmp_path: Path) -> None:
    extract = write_extract(tmp_path / "w.parquet", [Family(), Family()])

    jobs.search_uncovered(extract=str(extract), province=PROVINCE, deciles_max=3)
    campaign = CampaignToOpen(name="x", province=PROVINCE, limit=10, address="sakha.example")
    invite_candidates(actor=SYSTEM, at=NOON, campaign=campaign)
    jobs.send_invitations(0)
    jobs.refresh_statuses(0)

    assert candidate_states() == {"OPEN": 2}
    assert invitation_states() == {"SENT": 2}


def test_sending_and_asking_come_round_by_themselves() -> None:
    rounds = {one.task.name for one in app.periodic_registry.periodic_tasks.values()}

    assert {"sakha.coordination.jobs.send_invitations", "sakha.coordination.jobs.refresh_statuses"} <= rounds
