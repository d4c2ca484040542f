"""The Python client against a live server: a batch over several requests, a hold once, a list from an Excel file."""

from __future__ import annotations

import runpy
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client as Browser
from openpyxl import Workbook, load_workbook

from tests.api_cast import given_place
from tests.ledger_cast import a_national_id

ROOT = Path(__file__).resolve().parents[2] / "clients" / "python"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the site logs for itself."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def _client_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def test_the_client_asks_a_live_server(
    client: Browser, committed: None, address: str, _client_installed: None, tmp_path: Path
) -> None:
    from sakha_client import Sakha, SakhaProblem

    caller, home = given_place(client)
    with Sakha(address, caller.secret) as sakha:
        assert sakha.me()["is_sandbox"] is True
        answer = sakha.check("FOOD", national_id=home.national_id)
        assert (answer.verdict, answer.household_id) == ("CLEAR", home.id)
        hold = sakha.hold("FOOD", home.id, 1, request="parcel")
        assert sakha.hold("FOOD", home.id, 1, request="parcel").hold_id == hold.hold_id
        with pytest.raises(SakhaProblem) as refused:
            sakha.hold("FOOD", home.id, 1)
        assert (refused.value.status, refused.value.code) == (409, "NEED_COVERED")
        sakha.deliver(hold.hold_id)
        assert [one["status"] for one in sakha.holds()] == ["DELIVERED"]
        assert sakha.hold_many("CASH", [(home.id, 5)])[0].outcome == "HELD"
        assert sakha.find_household(home.national_id)["household_id"] == home.id
        assert sakha.household(home.id)["household_id"] == home.id
        assert {one["kind"] for one in sakha.needs(home.id)} >= {"FOOD", "CASH"}

        book = Workbook()
        book.active.append(["national_id"])
        for number in [home.national_id, "", *(a_national_id() for _ in range(1500))]:
            book.active.append([number])
        book.save(tmp_path / "people.xlsx")
        example = runpy.run_path(str(ROOT / "examples" / "check_list.py"))
        counts = example["check_file"](sakha, tmp_path / "people.xlsx", tmp_path / "checked.xlsx")
    assert counts == {"HARD": 1, "INVALID": 1, "UNKNOWN": 1500}
    rows = list(load_workbook(tmp_path / "checked.xlsx").active.iter_rows(values_only=True))
    assert rows[1][:2] == (home.national_id, "HARD")


@pytest.mark.usefixtures("_client_installed")
def test_the_client_waits_as_it_is_told_and_sends_the_same_key_again() -> None:
    from sakha_client import Sakha

    seen: list[str] = []
    waited: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Idempotency-Key"])
        if len(seen) == 1:
            raise httpx.ConnectError("lost")
        if len(seen) == 2:
            return httpx.Response(429, headers={"Retry-After": "7"})
        return httpx.Response(200, json={"hold_id": 3, "expires_at": "2026-11-25T08:00:00+00:00"})

    with Sakha("http://nowhere", "key", transport=httpx.MockTransport(answer), wait=waited.append) as sakha:
        assert sakha.hold("FOOD", 1, 1).hold_id == 3
    assert (len(set(seen)), waited) == (1, [1, 7.0])


@pytest.mark.usefixtures("_client_installed")
def test_the_client_does_not_sleep_until_tomorrow() -> None:
    from sakha_client import Sakha, SakhaProblem

    waited: list[float] = []
    told = iter(["Wed, 21 Oct 2026 07:28:00 GMT", "86000"])

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": next(told)})

    with (
        Sakha("http://nowhere", "key", transport=httpx.MockTransport(answer), wait=waited.append) as sakha,
        pytest.raises(SakhaProblem) as refused,
    ):
        sakha.me()
    assert (refused.value.status, waited) == (429, [1.0])
