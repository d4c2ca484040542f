"""`sakha close-blocks`, `publish-roots` and `verify`: what an auditor does, and what is told of what was changed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from sakha.access.actions import acting, record_access_many
from sakha.access.queries.chain import StreamUnknown
from sakha.access.rules import SYSTEM, AccessAction
from sakha.entrypoints.commands import close_blocks, publish_roots, verify
from sakha.entrypoints.commands.verify import RootsUnreadable
from tests.rooms.access.given import AT


def told(command: ModuleType, *words: str) -> Namespace:
    parser = ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


def run(command: ModuleType, *words: str) -> int:
    return command.run(told(command, *words))


def write(*household_ids: int) -> None:
    with acting(SYSTEM):
        record_access_many(actor=SYSTEM, at=AT, action=AccessAction.CHECK, household_ids=household_ids, purpose="رازی")


def test_an_auditor_closes_publishes_verifies_and_sees_what_was_changed(
    committed: None, owner_cursor: psycopg.Cursor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roots = tmp_path / "roots.jsonl"
    owner_cursor.execute("TRUNCATE access_entry RESTART IDENTITY")  # the ids are looked for below
    write(1, 2, 3)
    assert run(close_blocks, "--patience", "0") == 0
    assert run(publish_roots, "--out", str(roots)) == 0
    write(4)
    capsys.readouterr()
    assert run(publish_roots) == 0
    assert capsys.readouterr().out == roots.read_text()
    assert run(verify, "--roots", str(roots)) == 0
    out = capsys.readouterr().out
    assert "access_entry/1: 1 blocks, 3 events" in out
    assert "1 in no block yet" in out
    assert "nothing was altered or removed" in out

    owner_cursor.execute("UPDATE access_entry SET purpose = 'x' WHERE id = 2")
    assert run(verify, "--stream", "access_entry/1") == 1
    out = capsys.readouterr().out
    assert "ALTERED block 1 of access_entry/1: 2" in out
    assert ("NOT as they were" in out, "رازی" in out) == (True, False)

    # the whole chain gone and made anew: only who kept the roots can tell
    owner_cursor.execute("TRUNCATE access_block, access_block_secret, access_block_part")
    assert run(close_blocks, "--patience", "0") == 0
    assert run(verify) == 0
    assert run(verify, "--roots", str(roots)) == 1
    assert "NOT_AS_PUBLISHED block 1 of access_entry/1" in capsys.readouterr().out

    roots.write_text(roots.read_text().replace('"row_count": 3', '"row_count": 4') + "\n")
    for broken in (roots.read_text(), "{}", "سلام"):
        roots.write_text(broken)
        with pytest.raises(RootsUnreadable):
            run(verify, "--roots", str(roots))
    with pytest.raises(StreamUnknown):
        run(verify, "--stream", "nothing/1")
