"""The whole way, walked once by the demonstration's own code on a tiny province, with everything that was logged."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sakha.entrypoints.commands.demo_page import Happened

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@dataclass(slots=True)
class Walk:
    """One walk: where its files are, what came of it, what was logged."""

    pilot: Path
    happened: Happened
    log: io.StringIO

    def again(self) -> Happened:
        """Walk the same way a second time."""
        return walk(self.pilot)


def walk(pilot: Path) -> Happened:
    from rich.console import Console
    from rich.progress import Progress

    from sakha.entrypoints.commands.demo import do_main_job

    with Progress(console=Console(file=io.StringIO())) as bars:
        return do_main_job(pilot=pilot, bars=bars, at=AT)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, committed_for_module: None) -> Iterator[Walk]:
    from simulation.small import make_small_pilot

    root = logging.getLogger()
    stream = io.StringIO()
    listener = logging.StreamHandler(stream)
    listener.setFormatter(root.handlers[0].formatter)
    level, root.level = root.level, logging.DEBUG
    root.addHandler(listener)
    pilot = tmp_path_factory.mktemp("pilot") / "small"
    make_small_pilot(pilot)
    try:
        yield Walk(pilot, walk(pilot), stream)
    finally:
        root.removeHandler(listener)
        root.setLevel(level)
