"""A real site for a real browser: Debian's chromium against the pages, their assets and the test database."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import pytest

django.setup()  # this file may be read before pytest has configured anything

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Browser, BrowserContext  # noqa: E402

from sakha.ledger.actions import hold_aid  # noqa: E402
from sakha.vocabulary.need_kinds import NeedKind  # noqa: E402
from tests.entrypoints.staff_site.cast import Cast, signed_in  # noqa: E402
from tests.entrypoints.staff_site.pages import Furnished, furnish  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 120_000  # milliseconds: a busy machine is slow, and no test measures time
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


@dataclass(frozen=True, slots=True)
class Site:
    """Where the site answers, who is on it, and what is behind every page."""

    address: str
    furnished: Furnished
    cookies: dict[str, str]

    @property
    def cast(self) -> Cast:
        """Who is who."""
        return self.furnished.cast


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the site logs for itself."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not on this machine: `apt-get install chromium` (tests/run does it)")
    return {"executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture(scope="module")
def site(committed_for_module: None) -> Iterator[Site]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield _populate(f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    thread.join()


def _populate(address: str) -> Site:
    furnished = furnish()
    cast = furnished.cast
    clients = {name: client for name, client in furnished.clients().items() if name}
    clients["leaver"] = signed_in(cast, "staff")  # a session of its own, for the test that ends it
    hold_aid(
        actor=cast.staff,
        at=timezone.now(),
        household_id=cast.household_id,
        kind=NeedKind.HEALTH,
        quantity=20_000_000,
        request_id=uuid.uuid4(),
    )
    cookies = {name: client.cookies["sessionid"].value for name, client in clients.items()}
    return Site(address, furnished, cookies)


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser as somebody, at a width and in a light."""
    opened: list[BrowserContext] = []

    def open_as(who: str = "", *, width: int = 1100, light: str = "light", **options: Any) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=light,  # type: ignore[arg-type]  # the word is one of playwright's own
            locale="fa-IR",
            timezone_id="Asia/Tehran",
            base_url=site.address,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        if who:
            context.add_cookies([{"name": "sessionid", "value": site.cookies[who], "url": site.address}])
        opened.append(context)
        return context

    yield open_as
    for context in opened:
        context.close()
