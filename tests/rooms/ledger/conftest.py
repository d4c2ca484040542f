"""Two charities and a household that both have a record of. Django is asleep while conftests are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sakha.access.rules import Actor
    from tests.ledger_cast import KnownHousehold


@pytest.fixture
def mehr(db: None) -> Actor:
    from tests.ledger_cast import given_charity

    return given_charity("خیریهٔ مهر")


@pytest.fixture
def omid(db: None) -> Actor:
    from tests.ledger_cast import given_charity

    return given_charity("خیریهٔ امید", county="3002")


@pytest.fixture
def household(mehr: Actor, omid: Actor) -> KnownHousehold:
    from tests.ledger_cast import given_household

    return given_household(mehr, omid)
