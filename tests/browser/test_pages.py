"""What only a browser can tell: accessibility, width, policy, bytes on the wire, keyboard, and life without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every page is looked at in each width and in both lights; the richest in all six. Colours are also computed, in
# tests/entrypoints/kashi/test_tokens.py, for every pair.
WAYS_TO_LOOK = [(1100, "light"), (360, "dark"), (320, "light")]
OTHER_WAYS = [(1100, "dark"), (360, "light"), (320, "dark")]
RICH = {"/check/", "/province/"}
# The smallest target is 24 pixels: WCAG 2.2, 2.5.8. A link inside a sentence is exempt.
SPILL_AND_SMALL = """() => {
  const page = document.documentElement;
  const small = [...document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden])')]
    .filter((e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !e.matches('.skip'))
    .filter((e) => !(e.matches('a') && getComputedStyle(e).display === 'inline'))
    .filter((e) => { const box = e.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
    .map((e) => e.outerHTML.slice(0, 80));
  return { spill: page.scrollWidth - page.clientWidth, small };
}"""


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": STANDARDS, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def addresses(site: Site) -> list[tuple[str, str]]:
    return [
        ("", "/sign-in/"),
        ("staff", "/check/"),
        ("staff", f"/households/{site.cast.household_id}/"),
        ("staff", "/register/"),
        ("staff", "/register/head/"),
        ("staff", "/register/place/"),
        ("staff", "/files/"),
        ("staff", site.mapping_path),
        ("staff", site.report_path),
        ("staff", "/holds/"),
        ("officer", "/province/"),
        ("operator", "/outbox/"),
        ("operator", "/check/"),
    ]


def ask(page: Page, identifier: str, kind: str = "1") -> None:
    page.goto("/check/")
    page.fill("[name=identifier]", identifier)
    page.select_option("[name=kind]", kind)
    page.keyboard.press("Tab")
    page.click("form.ask button")
    page.wait_for_selector(".verdict")


def test_every_page_is_open_to_everybody(site: Site, visit: Callable[..., BrowserContext]) -> None:
    said: list[str] = []
    wrong: dict[str, object] = {}
    contexts = {who: visit(who) for who in ("", "staff", "officer", "operator")}

    def hear(message: ConsoleMessage) -> None:
        if "403" not in message.text:  # the refusal that we ask for
            said.append(message.text)

    for who, address in addresses(site):
        page = contexts[who].new_page()
        page.on("console", hear)
        page.goto(address)
        if (who, address) == ("staff", "/check/"):
            ask(page, site.cast.head_national_id)
        for width, light in WAYS_TO_LOOK + (OTHER_WAYS if address in RICH and who != "operator" else []):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=light, reduced_motion="reduce")
            seen = {"faults": faults_of(page), **page.evaluate(SPILL_AND_SMALL)}
            if any(seen.values()):
                wrong[f"{who} {address} {width} {light}"] = seen
        page.close()

    assert wrong == {}
    assert said == []


def test_a_faulty_page_is_caught(site: Site, visit: Callable[..., BrowserContext]) -> None:
    page = visit("staff").new_page()
    page.goto("/check/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', "
        '\'<button></button><img src="/x.png"><font color="#bbbbbb">کم‌رنگ</font>\')'
    )

    names = {fault.split(":")[0] for fault in faults_of(page)}

    assert {"button-name", "image-alt", "color-contrast"} <= names


def test_the_answer_comes_without_a_new_page_and_is_read_aloud(
    site: Site, visit: Callable[..., BrowserContext]
) -> None:
    page = visit("staff", width=360).new_page()
    ask(page, site.cast.head_national_id)

    assert page.url.endswith("/check/")
    assert page.input_value("[name=identifier]").startswith("۹۹۹")  # what was typed stays, in Persian digits
    assert page.locator("#answer[aria-live=polite] .verdict.clear").count() == 1
    assert page.evaluate("document.activeElement.tagName") == "H2"


def test_a_check_needs_no_mouse(site: Site, visit: Callable[..., BrowserContext]) -> None:
    page = visit("staff").new_page()
    page.goto("/check/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(site.cast.head_national_id)
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict")

    assert page.locator(".verdict.clear").count() == 1


def test_the_whole_way_works_without_script(site: Site, visit: Callable[..., BrowserContext]) -> None:
    page = visit("leaver", width=360, java_script_enabled=False).new_page()
    ask(page, site.cast.head_national_id, kind="4")
    page.click(".verdict form button")
    page.wait_for_url("**/holds/")
    assert page.locator(".rows > li").count() == 2
    page.click("text=تحویل شد >> nth=0")
    page.wait_for_url("**/holds/")

    assert page.locator("[role=status]").inner_text().startswith("تحویل")
    page.click("details.account summary")
    page.click("text=خروج")
    assert "/sign-in/" in page.url


@pytest.mark.parametrize("address", ["/check/", "/holds/", "/files/"])
def test_bytes_on_the_wire_stay_within_their_budget(
    site: Site, visit: Callable[..., BrowserContext], address: str
) -> None:
    page = visit("staff", width=360).new_page()
    wire = page.context.new_cdp_session(page)
    sizes: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    page.goto(address, wait_until="networkidle")
    cold, count = sum(sizes), len(sizes)
    sizes.clear()
    page.goto(address, wait_until="networkidle")

    assert cold <= 100_000, cold
    assert count <= 10, count
    assert sum(sizes) <= 20_000, sizes
