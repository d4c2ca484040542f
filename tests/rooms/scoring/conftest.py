"""Fixtures of the scoring tests; what they make stands in `given`, which needs Django's tables at import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rooms.scoring.given import Registered
    from tests.rooms.scoring.people import People


@pytest.fixture
def registered(db: None) -> Registered:
    from tests.rooms.scoring.given import register_households

    return register_households(150, seed=11)


@pytest.fixture
def people(db: None) -> People:
    from tests.rooms.scoring.people import make_people

    return make_people()
