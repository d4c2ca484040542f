"""No client is remembered from one test to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _unknown_clients(db: None) -> Iterator[None]:
    from sakha.entrypoints.program_gate.door import forget_clients
    from sakha.entrypoints.program_gate.limits import METER

    forget_clients()
    yield
    forget_clients()
    METER._waiting.clear()  # of clients that end with the test
    METER._counted.clear()
