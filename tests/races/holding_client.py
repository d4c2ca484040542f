"""A worker of its own process that holds and delivers without end, and keeps a journal of what was acknowledged.

Every line is on the disk before the next request is sent, so the journal outlives a kill -9 of anybody.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402 -- Django first
from psycopg_pool import PoolTimeout  # noqa: E402

from sakha.access.queries import acting  # noqa: E402
from sakha.access.rules import SYSTEM, Actor, Role, Scope  # noqa: E402
from sakha.ledger.actions import deliver_aid, hold_aid, open_needs  # noqa: E402
from sakha.ledger.rules import NeedToOpen  # noqa: E402
from sakha.vocabulary.need_kinds import NeedKind  # noqa: E402
from tests.ledger_cast import AT, given_charity, given_household  # noqa: E402

TARGETS = (5, 100_000, 100_000)
SETS = 3  # one for each test that kills somebody
connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 1  # whoever waits for a killed server learns it soon


def charity(organisation_id: int) -> Actor:
    return Actor(
        user_id=None, organisation_id=organisation_id, role=Role.CHARITY_STAFF, scope=Scope.ORGANISATION, province="30"
    )


def prepare() -> None:
    charities = [given_charity(f"خیریهٔ {number}") for number in range(3)]
    households = [[given_household(*charities).id for _ in TARGETS] for _ in range(SETS)]
    needs = [
        NeedToOpen(household_id=household_id, kind=NeedKind.CASH, period=140508, target=target)
        for one_set in households
        for household_id, target in zip(one_set, TARGETS, strict=True)
    ]
    open_needs(actor=SYSTEM, at=AT, needs=needs)
    print(json.dumps({"charities": [one.organisation_id for one in charities], "households": households}))


def hold_for_ever(organisation_id: int, journal: Path, households: list[int]) -> None:
    actor, chance = charity(organisation_id), random.Random(organisation_id)
    with journal.open("a") as file:

        def note(*words: object) -> None:
            print(*words, file=file, flush=True)
            os.fsync(file.fileno())

        while True:
            household_id, request_id = chance.choice(households), uuid4()
            note("SENT", request_id, household_id)
            result = hold_aid(
                actor=actor, at=AT, household_id=household_id, kind=NeedKind.CASH, quantity=1, request_id=request_id
            )
            note(result.outcome.name, request_id, result.hold_id)
            if result.hold_id is not None and chance.random() < 0.3:
                deliver_aid(actor=actor, at=AT, hold_id=result.hold_id)
                note("DELIVERED", request_id, result.hold_id)


def send_again(organisation_id: int, households: list[int], requests: list[str]) -> None:
    """Send requests whose answer never came, as a client does after a crash."""
    for household_id, request_id in zip(households, requests, strict=True):
        result = hold_aid(
            actor=charity(organisation_id),
            at=AT,
            household_id=household_id,
            kind=NeedKind.CASH,
            quantity=1,
            request_id=UUID(request_id),
        )
        print(result.outcome.name, result.hold_id, flush=True)


def stop_inside(organisation_id: int, household_id: int) -> None:
    """Hold, and never come to the end of the transaction."""
    actor = charity(organisation_id)
    with acting(actor):
        result = hold_aid(
            actor=actor, at=AT, household_id=household_id, kind=NeedKind.CASH, quantity=5, request_id=uuid4()
        )
        print(result.outcome.name, flush=True)
        time.sleep(600)


def main(verb: str, *words: str) -> None:
    if verb == "prepare":
        prepare()
    elif verb == "stop-inside":
        stop_inside(int(words[0]), int(words[1]))
    elif verb == "send-again":
        send_again(int(words[0]), json.loads(words[1]), json.loads(words[2]))
    else:
        try:
            hold_for_ever(int(words[0]), Path(words[1]), json.loads(words[2]))
        except (OperationalError, InterfaceError, PoolTimeout):
            return  # the database is gone: what was acknowledged is in the journal


if __name__ == "__main__":
    main(*sys.argv[1:])
