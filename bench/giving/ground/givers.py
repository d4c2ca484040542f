"""Givers as a process of their own: each chooses a need, pays at the sandbox and comes back, trying again what fails.

`python -m bench.giving.ground.givers give COUNT THREADS` or `… settle`. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakha.settings")
django.setup()

import httpx  # noqa: E402 -- Django first
from django.db import connection  # noqa: E402
from django.db.utils import DatabaseError, InterfaceError  # noqa: E402

from sakha.giving.actions import (  # noqa: E402
    NewGift,
    lapse_pledges,
    pledge_gift,
    reconcile_payments,
    settle_payment,
    verify_books,
)
from sakha.giving.gateways import PaymentUncertain  # noqa: E402
from sakha.giving.rules.terms import GiftBegun, GiftTerms, ListingFull  # noqa: E402

LEAST_RIAL, MOST_RIAL, STEP_RIAL = 100_000, 400_000, 10_000
TRIES = 200
# One for all: to read a machine's authorities anew for each giver would take longer than the gift.
BROWSER = httpx.Client(timeout=60, trust_env=False)


def give_once(seed: int) -> str:
    """One giver: chooses, promises, pays, comes back. Tells how it ended."""
    chance = random.Random(seed)
    code = f"{chance.randrange(100):08d}"
    amount = chance.randrange(LEAST_RIAL, MOST_RIAL + 1, STEP_RIAL)
    request = uuid4()
    for _ in range(TRIES):
        try:
            return _try(code, amount, request)
        except GiftBegun:  # the database died after it was kept: its place lapses, nobody was led to pay
            request = uuid4()
        except (DatabaseError, InterfaceError, PaymentUncertain):
            connection.close()
            time.sleep(0.1)
    return "given up"


def _try(code: str, amount: int, request: UUID) -> str:
    now = datetime.now(UTC)
    gift = NewGift(request_id=request, amount_rial=amount, terms=GiftTerms(listing_code=code))
    try:
        pledged = pledge_gift(at=now, gift=gift, callback_for="http://127.0.0.1/gift/{}/back/".format)
    except ListingFull:
        return "full"
    _pay(pledged.address)
    try:
        # The browser comes back twice: a double click.
        for _ in range(2):
            settle_payment(at=now, authority=pledged.address.rpartition("/")[2])
    except (DatabaseError, InterfaceError, PaymentUncertain):
        connection.close()
        return "paid, and the answer was lost"
    return "paid"


def _pay(address: str) -> None:
    """The gateway's page; who gets no answer sends it again."""
    for _ in range(TRIES):
        try:
            BROWSER.post(address, data={"do": "pay"})
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return


def settle() -> dict[str, int]:
    """What the product does by itself afterwards: asks about open payments, gives places back, compares the books."""
    later = datetime.now(UTC) + timedelta(hours=2)
    found_count = 0
    for number in range(50):
        paid_count, unpaid_count = reconcile_payments(at=later + timedelta(hours=number), limit=2000)
        found_count += paid_count
        if not paid_count + unpaid_count:
            break
    lapsed_count = lapse_pledges(at=later, limit=100_000)
    told = verify_books()
    return {
        "found": found_count, "lapsed": lapsed_count, "differing": told.differing_count, "sum": told.sum_rial
    }  # fmt: skip


def main() -> None:
    """Give or settle."""
    if sys.argv[1] == "settle":
        print(json.dumps(settle()))
        return
    first, count, threads = map(int, sys.argv[2:5])
    with ThreadPoolExecutor(max_workers=threads) as pool:
        ends = Counter(pool.map(give_once, range(first, first + count)))
    print(json.dumps(ends))


if __name__ == "__main__":
    main()
