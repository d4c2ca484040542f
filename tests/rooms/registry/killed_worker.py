"""Run by a test as a process of its own: a worker that checks a file and is killed after its second chunk."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Any

import django
from django.core.management import call_command

django.setup()

from sakha.registry import jobs  # noqa: E402 -- after Django's set-up


def die(card: Any) -> None:
    if card.checked_count >= 14:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if os.environ.get("KILLED_WORKER") == "yes":
        jobs.check_file = partial(jobs.check_file, chunk_rows=7, progress=die)
    call_command("procrastinate", "worker", "--one-shot")
