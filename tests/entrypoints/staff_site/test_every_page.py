"""What holds for every page: in the list, Persian, light, no inline style, few questions to the database."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from sakha.entrypoints.kashi.language import COOKIE
from sakha.entrypoints.staff_site import urls
from sakha.entrypoints.staff_site.templatetags.staff_site import pages_of_ways
from tests.entrypoints.kashi.speaking import unsaid_on
from tests.entrypoints.staff_site.pages import NO_PAGES, PAGES, Furnished, Page, furnish
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import ASSETS, sent_bytes

WARM_BYTES, COLD_BYTES = 20_000, 100_000


@pytest.fixture(scope="module")
def furnished(committed_for_module: None) -> Furnished:
    return furnish()


@pytest.fixture(scope="module")
def clients(furnished: Furnished) -> dict[str, Client]:
    return furnished.clients()


def each(furnished: Furnished, clients: dict[str, Client]) -> Iterator[tuple[Client, Page, str]]:
    for page in PAGES:
        yield clients[page.who], page, furnished.address(page)


def got(patterns: list[URLPattern]) -> set[str]:
    """Names of the addresses that a browser may get."""
    return {str(one.name) for one in patterns if "GET" in getattr(one.callback, "methods", ("GET",))}


def test_every_address_that_is_got_is_a_page_of_the_list_or_said_to_be_none() -> None:
    listed = {page.name for page in PAGES}

    assert got(urls.urlpatterns) - listed - set(NO_PAGES) - {"sign_out"} == set()
    assert listed <= got(urls.urlpatterns)


def test_a_page_without_a_row_would_be_found() -> None:
    fresh = URLPattern(urls.urlpatterns[0].pattern, lambda _: None, name="fresh")

    assert got([fresh]) - {page.name for page in PAGES} - set(NO_PAGES) == {"fresh"}


def test_every_page_has_its_place_in_the_navigation() -> None:
    placed = pages_of_ways()
    gated = {str(one.name) for one in urls.urlpatterns if hasattr(one.callback, "permission")}

    assert gated - placed == set()
    assert placed <= gated


def test_every_page_keeps_the_house_rules(furnished: Furnished, clients: dict[str, Client]) -> None:
    for client, page, address in each(furnished, clients):
        answer = client.get(address)
        html, words = html_of(answer), words_of(answer)

        assert answer.status_code == 200, address
        assert '<html lang="fa" dir="rtl">' in html, address
        assert "<c-" not in html, address
        assert not re.search(r"\sstyle=|<style|javascript:|\son[a-z]+=", html), address
        assert not re.search(r"[0-9]", words), (address, re.findall(r".{20}[0-9].{20}", words))
        assert not re.search(r"\b[A-Z]{2,}[A-Z_]*\b", re.sub("CSV|PDF", "", words)), (
            address,
            re.findall("[A-Z_]+", words),
        )
        assert not re.search(r"{[{%]|None|\bTrue\b", words), address
        assert html.count("<h1") == 1, address
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), address
        assert answer.headers["Cache-Control"] == ("no-store" if page.who else answer.headers["Cache-Control"]), address


def test_every_page_speaks_english_by_the_switch(furnished: Furnished, clients: dict[str, Client]) -> None:
    for client in clients.values():
        client.cookies[COOKIE] = "en"
    left = {address: unsaid_on(html_of(client.get(address))) for client, _, address in each(furnished, clients)}
    for client in clients.values():
        del client.cookies[COOKIE]

    assert {address: words for address, words in left.items() if words} == {}
    # whatever nobody translated would be found
    assert unsaid_on('<html lang="en" dir="ltr"><p>Save <bdi lang="fa">ناگفته</bdi></p>') == ["ناگفته"]
    assert unsaid_on('<html lang="en" dir="ltr"><p>مریم</p>') == ["مریم"]


def test_no_field_begins_with_ascii_digits(furnished: Furnished, clients: dict[str, Client]) -> None:
    for client, _, address in each(furnished, clients):
        fields = re.findall(
            r'<input(?![^>]*type="(?:hidden|radio|checkbox)")[^>]*value="([^"]*)"', html_of(client.get(address))
        )

        assert not [value for value in fields if re.search(r"[0-9]", value)], address


def test_every_page_below_another_leads_back(furnished: Furnished, clients: dict[str, Client]) -> None:
    below = {page for page in PAGES if page.places and page.name not in {"household", "one_province", "one_county"}} | {
        page for page in PAGES if page.name == "asked"
    }
    for client, page, address in each(furnished, clients):
        assert ('class="back"' in html_of(client.get(address))) or page not in below, address


def test_pages_ask_the_database_few_questions(furnished: Furnished, clients: dict[str, Client]) -> None:
    for client, page, address in each(furnished, clients):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)

        assert len(asked) <= page.most, (address, len(asked), [one["sql"][:90] for one in asked])


def test_a_first_visit_stays_below_a_hundred_kilobytes_and_the_next_below_twenty(
    furnished: Furnished, clients: dict[str, Client], built_assets: Path
) -> None:
    assets = {name: sent_bytes(built_assets, name) for name in ASSETS}
    for client, _, address in each(furnished, clients):
        page = len(gzip.compress(client.get(address).content))

        assert page < WARM_BYTES, (address, page)
        assert page + sum(assets.values()) < COLD_BYTES, (address, page, assets)
