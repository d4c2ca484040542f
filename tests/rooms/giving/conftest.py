"""A charity and a sandbox gateway. Django is asleep while conftests are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sakha.access.rules import Actor
    from sakha.giving.gateways.zarinpal import ZarinpalGateway
    from simulation.payment_gateway import Gateway


@pytest.fixture
def mehr(db: None) -> Actor:
    from tests.ledger_cast import given_charity

    return given_charity("خیریهٔ مهر")


@pytest.fixture
def gateway(db: None) -> Iterator[Gateway]:
    from tests.giving_cast import sandbox

    with sandbox() as one:
        yield one


@pytest.fixture
def way(gateway: Gateway) -> ZarinpalGateway:
    """One that tells its books, and lives at the time of the cast."""
    from sakha.giving.gateways.zarinpal import ZarinpalAccount, ZarinpalGateway
    from simulation.payment_gateway import MERCHANT
    from tests.ledger_cast import AT

    gateway.clock = lambda: AT
    account = ZarinpalAccount(url=gateway.url, merchant_id=MERCHANT, has_refunds=True, has_statements=True)
    return ZarinpalGateway(account)
