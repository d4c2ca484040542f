"""The demonstration's payment gateway: the simulation's sandbox, a process beside. Nothing real is ever paid."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
from django.conf import settings
from pydantic import SecretStr

from sakha.entrypoints.commands.database import home_folder

# The only merchant that the sandbox knows.
MERCHANT: Final = "00000000-0000-4000-8000-sandbox00000"
_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The running sandbox, and givers' browser that pays there."""

    url: str
    browser: httpx.Client

    def pay(self, address: str) -> str:
        """Pay as a giver does; tells the gateway's name of the payment."""
        self.browser.post(address, data={"do": "pay"}).close()
        return address.rpartition("/")[2]


@contextmanager
def sandbox_gateway() -> Iterator[Sandbox]:
    """Run the sandbox and let this process and its children pay there, whatever merchant the environment names.

    Its books lie in the home, so that a later one knows what an earlier one took.
    """
    home = home_folder()
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "simulation.payment_gateway", "--books", str(home / "sandbox.books")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("ready "):
                raise RuntimeError("The sandbox of payments did not start.")
            url = line.split()[1]
            with _paid_at(url), httpx.Client(timeout=_SECONDS, trust_env=False) as browser:
                yield Sandbox(url, browser)
        finally:
            process.terminate()


@contextmanager
def _paid_at(url: str) -> Iterator[None]:
    told = settings.SAKHA
    before = told.zarinpal_url, told.zarinpal_merchant, told.zarinpal_refunds, told.zarinpal_statements
    words = {"SAKHA_ZARINPAL_URL": url, "SAKHA_ZARINPAL_MERCHANT": MERCHANT}
    words |= {"SAKHA_ZARINPAL_REFUNDS": "true", "SAKHA_ZARINPAL_STATEMENTS": "true"}
    kept = {name: os.environ.get(name) for name in words}
    os.environ.update(words)
    told.zarinpal_url, told.zarinpal_merchant = url, SecretStr(MERCHANT)
    told.zarinpal_refunds = told.zarinpal_statements = True
    try:
        yield
    finally:
        told.zarinpal_url, told.zarinpal_merchant, told.zarinpal_refunds, told.zarinpal_statements = before
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
