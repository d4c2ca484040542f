"""A telephone at the household's door: invited, come in, and registered."""

from pathlib import Path

import pytest

from tests.entrypoints.household_site.phone import Phone, given_phone
from tests.entrypoints.staff_site.reading import words_of


@pytest.fixture
def phone(db: None, tmp_path: Path) -> Phone:
    del db
    return given_phone(tmp_path)


@pytest.fixture
def inside(phone: Phone) -> Phone:
    assert phone.come_in().status_code == 302
    return phone


@pytest.fixture
def registered(inside: Phone) -> Phone:
    inside.fill()
    assert "ثبت شد" in words_of(inside.send())
    return inside
