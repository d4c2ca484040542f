"""Fixtures of the registry tests: the cast of access, who work here as charities and offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.rooms.access.given import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    from tests.rooms.access.given import make_cast

    return make_cast()


@pytest.fixture
def committed_cast(committed: None) -> Cast:
    from tests.rooms.access.given import make_cast

    return make_cast()
