"""Many givers at one need at once, many callbacks of one payment: no need over 100 %, no rial lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from sakha.giving.actions import NewGift, hold_with_gifts, pledge_gift, settle_payment, verify_books
from sakha.giving.actions.refunds import BooksVerified
from sakha.giving.gateways.protocol import AskedPayment, VerifiedPayment
from sakha.giving.rules.terms import GiftTerms, ListingFull, MoneyShort
from sakha.ledger.rules.results import ExceedsOpenNeed, NeedCovered
from tests.giving_cast import KIND, TARGET, given_listed, rows
from tests.ledger_cast import AT, a_request, given_charity

pytestmark = pytest.mark.races
GIVERS, PART = 48, 500_000


class Purse:
    """A gateway at which everybody has paid: what is raced for here is our own books."""

    name = "purse"

    def ask(self, *, amount_rial: int, callback: str, description: str) -> AskedPayment:
        del amount_rial, callback, description
        authority = a_request().hex
        return AskedPayment(authority=authority, address=f"/{authority}")

    def verify(self, *, authority: str, amount_rial: int) -> VerifiedPayment:
        del amount_rial
        return VerifiedPayment(reference=authority, fee_rial=0)


def at_once(work: Callable[[int], object], count: int) -> list[object]:
    def alone(number: int) -> object:
        try:
            return work(number)
        except (ListingFull, MoneyShort, NeedCovered, ExceedsOpenNeed) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=12) as pool:
        return list(pool.map(alone, range(count)))


def give_to(code: str) -> Callable[[int], str]:
    def give(_: int) -> str:
        gift = NewGift(request_id=a_request(), amount_rial=PART, terms=GiftTerms(listing_code=code))
        pledged = pledge_gift(at=AT, gift=gift, callback_for=str, gateway=Purse())
        settle_payment(at=AT, authority=pledged.address[1:], gateway=Purse())
        return pledged.address[1:]

    return give


def test_many_givers_at_one_need_fill_it_exactly_and_every_rial_is_somewhere(committed: None) -> None:
    charity = given_charity("خیریهٔ مهر")
    household, code = given_listed(charity)

    given = at_once(give_to(code), GIVERS)

    paid = [one for one in given if isinstance(one, str)]
    assert len(paid) == TARGET // PART
    assert all(isinstance(one, ListingFull) for one in given if one not in paid)
    assert rows("SELECT given_rial FROM giving_listing") == [(TARGET,)]

    # the same callbacks again, all at once, and charities drawing more than there is
    at_once(lambda number: settle_payment(at=AT, authority=paid[number % len(paid)], gateway=Purse()), GIVERS)
    requests = [a_request() for _ in range(8)]
    drawn = at_once(
        lambda number: hold_with_gifts(
            actor=charity,
            at=AT,
            household_id=household.id,
            kind=KIND,
            amount_rial=3_000_000,
            request_id=requests[number],
        ),
        len(requests),
    )
    assert sum(not isinstance(one, Exception) for one in drawn) == 3
    assert rows("SELECT account, sum(rial) FROM giving_balance GROUP BY 1 HAVING sum(rial) <> 0 ORDER BY 1") == [
        (1, -TARGET), (3, 1_000_000), (4, 9_000_000)
    ]  # fmt: skip
    assert verify_books() == BooksVerified(0, 0)


def test_control_without_the_condition_of_the_place_a_need_is_given_too_much(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    _, code = given_listed(given_charity("خیریهٔ مهر"))
    owner_cursor.execute("ALTER TABLE giving_listing DROP CONSTRAINT never_given_over")
    body = owner_cursor.execute("SELECT pg_get_functiondef('giving_place'::regproc)").fetchone()[0]
    condition = "AND l.given_rial + l.elsewhere_rial + p_amount <= l.target_rial"
    assert condition in body
    owner_cursor.execute(body.replace(condition, ""))
    try:
        given = at_once(give_to(code), 24)
        over = rows("SELECT given_rial FROM giving_listing")
    finally:
        owner_cursor.execute(body)
        owner_cursor.execute("UPDATE giving_listing SET given_rial = 0")
        owner_cursor.execute(
            "ALTER TABLE giving_listing ADD CONSTRAINT never_given_over"
            " CHECK (given_rial >= 0 AND given_rial <= target_rial AND elsewhere_rial >= 0)"
        )

    assert all(isinstance(one, str) for one in given)
    assert over == [(24 * PART,)]


def test_control_without_its_key_a_payment_would_count_twice(committed: None, owner_cursor: psycopg.Cursor) -> None:
    _, code = given_listed(given_charity("خیریهٔ مهر"))
    give_to(code)(0)
    again = """INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, reason, at)
               SELECT gift_id, key, from_account, to_account, amount_rial, '', at FROM giving_transfer
                WHERE key = 'paid'"""
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner_cursor.execute(again)

    owner_cursor.execute("ALTER TABLE giving_transfer DROP CONSTRAINT one_transfer_a_key")
    try:
        owner_cursor.execute(again)
        assert rows("SELECT sum(rial) FROM giving_balance WHERE account = 1") == [(-2 * PART,)]
    finally:
        owner_cursor.execute("TRUNCATE giving_transfer, giving_balance")
        owner_cursor.execute("ALTER TABLE giving_transfer ADD CONSTRAINT one_transfer_a_key UNIQUE (gift_id, key)")
