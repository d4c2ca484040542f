"""Takes the pictures of the README from a running demonstration: of all sites, on a desk and on a phone.

    .venv/bin/python docs/take_pictures.py --staff c001 --office alborz --password … --identifier 999… --gift …

Needs what the tests need (`make env-test`) and Debian's chromium. The people in the pictures are simulated.
"""

from __future__ import annotations

import argparse
import base64
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FOLDER = Path(__file__).parent / "pictures"
POLICY = "فاصله تا خط فقر بیشتر بشمارد"
OPEN_PAGES = {
    "public": "/",
    "public-en": "/en/",
    "figures": "/figures/",
    "proof": "/proof/",
    "needs": "/give/",
}
SIZES = {"desktop": (1100, 1360), "phone": (360, 1500)}
BYTES_MAX = 150_000
QUALITIES = (82, 70)


def main() -> None:
    """Take all pictures in both sizes."""
    asked = read_arguments()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size in SIZES:
            take_size(browser, size, asked)
        browser.close()


def read_arguments() -> argparse.Namespace:
    """Take where the demonstration is served and who signs in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--staff", required=True, help="a charity's account")
    parser.add_argument("--office", required=True, help="a province officer's account")
    parser.add_argument("--password", required=True)
    parser.add_argument("--identifier", required=True, help="national ID to check; simulated ones begin with 999")
    parser.add_argument("--gift", required=True, help="code of a gift, as the demonstration's page ends with")
    parser.add_argument("--kind", default="1", help="number of the kind of help to check (default 1, food)")
    return parser.parse_args()


def take_size(browser: Browser, size: str, asked: argparse.Namespace) -> None:
    """Take the pages in one size."""
    width, _ = SIZES[size]
    options = {"base_url": asked.address, "locale": "fa-IR", "timezone_id": "Asia/Tehran"}
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **options)
    page = context.new_page()
    for name, address in OPEN_PAGES.items():
        page.goto(address)
        keep(page, name, size)
    page.goto(f"/gift/{asked.gift}/")
    keep(page, "gift", size)
    page.goto("/sign-in/")
    keep(page, "sign-in", size)
    sign_in(page, asked.staff, asked.password)
    check(page, asked)
    keep(page, "check", size)
    page.emulate_media(color_scheme="dark")
    keep(page, "check-dark", size)
    page.emulate_media(color_scheme="light")
    page.click("text=دیدن پروندهٔ کامل")
    page.wait_for_load_state("networkidle")
    keep(page, "household", size)
    page.click("text=چرا این جایگاه؟")
    page.wait_for_load_state("networkidle")
    keep(page, "why", size)
    page.goto("/files/")
    rows = page.locator(".rows a")
    if rows.count():
        rows.last.click()
        page.wait_for_load_state("networkidle")
    keep(page, "import", size)
    context.clear_cookies()
    sign_in(page, asked.office, asked.password)
    page.goto("/province/")
    keep(page, "province", size)
    page.goto("/identity/")
    page.click("text=آغاز کن")
    keep(page, "identity", size)
    simulate(page)
    keep(page, "policy", size)
    context.close()


def simulate(page: Page) -> None:
    """Write a version of the priority's weights, or take the one of the last time, and simulate it."""
    page.goto("/policies/")
    known = page.locator(f"a:text-is('{POLICY}')")
    if known.count():
        known.first.click()
    else:
        page.goto("/policies/new/priority/")
        page.fill("[name=title]", POLICY)
        page.fill("[name=reason]", "فقیرترین خانوارها باید زودتر دیده شوند.")
        page.fill("[name=gap_points]", "۶")
        page.fill("[name=severity_points]", "۶")
        page.click("form.form .button")
    page.fill("[name=amount]", "۳۰۰")
    page.click("text=ببین چه کسانی جابه‌جا می‌شوند")
    page.wait_for_selector("text=به ۳۰۰ خانوار نخست")


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign in by the form."""
    page.goto("/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click(".welcome button[type=submit]")
    page.wait_for_selector("details.account")


def check(page: Page, asked: argparse.Namespace) -> None:
    """Ask about a household."""
    page.goto("/check/")
    page.type("[name=identifier]", asked.identifier)
    page.select_option("[name=kind]", asked.kind)
    page.click("form.ask button")
    page.wait_for_selector(".verdict")


def keep(page: Page, name: str, size: str) -> None:
    """Keep the picture, cut at the size's height; one that is too heavy is refused."""
    width, height_max = SIZES[size]
    page.wait_for_load_state("networkidle")
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(whole, 800), height_max)})
    page.evaluate("window.scrollTo(0, 0)")
    path = FOLDER / f"{name}-{size}.webp"
    wire = page.context.new_cdp_session(page)
    for quality in QUALITIES:
        taken = wire.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        path.write_bytes(base64.b64decode(taken["data"]))
        weight = path.stat().st_size
        if weight <= BYTES_MAX:
            break
    page.set_viewport_size({"width": width, "height": 800})
    print(f"{path.name}: {weight // 1000} KB")
    if weight > BYTES_MAX:
        raise SystemExit(f"{path.name} weighs {weight} bytes; {BYTES_MAX} are allowed")


if __name__ == "__main__":
    main()
