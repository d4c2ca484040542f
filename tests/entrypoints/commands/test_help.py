"""Whoever asks a command what it takes is told, on a machine where nothing has been set up yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sakha.entrypoints.commands.main import COMMANDS

# The commands that wake no Django come first, so that they can't borrow it from the others.
ASK_ALL = """
import sys
from sakha.entrypoints.commands.main import COMMANDS, main
for name in sorted(COMMANDS, key=lambda name: COMMANDS[name].needs_surroundings):
    try:
        code = main([name, "--help"])
    except SystemExit as ended:
        code = ended.code
    if code:
        sys.exit(f"{name}: {code}")
"""


def test_every_command_says_what_it_takes_and_makes_nothing(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}

    asked = subprocess.run(
        [sys.executable, "-c", ASK_ALL], cwd=tmp_path, env=kept, capture_output=True, text=True, check=False
    )

    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.count("usage: sakha ") == len(COMMANDS)
    assert list(tmp_path.iterdir()) == []
