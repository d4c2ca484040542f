"""What only a browser can tell: accessibility, width, policy, bytes on the wire, keyboard, and life without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Site
from tests.entrypoints.staff_site.pages import CONFIRMER_CODE, PAGES

pytestmark = pytest.mark.browser

AXE = Axe().axe_script
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a width changes is looked at in each; what only the light changes are colours, which are also computed for every
# pair in tests/entrypoints/kashi/test_tokens.py.
WAYS_TO_LOOK = [(1280, "light", STANDARDS), (1280, "dark", ["color-contrast"])]
WAYS_TO_LOOK += [(360, "dark", ["color-contrast"]), (360, "light", STANDARDS), (320, "light", [])]
PARTS = 6  # so that no single test is long on a busy machine
QUICKLY = {"resultTypes": ["violations"], "preload": False, "selectors": False}
# The smallest target is 24 pixels: WCAG 2.2, 2.5.8. A link inside a sentence is exempt.
SPILL_AND_SMALL = """() => {
  const page = document.documentElement;
  const small = [...document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden])')]
    .filter((e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !e.matches('.skip'))
    .filter((e) => !(e.matches('a') && getComputedStyle(e).display === 'inline'))
    .filter((e) => { const box = e.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
    .map((e) => e.outerHTML.slice(0, 80));
  // nothing sticks out of its panel, and no button's words are broken into a tower
  const out = [...document.querySelectorAll('.panel .button, .panel .tag, .panel b')]
    .filter((e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
    .filter((e) => {
      const box = e.getBoundingClientRect(), panel = e.closest('.panel').getBoundingClientRect();
      return box.left < panel.left - 1 || box.right > panel.right + 1;
    }).map((e) => e.outerHTML.slice(0, 80));
  // a table that has to be pushed sideways on a phone hides what it says; a chart's table may
  const cut = [...document.querySelectorAll('.table-box')]
    .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && !e.matches('[tabindex="0"]'))
    .map((e) => e.innerHTML.slice(0, 80));
  return { spill: Math.max(0, page.scrollWidth - page.clientWidth), small, out, cut };
}"""


def faults_of(page: Page, rules: list[str]) -> list[str]:
    """What axe finds; its script is brought in once a page."""
    if not rules:
        return []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then((told) => told.violations)", {"runOnly": rules, **QUICKLY})
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def look_at(page: Page) -> dict[str, object]:
    """Everything wrong with the page, by the way it is looked at."""
    wrong: dict[str, object] = {}
    for width, light, rules in WAYS_TO_LOOK:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=light, reduced_motion="reduce")
        seen = {"faults": faults_of(page, rules), **page.evaluate(SPILL_AND_SMALL)}
        if any(seen.values()):
            wrong[f"{page.url.split('/', 3)[3]} {width} {light}"] = seen
    return wrong


def listen(page: Page, said: list[str]) -> None:
    """Keep what the browser complains of: scripts that fail, what the content policy forbids, what isn't found."""
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))


def ask(page: Page, identifier: str, kind: str = "1") -> None:
    page.goto("/check/")
    page.fill("[name=identifier]", identifier)
    page.select_option("[name=kind]", kind)
    page.keyboard.press("Tab")
    page.click("form.ask button")
    page.wait_for_selector(".verdict")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_open_to_everybody(site: Site, visit: Callable[..., BrowserContext], part: int) -> None:
    said: list[str] = []
    wrong: dict[str, object] = {}
    pages = PAGES[part::PARTS]
    contexts = {who: visit(who) for who in {one.who for one in pages}}

    for one in pages:
        page = contexts[one.who].new_page()
        listen(page, said)
        page.goto(site.furnished.address(one))
        wrong |= {f"{one.who} {way}": seen for way, seen in look_at(page).items()}
        page.close()

    assert wrong == {}
    assert said == []


def test_english_pages_are_open_to_everybody_on_a_phone(site: Site, visit: Callable[..., BrowserContext]) -> None:
    said: list[str] = []
    wrong: dict[str, object] = {}
    household = f"/households/{site.cast.household_id}/"
    walks = {"staff": ["/check/", household], "officer": ["/province/", "/desk/"], "": ["/d/", "/give/pool/"]}

    for who, addresses in walks.items():
        context = visit(who, width=360)
        context.add_cookies([{"name": "language", "value": "en", "url": site.address}])
        page = context.new_page()
        listen(page, said)
        for address in addresses:
            page.goto(address)
            assert page.get_attribute("html", "lang") == "en"
            seen = {"faults": faults_of(page, STANDARDS), **page.evaluate(SPILL_AND_SMALL)}
            if any(seen.values()):
                wrong[address] = seen

    assert wrong == {}
    assert said == []


def test_what_a_page_answers_is_open_to_everybody_too(site: Site, visit: Callable[..., BrowserContext]) -> None:
    said: list[str] = []
    wrong: dict[str, object] = {}
    staff, officer = visit("staff").new_page(), visit("officer").new_page()
    for page in (staff, officer):
        listen(page, said)

    ask(staff, site.cast.head_national_id)
    wrong |= look_at(staff)
    staff.goto("/find/")
    staff.fill("[name=text]", "مریم رضایی")
    staff.wait_for_selector("#found .rows")
    wrong |= look_at(staff)
    staff.goto("/register/head/")
    staff.evaluate("document.querySelector('form.form').noValidate = true")  # so that the server is asked
    staff.click("form.form .button")
    staff.wait_for_selector(".error-summary")
    wrong |= look_at(staff)
    officer.goto("/confirmers/")
    officer.click("text=دیدن نام >> nth=0")
    officer.wait_for_selector("a.back")
    wrong |= look_at(officer)
    said = [one for one in said if "422" not in one]  # the refusal that we ask for
    for address in ("/outbox/", "/nowhere/"):
        staff.goto(address)
        wrong |= look_at(staff)

    assert wrong == {}
    assert [one for one in said if not re.search("40[34]|422", one)] == []


def test_a_confirmers_page_is_open_to_everybody_and_runs_no_script(
    site: Site, visit: Callable[..., BrowserContext]
) -> None:
    said: list[str] = []
    page = visit("", width=360).new_page()
    listen(page, said)

    page.goto(f"/g/{site.furnished.link}/")
    wrong = look_at(page)
    page.fill("[name=code]", CONFIRMER_CODE)
    page.click("form .button")
    page.wait_for_selector("[name=is_kin]")
    wrong |= look_at(page)
    page.click("form .button")
    page.wait_for_selector("h1:has-text('سپاس')")
    wrong |= look_at(page)
    assert page.locator("script").count() == 0

    assert wrong == {}
    assert said == []


def test_a_faulty_page_is_caught(site: Site, visit: Callable[..., BrowserContext]) -> None:
    page = visit("staff").new_page()
    page.goto("/check/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', "
        '\'<button></button><img src="/x.png"><font color="#bbbbbb">کم‌رنگ</font>\')'
    )

    names = {fault.split(":")[0] for fault in faults_of(page, STANDARDS)}
    page.evaluate(
        "document.querySelector('.panel').insertAdjacentHTML('beforeend', "
        '\'<div class="table-box"><table class="table"><tr><td><input size="200"></td></tr></table></div>\')'
    )
    page.evaluate("document.querySelector('.panel .button').style.transform = 'translateX(-900px)'")
    measured = page.evaluate(SPILL_AND_SMALL)

    assert {"button-name", "image-alt", "color-contrast"} <= names
    assert measured["out"]
    assert measured["small"]


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
