"""A giver on a small phone: chooses a need, pays in the sandbox, follows the gift, takes the receipt as PDF."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext
from pydantic import SecretStr

from sakha.giving.actions import allow_publishing, refresh_listings
from simulation.payment_gateway import MERCHANT
from tests.browser.conftest import Site
from tests.browser.test_household import Walk
from tests.giving_cast import given_needy, rows, sandbox
from tests.ledger_cast import AT, given_charity

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("SAKHA_TEST_PICTURES", "")


def test_a_giver_chooses_pays_follows_and_takes_the_receipt(
    site: Site, visit: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    charity = given_charity("خیریهٔ بخشش")
    for home in given_needy(charity):
        allow_publishing(actor=charity, at=AT, household_id=home.id)
    refresh_listings(at=AT)
    walk = Walk(visit(width=360, java_script_enabled=False), visit(width=360))
    page = walk.page
    with sandbox() as gateway:
        monkeypatch.setattr(settings.SAKHA, "zarinpal_url", gateway.url)
        monkeypatch.setattr(settings.SAKHA, "zarinpal_merchant", SecretStr(MERCHANT))
        page.goto("/give/")
        walk.look("give")
        page.click(".card .button >> nth=0")
        page.fill("[name=amount]", "۲۰۰ هزار")
        walk.look("need")
        page.click("button[value=basket]")
        page.wait_for_url("**/give/basket/")
        walk.look("basket")
        page.click("main form button >> text=ادامه")
        page.click("main a.button")
        page.wait_for_url(f"{gateway.url}/**")
        page.click("button[value=pay]")
        page.wait_for_url("**/gift/*/")
    assert "در انتظار خیریه" in page.inner_text("main")
    walk.look("gift")
    paper = page.request.get(page.get_attribute("main a[href$='receipt.pdf']", "href"))
    assert (paper.headers["content-type"], paper.body()[:5]) == ("application/pdf", b"%PDF-")
    if PICTURES:
        (Path(PICTURES) / "receipt.pdf").write_bytes(paper.body())

    newest = rows("SELECT state, counted_rial FROM giving_gift ORDER BY id DESC LIMIT 1")
    assert newest == [("PAID", 2_000_000)]
    assert site.address in page.url
    # the sandbox's own page has no icon
    assert (walk.wrong, [one for one in walk.said if not one.startswith(gateway.url)]) == ({}, [])
