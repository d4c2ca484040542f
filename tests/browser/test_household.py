"""From an SMS to help that came: a family registers itself on a small phone without script and sees what it got."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from sakha.access.rules import SYSTEM
from sakha.coordination.actions.directory import approve_services
from sakha.coordination.actions.introducing import introduce_households
from tests.browser.conftest import Site
from tests.browser.test_pages import SPILL_AND_SMALL, STANDARDS, ask, faults_of, listen
from tests.coordination_cast import Family, rows
from tests.door_cast import given_invited, link_of, newest_text, sign_in_code_of
from tests.entrypoints.household_site.phone import Phone
from tests.entrypoints.household_site.test_known import OWN, given_line, keep

pytestmark = pytest.mark.browser

WAYS_TO_LOOK = [(360, "light", STANDARDS), (360, "dark", ["color-contrast"]), (320, "light", [])]
CHOSEN = {"who", "gender", "relation", "urban", "tenure", "has_car"}
PICTURES = os.environ.get("SAKHA_TEST_PICTURES", "")  # a folder, for whoever wants to look


class Walk:
    """A phone without script on its way; beside it somebody looks at each page with axe, which needs script."""

    def __init__(self, phone: BrowserContext, beside: BrowserContext) -> None:
        self.page, self.beside = phone.new_page(), beside.new_page()
        self.page.set_default_timeout(15_000)
        self.said: list[str] = []
        self.wrong: dict[str, object] = {}
        self.count = 0
        listen(self.page, self.said)

    def look(self, name: str) -> None:
        self.count += 1
        self.beside.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]  # the same shape
        self.beside.goto(self.page.url)
        for width, light, rules in WAYS_TO_LOOK:
            self.beside.set_viewport_size({"width": width, "height": 780})
            self.beside.emulate_media(color_scheme=light, reduced_motion="reduce")
            seen = {"faults": faults_of(self.beside, rules), **self.beside.evaluate(SPILL_AND_SMALL)}
            if any(seen.values()):
                self.wrong[f"{name} {width} {light}"] = seen
            if PICTURES and rules:
                picture = Path(PICTURES) / f"{self.count:02}-{name}-{light}.png"
                self.beside.screenshot(path=str(picture), full_page=True)

    def on(self, name: str, **typed: str) -> None:
        """Look, fill in, go on."""
        self.look(name)
        for field, value in typed.items():
            place = self.page.locator(f"[name={field}]")
            if field in CHOSEN:
                place.select_option(value)
            else:
                place.fill(value)
        self.page.click("main form button >> nth=0")


def register(walk: Walk, family: Family, link: str) -> None:
    page = walk.page
    page.goto(f"/k/{link}/")
    walk.on("link")
    walk.on("code", code=sign_in_code_of(newest_text()))
    walk.on("who", who="own", national_id=family.head)
    walk.on("head", given_name="پروانه", family_name="نمونه‌پور", birth_date_year="۱۳۶۲", gender="زن")
    page.click("text=افزودن یک نفر")
    walk.on("member", relation="فرزند", given_name="سینا", family_name="نمونه‌پور", national_id=family.others[0])
    walk.on("members")
    walk.on("place", urban="شهر", address="کرج، خیابان بهار")
    walk.on("home", tenure="اجاره‌ای", rooms="۱", has_car="ندارد")
    walk.on("life", n_employed="۰")
    page.check("[name=consent]")
    walk.on("answers")
    page.wait_for_url("**/me/")


def given_introduced(site: Site, household_id: int) -> int:
    """What the worker does every hour, of this household; tells the introduction of its first need."""
    at = timezone.now()
    lines = rows(
        "SELECT id FROM coordination_service WHERE organisation_id = %s AND kind = 1", site.cast.staff.organisation_id
    )
    approve_services(actor=SYSTEM, at=at, service_ids=[line[0] for line in lines])
    introduce_households(actor=SYSTEM, at=at, household_ids=[household_id])
    found = rows("SELECT id FROM coordination_introduction WHERE household_id = %s ORDER BY kind LIMIT 1", household_id)
    return int(found[0][0])


def take_by_charity(page: Page, introduction_id: int) -> None:
    """Take the new introduction: name, telephone and street open with it."""
    page.goto("/introductions/")
    page.click(f"form[action='/introductions/{introduction_id}/take/'] button")
    page.wait_for_url(f"**/introductions/{introduction_id}/")
    assert "پروانه" in page.inner_text("main")


def help_by_charity(page: Page, family: Family, code: str) -> None:
    ask(page, family.head)
    page.click(".verdict form button")
    page.wait_for_url("**/holds/")
    page.locator(".rows > li", has_text=code).get_by_text("تحویل شد").click()
    page.wait_for_url("**/holds/")


def correct_a_bank(walk: Walk, family: Family) -> None:
    """What a bank said about the head stands on the page; the head says that it is wrong, and is asked for a paper."""
    given_line(Phone(family, ""), OWN)
    keep(family.head, "CAR_COUNT", "VEHICLES", 3, timezone.now())
    page = walk.page
    page.goto("/me/known/")
    assert "تعداد خودرو: ۳" in page.inner_text("main")
    walk.look("known")
    page.locator("[name=about]").select_option(index=1)
    page.check("[name=kind][value=WRONG]")
    page.fill("[name=words]", "این خودرو از آنِ ما نیست.")
    page.click("main form button >> nth=0")
    walk.look("known-corrected")
    page.click("a[href^='/me/known/']")
    walk.look("known-proof")


def test_a_family_comes_in_by_sms_is_ranked_helped_and_sees_what_came(
    site: Site, visit: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    family = given_invited(tmp_path, at=timezone.now())
    walk = Walk(visit(width=360, java_script_enabled=False), visit(width=360))
    register(walk, family, link_of(newest_text()))
    assert "ثبت شد" in walk.page.inner_text("[role=status]")
    walk.look("file")
    [(household_id, code)] = rows(
        "SELECT h.id, h.code FROM registry_household h JOIN coordination_registration r ON r.household_id = h.id"
    )
    assert rows("SELECT count(*) FROM scoring_score WHERE household_id = %s", household_id) == [(1,)]

    # the office finds it among the households with open needs that nobody covers; a charity checks before it helps
    office = visit("officer").new_page()
    office.goto(f"/households/{household_id}/")
    assert "هیچ نهادی این خانوار را به‌طور ثابت پوشش نمی‌دهد" in office.inner_text("main")
    introduction_id = given_introduced(site, household_id)
    charity = visit("staff", width=360, java_script_enabled=False).new_page()
    take_by_charity(charity, introduction_id)
    assert rows("SELECT state FROM coordination_introduction WHERE id = %s", introduction_id) == [("TAKEN",)]
    walk.page.goto("/me/introductions/")
    assert "خیریهٔ مهرگان" in walk.page.inner_text("main")
    help_by_charity(charity, family, code)

    walk.page.goto("/me/")
    assert code in walk.page.inner_text("main")
    assert "خیریهٔ مهرگان" in walk.page.inner_text("main")
    walk.look("file-delivered")
    walk.page.click("form[action*='/me/receipts/'] button[value=yes]")
    assert "نوشته شد که رسید" in walk.page.inner_text("[role=status]")
    assert rows("SELECT state, way FROM ledger_receipt") == [(2, 1)]
    assert walk.page.locator(".tag.clear", has_text="رسید").count() >= 1
    for name in ("file", "introductions", "why", "looks", "objections", "voices", "ending"):
        walk.page.goto("/me/" if name == "file" else f"/me/{name}/")
        walk.look(f"{name}-after")
    correct_a_bank(walk, family)
    walk.page.goto("/me/looks/")
    assert "خیریهٔ مهرگان" in walk.page.inner_text("main")
    walk.page.click("main form button >> nth=0")
    walk.page.goto("/d/")
    walk.look("door")
    for name, place in (("public", "/v/"), ("track", "/v/track/")):
        walk.page.goto(place)
        walk.look(name)

    assert walk.wrong == {}
    assert walk.said == []


def test_a_first_visit_of_the_door_stays_below_sixty_kilobytes(
    site: Site, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(width=360, java_script_enabled=False).new_page()
    wire = page.context.new_cdp_session(page)
    sizes: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    page.goto("/d/", wait_until="networkidle")

    assert 1_000 < sum(sizes) < 60_000, sizes
    assert site.address in page.url
