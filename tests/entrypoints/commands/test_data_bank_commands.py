"""`sakha ask-banks` and `sakha load-extract` as they are typed, against the running simulated banks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from sakha.entrypoints.commands import ask_banks
from sakha.entrypoints.commands.main import EXIT_REFUSED, main
from simulation.small import make_small_pilot
from tests.bank_cast import RunningBanks, ask, known_of, running_banks, settings_with, some_people


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBanks]:
    pilot = make_small_pilot(tmp_path_factory.mktemp("pilot"))
    with running_banks(pilot, tmp_path_factory.mktemp("banks")) as running:
        yield running


@pytest.fixture
def banks(started: RunningBanks, monkeypatch: pytest.MonkeyPatch) -> RunningBanks:
    settings_with(started.installation, monkeypatch)
    return started


def test_what_waits_is_asked_and_what_is_told_is_kept(
    committed: None, banks: RunningBanks, capsys: pytest.CaptureFixture[str]
) -> None:
    people = some_people(banks, 20, "length(identifier) = 10")
    ask(people, "vehicles", "insurance", "property")

    assert main(["ask-banks", "--queue-only"]) == 0

    said = capsys.readouterr().out
    assert "vehicles: 20 answers" in said
    assert "60 answers stand" in said
    assert all(known_of(one, "CAR_COUNT") for one in people)


def test_what_waits_is_taken_back(committed: None, banks: RunningBanks, capsys: pytest.CaptureFixture[str]) -> None:
    ask(some_people(banks, 7, "length(identifier) = 10"), "vehicles")

    assert main(["ask-banks", "--cancel"]) == 0

    assert "7 questions taken back" in capsys.readouterr().out


def test_no_more_banks_are_asked_side_by_side_than_the_pool_has_connections_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings.SAKHA, "database_pool_size", 16)
    assert [ask_banks._at_once(count) for count in (0, 3, 13)] == [1, 3, 7]
    monkeypatch.setattr(settings.SAKHA, "database_pool_size", 1)
    assert ask_banks._at_once(13) == 1


@pytest.mark.django_db
def test_an_extract_is_read_whole_from_where_the_installation_says(
    banks: RunningBanks, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load-extract", "welfare_extract"]) == EXIT_REFUSED  # nobody said on which decision
    assert "PURPOSE_MISSING" in capsys.readouterr().err

    assert main(["load-extract", "welfare_extract", "--decision", "12"]) == 0
    said = capsys.readouterr().out
    assert "rows read" in said
    assert "0 rows refused" in said
