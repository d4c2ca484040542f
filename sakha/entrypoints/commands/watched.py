"""Runs a command and replaces it when it dies; ends with its parent: `python -m sakha.entrypoints.commands.watched …`.

A process of its own, with one thread: where a thread starts processes beside a server that forks, one may wait for the
other for ever.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Final

LOOK_SECONDS: Final = 1.0


class _Ended(Exception):  # noqa: N818 -- not an error: somebody asked us to end
    """SIGTERM came."""


def watch(command: list[str]) -> None:
    """Keep the command running until SIGTERM, or until the process that started us is gone."""
    parent = os.getppid()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the command itself; our parent then ends us
    while True:
        child = subprocess.Popen(command)
        try:
            while child.poll() is None:
                try:
                    child.wait(LOOK_SECONDS)
                except subprocess.TimeoutExpired:
                    if os.getppid() != parent:
                        raise _Ended from None
        except _Ended:
            child.terminate()
            child.wait()
            return
        said = {"event": "command_replaced", "level": "error", "exit_code": child.returncode}
        print(json.dumps(said), file=sys.stderr, flush=True)  # noqa: T201 - a line of the log, before any logger stands


def _end(_number: int, _frame: FrameType | None) -> None:
    raise _Ended


if __name__ == "__main__":
    watch(sys.argv[1:])
