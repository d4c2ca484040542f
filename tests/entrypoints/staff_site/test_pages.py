"""What holds for every page: Persian, light, no inline style, a strict policy, few questions to the database."""

from __future__ import annotations

import gzip
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

# who, address, most queries: sign-in and the session take four of them, each room's scope three
PAGES = [
    ("staff", "/check/", 14),
    ("staff", "/households/{household}/", 72),
    ("staff", "/households/{household}/evidence/", 50),
    ("officer", "/households/{household}/evidence/", 50),
    ("officer", "/banks/", 20),
    ("operator", "/banks/", 20),
    ("staff", "/needs/", 24),
    ("officer", "/needs/?severity=3", 24),
    ("staff", "/households/{household}/needs/", 45),
    ("officer", "/policies/", 32),
    ("officer", "/policies/new/priority/", 20),
    ("officer", "/policies/new/cut-offs/", 20),
    ("staff", "/register/", 14),
    ("staff", "/register/head/", 14),
    ("staff", "/register/members/", 14),
    ("staff", "/register/members/1/", 14),
    ("staff", "/register/place/", 14),
    ("staff", "/register/living/", 14),
    ("staff", "/files/", 20),
    ("staff", "/holds/", 20),
    ("staff", "/find/", 14),
    ("officer", "/identity/", 20),
    ("officer", "/province/", 45),
    ("staff", "/appeals/", 20),
    ("officer", "/appeals/", 24),
    ("staff", "/households/{household}/why/", 68),
    ("staff", "/households/{household}/appeal/", 14),
    ("officer", "/households/{household}/why/all/", 60),
    ("officer", "/confirmers/", 40),
    ("staff", "/asked/", 20),
    ("operator", "/outbox/", 26),
    ("staff", "/nowhere/", 14),
]
WARM_BYTES, COLD_BYTES = 20_000, 100_000
ASSETS = (
    "kashi/kashi.css",
    "kashi/kashi.js",
    "kashi/mark.svg",
    "kashi/vazirmatn-fa.woff2",
    "kashi/vazirmatn-latin.woff2",
    "django_htmx/htmx-2.min.js",
)


def pages_of(cast: Cast) -> list[tuple[Client, str, int]]:
    clients = {name: signed_in(cast, name) for name in ("staff", "officer", "operator")}
    return [(clients[who], address.format(household=cast.household_id), most) for who, address, most in PAGES]


def test_every_page_keeps_the_house_rules(cast: Cast) -> None:
    for client, address, _ in pages_of(cast):
        answer = client.get(address)
        html = html_of(answer)

        assert '<html lang="fa" dir="rtl">' in html, address
        assert "<c-" not in html, address
        assert not re.search(r"\sstyle=|<style|javascript:|\son[a-z]+=", html), address
        assert not re.search(r"[0-9]", words_of(answer)), (address, re.findall(r".{20}[0-9].{20}", words_of(answer)))
        assert not re.search(r"{[{%]|None|\bTrue\b", words_of(answer)), address
        assert html.count("<h1") == 1, address
        assert len(re.findall(r'\bid="([^"]+)"', html)) == len(set(re.findall(r'\bid="([^"]+)"', html))), address
        assert answer.headers["Cache-Control"] == "no-store", address


def test_a_page_with_an_ascii_digit_or_a_loose_component_would_be_noticed(staff: Client) -> None:
    answer = staff.get("/check/")
    answer.content += b"<p>12</p>"

    assert re.search(r"[0-9]", words_of(answer))


def test_the_content_policy_is_strict(staff: Client) -> None:
    policy = staff.get("/check/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_pages_ask_the_database_few_questions(cast: Cast) -> None:
    for client, address, most in pages_of(cast):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address)

        assert len(asked) <= most, (address, len(asked), [one["sql"][:90] for one in asked])


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


def test_a_first_visit_stays_below_a_hundred_kilobytes_and_the_next_below_twenty(
    cast: Cast, built_assets: Path
) -> None:
    assets = {name: sent_bytes(built_assets, name) for name in ASSETS}
    for client, address, _ in pages_of(cast):
        page = len(gzip.compress(client.get(address).content))

        assert page < WARM_BYTES, (address, page)
        assert page + sum(assets.values()) < COLD_BYTES, (address, page, assets)


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
