"""`sakha new-key`: a key file is made, grows, and is never half written or readable by others."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sakha.access.rules.sealing import KeyRingInvalid, add_keys, open_sealed, parse_key_ring, seal
from sakha.entrypoints.commands.key_file import KeysNotInFile, change_keys, find_key_file
from sakha.entrypoints.commands.main import main


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "etc" / "sakha.keys"
    monkeypatch.delenv("SAKHA_KEYS", raising=False)
    monkeypatch.setenv("SAKHA_KEYS_FILE", str(file))
    return file


def test_the_first_call_makes_a_ring_that_only_its_account_can_read(key_file: Path) -> None:
    assert main(["new-key"]) == 0
    assert parse_key_ring(key_file.read_text()).seal_key_id == 1
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_the_next_call_adds_keys_and_keeps_the_old(key_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new-key"])
    sealed = seal(parse_key_ring(key_file.read_text()), "x")
    main(["new-key"])
    ring = parse_key_ring(key_file.read_text())
    assert (ring.seal_key_id, ring.index_key_id) == (2, 2)
    assert open_sealed(ring, sealed) == "x"
    for line in key_file.read_text().splitlines():
        assert line.startswith("#") or line.split()[2] not in capsys.readouterr().out


def test_on_several_machines_a_key_waits_first(key_file: Path) -> None:
    main(["new-key"])
    main(["new-key", "--waiting"])
    assert parse_key_ring(key_file.read_text()).seal_key_id == 1
    main(["new-key", "--end-waiting"])
    assert parse_key_ring(key_file.read_text()).seal_key_id == 2


def test_a_file_that_is_no_ring_is_refused_and_stays_as_it_was(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file.parent.mkdir()
    key_file.write_text("seal 1 broken")
    assert main(["new-key"]) == 2
    assert key_file.read_text() == "seal 1 broken"
    assert "KEY_RING_INVALID" in capsys.readouterr().err


def test_a_change_that_fails_leaves_no_trace(key_file: Path) -> None:
    main(["new-key"])
    before = key_file.read_text()
    with pytest.raises(KeyRingInvalid):
        change_keys(key_file, lambda _: "seal 1")
    assert key_file.read_text() == before
    assert {one.name for one in key_file.parent.iterdir()} == {"sakha.keys", ".sakha.keys.lock"}


def test_keys_of_the_environment_are_not_changed_by_a_command(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAKHA_KEYS", "anything")
    with pytest.raises(KeysNotInFile):
        find_key_file()


def test_several_at_once_lose_no_key(key_file: Path) -> None:
    main(["new-key"])
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda _: change_keys(key_file, add_keys), range(8)))
    assert sorted(parse_key_ring(key_file.read_text()).ciphers) == list(range(1, 10))
