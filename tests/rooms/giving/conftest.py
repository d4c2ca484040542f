"""A charity and a sandbox gateway. Django is asleep while conftests are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sakha.access.rules import Actor
    from simulation.payment_gateway import Gateway


@pytest.fixture
def mehr(db: None) -> Actor:
    from tests.ledger_cast import given_charity

    return given_charity("خیریهٔ مهر")


@pytest.fixture
def gateway(db: None) -> Iterator[Gateway]:
    from tests.giving_cast import sandbox

    with sandbox() as one:
        yield one
