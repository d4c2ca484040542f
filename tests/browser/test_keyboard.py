"""The key journeys without a mouse: Tab, Enter, Space, arrows and letters alone, and always seen where one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page
from pydantic import SecretStr

from sakha.giving.actions import allow_publishing, refresh_listings
from simulation.payment_gateway import MERCHANT
from tests.browser.conftest import Site
from tests.browser.test_pages import listen
from tests.coordination_cast import rows
from tests.door_cast import given_invited, link_of, newest_text, sign_in_code_of
from tests.entrypoints.staff_site.cast import PASSWORD
from tests.giving_cast import given_needy, sandbox
from tests.ledger_cast import AT, given_charity

pytestmark = pytest.mark.browser

TABS_MAX = 90
# What is wrong with what the next key would go to: nothing may cover it, and a ring stands around it. The ring of a
# picture to pick stands around the picture.
UNSEEN = """() => {
  const focused = document.activeElement;
  const shown = focused.matches('input:has(+ .pick)') ? focused.nextElementSibling : focused;
  const ring = getComputedStyle(shown);
  if (!focused.matches(':focus-visible') || ring.outlineStyle === 'none' || parseFloat(ring.outlineWidth) < 1) {
    return 'no ring';
  }
  const box = shown.getClientRects()[0];
  const seen = [0.25, 0.5, 0.75].some((part) => {
    const top = document.elementFromPoint(box.left + box.width * part, box.top + Math.min(box.height / 2, 40));
    return top && (shown.contains(top) || shown.closest('label')?.contains(top));
  });
  return seen ? '' : 'covered';
}"""


class Keys:
    """Somebody with a keyboard alone. Places are told by their role and name, as a screen reader tells them."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.said: list[str] = []
        listen(self.page, self.said)
        self.page.goto(address)

    def to(self, role: str, name: str) -> None:
        self.reach(self.page.get_by_role(role, name=name), name)  # type: ignore[arg-type]  # a role's own word

    def reach(self, wanted: Locator, name: str) -> None:
        """Press Tab until one of these has the focus; it has to be seen."""
        wanted.first.wait_for(state="attached")
        found = wanted.element_handles()  # asked once: names are dear
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("all => all.includes(document.activeElement)", found):
                unseen = self.page.evaluate(UNSEEN)
                assert unseen == "", f"{name}: {unseen}"
                return
        raise AssertionError(f"{name}: no key leads there")

    def write(self, name: str, words: str) -> None:
        self.reach(self.page.get_by_label(name, exact=True), name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, name: str, choice: str) -> None:
        """Go to a list and down to the choice."""
        self.to("combobox", name)
        told = "[document.activeElement.selectedOptions[0].text, document.activeElement.length]"
        self.page.keyboard.press("Home")
        shown, length = self.page.evaluate(told)
        for _ in range(length):
            if shown == choice:
                return
            self.page.keyboard.press("ArrowDown")
            shown, _length = self.page.evaluate(told)
        raise AssertionError(f"{name}: {choice} can't be chosen")

    def enter(self, role: str, name: str, place: str) -> None:
        """Go to a link or a button, press Enter, be on the next page."""
        self.to(role, name)
        self.follow(place)

    def follow(self, place: str) -> None:
        with self.page.expect_navigation(url=re.compile(place)):
            self.page.keyboard.press("Enter")

    def unfold(self, name: str) -> None:
        """Go to what is folded and open it."""
        self.reach(self.page.locator("summary", has_text=name), name)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("details[open] > summary:focus")

    def taken(self) -> str:
        """Press Enter and read the file that comes."""
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        return download.value.path().read_text(encoding="utf-8-sig")

    def words(self) -> str:
        return self.page.inner_text("main")


def test_staff_sign_in_check_and_hold(site: Site, visit: Callable[..., BrowserContext]) -> None:
    keys = Keys(visit(), "/sign-in/?next=/check/")
    keys.write("نام کاربری", site.cast.usernames["staff"])
    keys.write("گذرواژه", PASSWORD)
    keys.follow("/check/$")
    keys.to("link", "رفتن به محتوای صفحه")
    keys.page.keyboard.press("Enter")
    keys.write("کد ملی یکی از اعضای خانوار", site.cast.head_national_id)
    keys.choose("چه کمکی می‌خواهید بدهید؟", "اجارهٔ خانه")
    keys.to("button", "استعلام")
    keys.page.keyboard.press("Enter")
    keys.page.wait_for_selector(".verdict h2:focus")  # the answer is where the keys are
    keys.enter("button", "بر عهده می‌گیرم", "/holds/$")

    assert "به نام سازمان شما کنار گذاشته شد" in keys.page.inner_text("[role=status]")
    assert keys.said == []


def test_a_household_registers_to_the_end(site: Site, visit: Callable[..., BrowserContext], tmp_path: Path) -> None:
    family = given_invited(tmp_path, at=timezone.now())
    keys = Keys(visit(width=360), f"/k/{link_of(newest_text())}/")
    keys.enter("button", "رمز را بفرستید", "/d/code/$")
    keys.write("رمز شش‌رقمی", sign_in_code_of(newest_text()))
    keys.follow("/me/who/$")
    keys.choose("چه کسی این برگه را پر می‌کند؟", "خود خانوار")
    keys.write("کد ملی یا کد اتباع سرپرست خانوار", family.head)
    keys.follow("/me/head/$")
    keys.write("نام", "پروانه")
    keys.write("نام خانوادگی", "نمونه‌پور")
    keys.write("سال", "۱۳۶۲")
    keys.choose("جنسیت", "زن")
    keys.enter("button", "ذخیره و ادامه", "/me/members/$")
    keys.enter("button", "همین‌اند؛ ادامه", "/me/place/$")
    keys.choose("شهر یا روستا", "شهر")
    for place in ("home", "life", "answers"):
        keys.enter("button", "ذخیره و ادامه", f"/me/{place}/$")
    keys.to("checkbox", "این‌ها درست است و رضایت داریم")
    keys.page.keyboard.press("Space")
    keys.enter("button", "می‌فرستم", "/me/$")

    assert "ثبت شد" in keys.page.inner_text("[role=status]")
    assert site.address in keys.page.url
    assert keys.said == []


def test_a_giver_chooses_pays_and_follows(
    site: Site, visit: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    charity = given_charity("خیریهٔ بخشش")
    for home in given_needy(charity):
        allow_publishing(actor=charity, at=AT, household_id=home.id)
    refresh_listings(at=AT)
    with sandbox() as gateway:
        monkeypatch.setattr(settings.SAKHA, "zarinpal_url", gateway.url)
        monkeypatch.setattr(settings.SAKHA, "zarinpal_merchant", SecretStr(MERCHANT))
        keys = Keys(visit(width=360), "/give/")
        keys.enter("link", "سهمی می‌گیرم", "/give/need/")
        keys.write("مبلغ به تومان", "۲۰۰ هزار")
        keys.to("button", "ادامه و پرداخت")
        keys.page.keyboard.press("Enter")
        keys.page.wait_for_selector("main a.button[rel=noreferrer]")
        keys.enter("link", "به درگاه پرداخت می‌روم", f"{gateway.url}/")
        keys.enter("button", "می‌پردازم", "/gift/[^/]+/$")
        assert "در انتظار خیریه" in keys.words()
        keys.enter("link", "هر کس می‌تواند بسنجد", "/proof/$")

    assert site.address in keys.page.url
    assert [one for one in keys.said if not one.startswith(gateway.url)] == []  # the sandbox's page has no icon


def test_an_official_decides_at_the_desk_and_takes_a_table(site: Site, visit: Callable[..., BrowserContext]) -> None:
    keys = Keys(visit("officer"), "/desk/")
    keys.enter("link", "خدمت‌های تازهٔ نهادها", "/directory/$")
    keys.enter("button", "تأیید", "/directory/$")
    assert keys.page.inner_text("[role=status]") == "تأیید شد."
    assert rows("SELECT count(*) FROM coordination_service WHERE state = 'WAITING'") == [(0,)]
    keys.enter("link", "استان", "/province/$")
    keys.unfold("همین داده در جدول")
    keys.to("region", "همین داده در جدول")
    keys.unfold("تعریف و فایل")
    keys.to("link", "(CSV)")
    assert keys.taken().count("\n") > 1
    assert keys.said == []


def test_the_public_reads_the_figures_and_takes_their_file(site: Site, visit: Callable[..., BrowserContext]) -> None:
    keys = Keys(visit(), "/")
    keys.enter("link", "آمار", "/figures/$")
    keys.to("link", "همهٔ داده‌ها (CSV)")

    assert keys.taken().count("\n") > 1
    assert keys.said == []


def test_what_no_key_reaches_or_nobody_sees_is_noticed(site: Site, visit: Callable[..., BrowserContext]) -> None:
    keys = Keys(visit("staff"), "/check/")
    keys.to("button", "استعلام")

    keys.page.evaluate("document.querySelector('.ask button').tabIndex = -1")
    with pytest.raises(AssertionError, match="no key leads there"):
        keys.to("button", "استعلام")
    keys.page.evaluate("document.querySelector('.ask button').tabIndex = 0")
    keys.page.evaluate("document.querySelector('.ask button').style.outline = 'none'")
    with pytest.raises(AssertionError, match="no ring"):
        keys.to("button", "استعلام")
    keys.page.evaluate("document.querySelector('.ask button').style.outline = ''")
    keys.page.evaluate("""() => {
      const over = document.body.appendChild(document.createElement('div'));
      Object.assign(over.style, { position: 'fixed', inset: '0', zIndex: '99' });
    }""")
    with pytest.raises(AssertionError, match="covered"):
        keys.to("button", "استعلام")
