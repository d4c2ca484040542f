"""An operator walks the way without the demonstration: list, search, invite, by commands of their own."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from simulation.small import make_small_pilot

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_pilot(tmp_path_factory.mktemp("pilot") / "small").home


def run(name: str, *words: str) -> int:
    import argparse
    import importlib

    module = importlib.import_module(f"sakha.entrypoints.commands.{name}")
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(words)))


def test_a_list_a_search_and_a_campaign_by_command_and_the_same_again_adds_nobody(
    committed: None, pilot: Path, owner_cursor: psycopg.Cursor, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.ledger_cast import OrganisationKind, given_charity

    agency = given_charity("امداد", kind=OrganisationKind.AGENCY)
    steps = [
        ("load_coverage_list", str(pilot / "coverage/imdad.csv"), "--organisation", str(agency.organisation_id),
         "--observed-on", "2026-11-01"),
        ("search_uncovered", str(pilot / "welfare.parquet"), "--province", "30", "--dry-run"),
        ("search_uncovered", str(pilot / "welfare.parquet"), "--province", "30"),
        ("invite", "first", "--province", "30", "--limit", "10", "--address", "sakha.example"),
    ]  # fmt: skip

    counts = []
    for _ in range(2):
        assert [run(*step) for step in steps] == [0, 0, 0, 0]
        tables = ("coordination_coverage", "coordination_candidate", "coordination_invitation")
        counts.append([owner_cursor.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables])

    assert counts[0] == counts[1]
    assert all(counts[0])
    assert counts[0][2] == 10
    assert "10 queued" in capsys.readouterr().out
