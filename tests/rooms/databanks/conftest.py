"""The simulated banks run once for all tests of the room; every test finds them whole and uncounted."""

from collections.abc import Iterator

import pytest

from simulation.small import make_small_pilot
from tests.bank_cast import RunningBanks, running_banks, settings_with


@pytest.fixture(scope="session")
def bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBanks]:
    pilot = make_small_pilot(tmp_path_factory.mktemp("pilot_of_banks"))
    with running_banks(pilot, tmp_path_factory.mktemp("banks")) as running:
        yield running


@pytest.fixture
def banks(bank_process: RunningBanks, monkeypatch: pytest.MonkeyPatch) -> RunningBanks:
    bank_process.mend()
    bank_process.forget_counts()
    settings_with(bank_process.installation, monkeypatch)
    return bank_process
