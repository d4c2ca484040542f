"""The public's pages are open to everybody in both languages, and say nothing to the browser's console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.test_pages import listen, look_at

pytestmark = pytest.mark.browser


def test_the_publics_pages_are_open_to_everybody(visit: Callable[..., BrowserContext]) -> None:
    said: list[str] = []
    wrong: dict[str, object] = {}
    page = visit("").new_page()
    listen(page, said)

    for address in ("/figures/30/", "/en/"):
        page.goto(address)
        assert page.locator("h1").count() == 1
        wrong |= look_at(page)

    assert wrong == {}
    assert said == []
