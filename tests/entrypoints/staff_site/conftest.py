"""Pages are asked with Django's client, over real rooms and built assets."""

from __future__ import annotations

import django
import pytest
from django.test import Client

django.setup()  # this file may be read before pytest has configured anything

from tests.entrypoints.staff_site.cast import Cast, make_cast, signed_in  # noqa: E402


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Client:
    return signed_in(cast, "staff")


@pytest.fixture
def stranger(cast: Cast) -> Client:
    return signed_in(cast, "stranger")


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast, "officer")


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast, "operator")
