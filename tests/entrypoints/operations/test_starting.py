"""What a web process puts away at its start, and log lines that nobody reads."""

from __future__ import annotations

import atexit
import gc
import logging
import runpy
from typing import Any

import pytest
import structlog


def test_what_was_read_at_the_start_is_looked_through_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    at_the_end: list[Any] = []
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(gc, name, lambda name=name: done.append(name))
    monkeypatch.setattr(atexit, "register", at_the_end.append)

    assert callable(runpy.run_module("sakha.wsgi")["application"])

    assert done == ["collect", "freeze"], "swept first: what is put away is never swept"
    assert gc.unfreeze in at_the_end


def test_a_line_that_is_not_written_is_not_made_up() -> None:
    made: list[str] = []

    def make(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        made.append(event["event"])
        raise structlog.DropEvent

    first_steps = structlog.get_config()["processors"][:-1]
    logger = logging.getLogger("sakha.tests.starting")
    logger.setLevel(logging.WARNING)
    log = structlog.wrap_logger(logger, processors=[*first_steps, make])
    log.info("unread")
    log.warning("read")

    assert made == ["read"]
