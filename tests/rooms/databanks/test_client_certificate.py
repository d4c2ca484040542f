"""The property bank knows its askers by certificate: with ours it answers, without it there is no connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.small import make_small_pilot
from tests.bank_cast import ROOT, RunningBanks, ask, known_of, run, settings_with, some_people

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBanks]:
    pilot, home = make_small_pilot(tmp_path_factory.mktemp("pilot")), tmp_path_factory.mktemp("installation")
    command = [
        sys.executable, "-m", "simulation.data_banks", "--pilot", str(pilot.home), "--port", "0", "--tls-port", "0",
        "--installation", str(home),
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            assert line.startswith("ready ")
            yield RunningBanks(process, line.split()[1], home / "banks.toml", pilot.bank_people)
        finally:
            process.terminate()


def without_certificate(installation: Path) -> Path:
    lines = installation.read_text().splitlines()
    path = installation.with_name("bare.toml")
    path.write_text("\n".join(line for line in lines if not line.startswith(("client_certificate", "client_key"))))
    return path


def test_the_bank_answers_whoever_shows_its_certificate(secured: RunningBanks, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_with(secured.installation, monkeypatch)
    people = some_people(secured, 5, "length(identifier) = 10")
    ask(people, "property")

    ended = run("property")

    assert (ended.answered_count, ended.stopped_by) == (len(people), "")
    assert all(known_of(one, "DWELLING_COUNT") for one in people)


def test_without_the_certificate_nothing_is_answered(secured: RunningBanks, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_with(without_certificate(secured.installation), monkeypatch)
    ask(some_people(secured, 5, "length(identifier) = 10"), "property")

    ended = run("property")

    assert (ended.answered_count, ended.stopped_by) == (0, "BANK_SILENT")
