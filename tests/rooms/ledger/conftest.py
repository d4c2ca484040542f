"""Two charities and a household that both have a record of."""

import pytest

from sakha.access.rules import Actor
from tests.ledger_cast import KnownHousehold, given_charity, given_household


@pytest.fixture
def mehr(db: None) -> Actor:
    return given_charity("خیریهٔ مهر")


@pytest.fixture
def omid(db: None) -> Actor:
    return given_charity("خیریهٔ امید", county="3002")


@pytest.fixture
def household(mehr: Actor, omid: Actor) -> KnownHousehold:
    return given_household(mehr, omid)
