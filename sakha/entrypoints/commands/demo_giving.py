"""The demonstration's givers: needs shown, gifts once and every month, goods, shares of the pool, what arrived.

Leaves each step to its module. Whatever was given is found there on a second walk, which adds nothing; a walk that was
killed is gone on with, for each step has a request id of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection

from sakha.access.queries import acting, find_actor, user_ids
from sakha.access.rules import SYSTEM, Actor
from sakha.entrypoints.commands.database import home_folder, keep_word
from sakha.entrypoints.commands.demo_arrivals import (
    ask_for_refund,
    deliver_and_confirm,
    hold_what_was_named,
    offer_and_take,
    propose_again,
    share_the_pool,
    show_needs,
)
from sakha.entrypoints.commands.demo_bodies import Cast
from sakha.entrypoints.commands.demo_gateway import sandbox_gateway
from sakha.entrypoints.commands.demo_gifts import BASKETS, NAMED_MAX, POOL_COUNT, give_gifts, give_more
from sakha.entrypoints.commands.demo_givers import open_givers
from sakha.entrypoints.commands.demo_orphans import verify_orphans

NATION_OFFICER: Final = "iran"
GIVING_STEPS: Final = NAMED_MAX + POOL_COUNT + BASKETS
_ACCOUNTS_FOR: Final = timedelta(days=45)
_TOLD: Final = """
    SELECT (SELECT count(*) FROM giving_payment WHERE state = 'VERIFIED'),
           (SELECT coalesce(sum(amount_rial), 0) FROM giving_gift WHERE state IN ('PAID', 'REFUNDED'))::bigint,
           (SELECT count(*) FROM giving_donor),
           (SELECT coalesce(sum(rial), 0) FROM giving_balance WHERE account = 5)::bigint,
           (SELECT coalesce(sum(rial), 0) FROM giving_balance WHERE account = 4)::bigint,
           (SELECT count(*) FROM giving_sponsorship WHERE state = 'ACTIVE'),
           (SELECT count(*) FROM giving_goods_taking),
           (SELECT count(*) FROM giving_share WHERE state = 'WAITING' AND amount_rial > 0),
           (SELECT count(*) FROM giving_listing WHERE left_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class GiftsTold:
    """What the page tells of givers."""

    payment_count: int
    given_rial: int
    account_count: int
    arrived_rial: int
    held_rial: int
    monthly_count: int
    taking_count: int
    waiting_count: int
    shown_count: int
    follow_code: str = ""


def let_givers_give(*, cast: Cast, pilot: Path, at: datetime, tell: Callable[[int], None]) -> GiftsTold:
    """Walk the givers' way once, and tell what stands in the books."""
    if not _is_given():
        staff = {body.organisation_id: body.staff for body in cast.charities if not body.staff.withheld}
        second = _second_officer(at)
        verify_orphans(staff=staff, officer=cast.officer, at=at)
        show_needs(staff=staff, at=at)
        able = [body for body in cast.charities if body.organisation_id in staff]
        people, bodies = open_givers(pilot=pilot, bodies=able, at=at - _ACCOUNTS_FOR)
        with sandbox_gateway() as sandbox:
            followed = give_gifts(sandbox=sandbox, people=people, bodies=bodies, at=at, tell=tell)
            hold_what_was_named(staff=staff, at=at)
            offer_and_take(givers=bodies, staff=staff, at=at)
            share_the_pool(officer=cast.officer, second=second, staff=staff, at=at)
            deliver_and_confirm(staff=staff, at=at)
            give_more(sandbox=sandbox, people=people, at=at)
            propose_again(officer=cast.officer, at=at)
            ask_for_refund(officer=second, at=at)
        _follow_file().unlink(missing_ok=True)
        keep_word(_follow_file(), followed)
    return _told()


def tell_gifts(told: GiftsTold) -> list[str]:
    """Lines of the printed page."""
    who = f"from {told.account_count:,} accounts and without a name"
    rest = f"{told.waiting_count:,} shares of the pool wait; {told.shown_count:,} needs are shown"
    return [
        f"givers: {told.payment_count:,} payments of {told.given_rial:,} ﷼ in the sandbox, {who}",
        f"of it {told.arrived_rial:,} ﷼ arrived, {told.held_rial:,} ﷼ are held; {rest}",
        f"{told.monthly_count:,} gifts for every month, {told.taking_count:,} times goods or hours taken from stock",
    ]


def _is_given() -> bool:
    """Whether all steps were walked: the file is written last, and is of this database only where gifts are in it."""
    if not _follow_file().exists():
        return False
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM giving_gift)")
        return bool(cursor.fetchone()[0])


def _second_officer(at: datetime) -> Actor:
    """Who decides on what the province's office proposes."""
    with acting(SYSTEM):
        actor = find_actor(user_ids([NATION_OFFICER])[NATION_OFFICER], at=at)
    if actor is None:
        raise LookupError("The demonstration's officer of the nation was closed.")
    return actor


def _told() -> GiftsTold:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TOLD)
        row = cursor.fetchone()
    file = _follow_file()
    return replace(GiftsTold(*row), follow_code=file.read_text() if file.exists() else "")


def _follow_file() -> Path:
    return home_folder() / "demo.gift"
