"""What holds whatever the page: a strict policy, packed answers, ways that are open to whoever sees them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sakha.registry.actions import register_household
from tests.entrypoints.staff_site.cast import Cast, declaration, open_household_needs, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of

ASSETS = (
    "kashi/kashi.css",
    "kashi/kashi.js",
    "kashi/mark.svg",
    "kashi/vazirmatn-fa.woff2",
    "kashi/vazirmatn-latin.woff2",
    "django_htmx/htmx-2.min.js",
)


def test_a_page_with_an_ascii_digit_or_a_loose_component_would_be_noticed(staff: Client) -> None:
    answer = staff.get("/check/")
    answer.content += b"<p>12</p>"

    assert re.search(r"[0-9]", words_of(answer))


def test_the_content_policy_is_strict(staff: Client) -> None:
    policy = staff.get("/check/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_more_holds_are_no_more_questions(cast: Cast, staff: Client) -> None:
    counts = []
    for number in (3001, 3011, 3021):
        made = register_household(actor=cast.staff, at=timezone.now(), declaration=declaration(number))
        open_household_needs(cast.staff, timezone.now(), made.household_id)
        staff.post(
            "/holds/new/",
            {
                "household_id": made.household_id,
                "kind": 1,
                "quantity": 1,
                "request_id": f"00000000-0000-4000-8000-00000000{number}",
            },
        )
        staff.get("/holds/")
        with CaptureQueriesContext(connection) as asked:
            staff.get("/holds/")
        counts.append(len(asked))

    assert len(set(counts)) == 1, counts


def sent_bytes(static: Path, name: str) -> int:
    """What travels for a static file: the smallest of its packed forms."""
    hashed = json.loads((static / "staticfiles.json").read_text())["paths"][name]
    forms = [static / (hashed + ending) for ending in ("", ".gz", ".br")]
    return min(form.stat().st_size for form in forms if form.exists())


def test_long_pages_are_sent_packed(staff: Client) -> None:
    answer = staff.get("/check/", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("name", ["staff", "officer", "operator"])
def test_the_masthead_leads_only_where_the_actor_may_go(cast: Cast, name: str) -> None:
    client = signed_in(cast, name)
    ways = set(re.findall(r"<nav.*?</nav>", html_of(client.get("/", follow=True)), re.DOTALL))
    addresses = {address for way in ways for address in re.findall(r'href="([^"]+)"', way)}

    assert addresses
    assert all(client.get(address).status_code == 200 for address in addresses)
