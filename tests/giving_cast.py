"""The cast of giving: households with a need of medicine that allow to be shown, a sandbox gateway, and its payers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.access.rules.sealing import IndexKind, blind_index, seal
from sakha.giving.actions import NewGift, PaidGift, Pledged, allow_publishing, pledge_gift, refresh_listings
from sakha.giving.actions import settle_payment as settle
from sakha.giving.actions.legal_givers import check_legal_giver, decide_legal_giver, register_legal_giver
from sakha.giving.actions.refunds import book_refund
from sakha.giving.actions.statements import compare_statements
from sakha.giving.gateways.zarinpal import ZarinpalAccount, ZarinpalGateway
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.legal_givers import find_legal_account
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.terms import GiftTerms
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.ledger.rules.terms import terms_of
from sakha.vocabulary.identifiers import legal_id_check_digit
from sakha.vocabulary.need_kinds import NeedKind
from simulation.payment_gateway import MERCHANT, Gateway, Session, make_server
from tests.ledger_cast import AT, KnownHousehold, a_request, given_household, given_officer

KIND = NeedKind.HEALTH
TARGET = 10_000_000
CALLBACK = "http://testserver/gift/{}/back/"
_NEED = """
    INSERT INTO scoring_need (household_id, kind, state, source, severity, amount, less, target, delivered, period,
                              rules_sha, evidence_on, expires_on, opened_at, state_at, assessed_at, proof, reason)
    VALUES (%(household)s, %(kind)s, 2, 'RULE', 3, %(target)s, 0, %(target)s, 0, %(period)s, '', %(on)s, '2027-11-01',
            %(at)s, %(at)s, %(at)s, '', '')
"""


def given_needy(*known_to: Actor, count: int = CROWD_MIN, county: str = "3001") -> list[KnownHousehold]:
    """Households of one place that all lack the same; nobody has asked them yet whether they may be shown."""
    made = [given_household(*known_to, county=county) for _ in range(count)]
    period = terms_of(KIND, at=AT).period
    with acting(SYSTEM), connection.cursor() as cursor:
        for one in made:
            facts = {"household": one.id, "kind": KIND.value, "target": TARGET, "period": period}
            cursor.execute(_NEED, facts | {"on": AT.date(), "at": AT})
    needs = [NeedToOpen(household_id=one.id, kind=KIND, period=period, target=TARGET) for one in made]
    open_needs(actor=SYSTEM, at=AT, needs=needs)
    return made


def given_listed(charity: Actor, *, count: int = CROWD_MIN) -> tuple[KnownHousehold, str]:
    """The first of some households, shown to givers, and its code."""
    first = given_needy(charity, count=count)[0]
    allow_publishing(actor=charity, at=AT, household_id=first.id)
    refresh_listings(at=AT)
    found = rows("SELECT code FROM giving_listing WHERE household_id = %s", first.id)
    return first, found[0][0] if found else ""


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@contextmanager
def sandbox(**settings: Any) -> Iterator[Gateway]:
    """The gateway of the simulation, answering over HTTP."""
    gateway = Gateway(**settings)
    with make_server(gateway) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield gateway
        finally:
            server.shutdown()
            thread.join()


def way_of(gateway: Gateway) -> ZarinpalGateway:
    return ZarinpalGateway(ZarinpalAccount(url=gateway.url, merchant_id=MERCHANT))


def pledge(
    gateway: Gateway, amount_rial: int = 1_000_000, at: Any = AT, giver: GiverMarks | None = None, **terms: Any
) -> Pledged:
    gift = NewGift(request_id=a_request(), amount_rial=amount_rial, terms=GiftTerms(**terms))
    return pledge_gift(at=at, gift=gift, callback_for=CALLBACK.format, gateway=way_of(gateway), giver=giver)


def authority_of(pledged: Pledged) -> str:
    return pledged.address.rpartition("/")[2]


def pay(gateway: Gateway, pledged: Pledged, at: Any = AT) -> PaidGift:
    """The giver pays, and the browser comes back."""
    gateway.pay(authority_of(pledged), is_paid=True)
    return settle(at=at, authority=authority_of(pledged), gateway=way_of(gateway))


def give(gateway: Gateway, amount_rial: int = 1_000_000, **terms: Any) -> Pledged:
    pledged = pledge(gateway, amount_rial, **terms)
    assert pay(gateway, pledged).is_paid
    return pledged


def send_back(pledged: Pledged, at: Any = AT) -> int:
    """What lies of a gift in the pool is booked as gone back, as an approved refund books it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        return book_refund(cursor, at=at, gift_id=pledged.gift_id, reason="به درخواست بخشنده")


def begin_check(at: Any = AT, donor_id: int | None = None) -> None:
    """Somebody's identity was asked and nobody answered; without a donor, a new account's."""
    with acting(SYSTEM), connection.cursor() as cursor:
        if donor_id is None:
            ring, mobile = key_ring(), "+989990000019"
            index = blind_index(ring, IndexKind.MOBILE, mobile)
            values = [index, seal(ring, mobile), at]
            cursor.execute(
                "INSERT INTO giving_donor (mobile_index, mobile_sealed, opened_at) VALUES (%s, %s, %s) RETURNING id",
                values,
            )
            donor_id = int(cursor.fetchone()[0])
        cursor.execute(
            "INSERT INTO giving_identity_check (donor_id, asked_at, outcome, verified_by)"
            " VALUES (%s, %s, 'UNANSWERED', '')",
            [donor_id, at],
        )


def begin_case(at: Any = AT) -> None:
    """A night on which the gateway told of a payment that nobody here knows."""
    with sandbox() as gateway:
        before = at - timedelta(days=1)
        gateway.sessions["S0"] = Session(700_000, "", is_paid=True, is_taken=True, reference=5, taken_at=before)
        account = ZarinpalAccount(url=gateway.url, merchant_id=MERCHANT, has_statements=True)
        compare_statements(at=at, gateway=ZarinpalGateway(account))


def a_legal_id(number: int = 1) -> str:
    """The national ID of a company that isn't: no issued one begins so."""
    first = f"9991234{number:03}"
    return first + legal_id_check_digit(first)


def given_company(mobile: str = "+989990000021", number: int = 1, at: Any = AT) -> DonorCard:
    """A company that two officers looked at; its account, as its first member opens it."""
    with acting(SYSTEM), connection.cursor() as cursor:
        ring = key_ring()
        values = [blind_index(ring, IndexKind.MOBILE, mobile), seal(ring, mobile), at]
        cursor.execute(
            "INSERT INTO giving_donor (mobile_index, mobile_sealed, opened_at) VALUES (%s, %s, %s) RETURNING id", values
        )
        person = find_donor(donor_id=int(cursor.fetchone()[0]))
    assert person is not None
    told = {"name": "شرکت نمونهٔ سپید", "legal_id": a_legal_id(number), "contact": "مدیر مالی"}
    made = register_legal_giver(giver=person, at=at, **told)
    one, two = (given_officer(f"legal.{number}.{name}", Scope.NATION) for name in ("one", "two"))
    check_legal_giver(actor=one, at=at, legal_giver_id=made, note="روزنامهٔ رسمی دیده شد")
    decide_legal_giver(actor=two, at=at, legal_giver_id=made, is_approved=True)
    account = find_legal_account(donor_id=person.donor_id, legal_giver_id=made)
    assert account is not None
    company = find_donor(donor_id=account)
    assert company is not None
    return company


def balances(gift_id: int) -> dict[int, int]:
    return dict(rows("SELECT account, rial FROM giving_balance WHERE gift_id = %s AND rial <> 0", gift_id))
