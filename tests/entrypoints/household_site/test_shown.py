"""The household's own word on being shown to givers, by its telephone and at the desk that knows it."""

from __future__ import annotations

from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.giving.actions import withdraw_publishing
from tests.coordination_cast import rows
from tests.entrypoints.household_site.phone import Phone
from tests.entrypoints.staff_site.reading import html_of, words_of

STANDING = "SELECT count(*) FROM giving_publishing_leave WHERE withdrawn_at IS NULL"


def test_a_household_allows_to_be_shown_and_takes_it_back(registered: Phone) -> None:
    client = registered.client
    assert 'name="allow"' in html_of(client.get("/me/shown/"))
    assert "/me/shown/" in html_of(client.get("/me/"))

    given = client.post("/me/shown/", {"allow": "1"}, follow=True)
    assert "اجازه داده‌اید" in words_of(given)
    assert rows(STANDING) == [(1,)]

    client.post("/me/shown/", {"withdraw": "1"})
    assert rows("SELECT is_own_withdrawal FROM giving_publishing_leave") == [(True,)]
    client.post("/me/shown/", {"other": "1"})
    assert rows(STANDING) == [(0,)]

    client.post("/me/shown/", {"allow": "1"})
    [(household_id,)] = rows("SELECT household_id FROM coordination_registration")
    withdraw_publishing(actor=SYSTEM, at=timezone.now(), household_id=household_id)
    assert 'name="allow"' in html_of(client.get("/me/shown/"))
