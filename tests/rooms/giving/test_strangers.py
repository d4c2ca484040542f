"""Nobody without a scope, or with another's, reads or writes a row of this room; what is booked stays booked."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope, household_actor
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.giving.actions import hold_with_gifts, verify_books
from sakha.giving.actions.donors import ask_giver_code, open_organisation_giver
from sakha.giving.actions.goods import NewOffer, offer_goods, take_goods
from sakha.giving.actions.pool_policy import propose_pool_policy
from sakha.giving.actions.proposals import propose_shares
from sakha.giving.actions.refunding import propose_refund
from sakha.giving.actions.sponsorships import NewSponsorship, begin_sponsorship
from sakha.giving.queries.donors import find_donor
from sakha.giving.rules.pool_policy import PoolTerms
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.sponsorships import SponsorshipAim
from tests.giving_cast import KIND, begin_case, begin_check, give, given_company, given_listed, sandbox
from tests.ledger_cast import AT, a_request, an_officer, given_charity, given_officer
from tests.open_tables import without_row_security

POOL = SponsorshipAim.POOL
TABLES = ("publishing_leave", "listing", "gift", "promise_mark", "payment", "draw", "balance", "transfer")
TABLES += ("donor", "donor_code", "amount_limit", "identity_check")
TABLES += ("proposal", "share", "share_piece", "sponsorship", "sponsored_month")
TABLES += ("goods_offer", "goods_taking", "refund", "pool_policy", "statement_day", "statement_due", "gateway_case")
TABLES += ("legal_giver", "legal_member")


def fill() -> tuple[Actor, int]:
    charity = given_charity("خیریهٔ مهر")
    household, code = given_listed(charity)
    ask_giver_code(at=AT, mobile="+989990000017", address="192.0.2.1")
    begin_check(AT)
    donor = find_donor(donor_id=open_organisation_giver(at=AT, organisation_id=charity.organisation_id))
    begin_sponsorship(
        giver=donor, at=AT, promise=NewSponsorship(request_id=a_request(), amount_rial=1_000_000, aim=POOL)
    )
    with sandbox() as gateway:
        give(gateway, 1_000_000, listing_code=code, giver=GiverMarks(session="one"))
        give(gateway, 1_000_000)
    hold_with_gifts(
        actor=charity, at=AT, household_id=household.id, kind=KIND, amount_rial=1_000_000, request_id=a_request()
    )
    propose_shares(actor=SYSTEM, at=AT, province="30")
    terms = PoolTerms(valid_from=AT.date(), reason="قاعدهٔ سهم عادلانه و بس")
    propose_pool_policy(actor=given_officer("author", Scope.NATION), at=AT, terms=terms)
    with sandbox() as gateway:
        late = give(gateway, 200_000, expires_on=AT.date())
    propose_refund(actor=SYSTEM, at=AT + timedelta(days=2), gift_id=late.gift_id, reason="")
    begin_case()
    given_company()
    assert donor is not None
    goods = NewOffer(
        request_id=a_request(), item="MEDICINE", quantity=9, worth_rial=100_000, province="30", contact="انبار"
    )
    offer_id = offer_goods(giver=donor, at=AT, offer=goods)
    take_goods(actor=charity, at=AT, offer_id=offer_id, household_id=household.id, quantity=1, request_id=a_request())
    return charity, household.id


def seen(actor: Actor) -> set[str]:
    found = set()
    with acting(actor), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM giving_{table}")
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_each_actor_sees_its_tables_and_no_more_and_changes_nothing(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    charity, household_id = fill()

    assert seen(SYSTEM) == set(TABLES)
    assert seen(charity) == {"publishing_leave", "listing", "draw", "share", "goods_offer", "goods_taking"}
    assert seen(an_officer()) == seen(household_actor(household_id)) == {"publishing_leave", "listing"}
    assert seen(given_charity("غریبه")) == {"goods_offer"}  # what is offered is offered to every body
    for stranger in (an_officer(province="21"), NOBODY, SIGN_IN, household_actor(1_000_000)):
        assert seen(stranger) == set()

    for actor, statement in (
        (SYSTEM, "UPDATE giving_transfer SET amount_rial = 1"),
        (SYSTEM, "DELETE FROM giving_transfer"),
        (SYSTEM, "UPDATE giving_balance SET rial = 1"),
        (SYSTEM, "UPDATE giving_gift SET kinds = '{}'"),
        (SYSTEM, "UPDATE giving_gift SET amount_rial = 1"),
        (SYSTEM, "UPDATE giving_listing SET given_rial = 0"),
        (SYSTEM, "UPDATE giving_share SET amount_rial = 1"),
        (SYSTEM, "UPDATE giving_proposal SET effect = '{}'"),
        (SYSTEM, "UPDATE giving_sponsorship SET amount_rial = 1"),
        (SYSTEM, "UPDATE giving_sponsored_month SET month = 1"),
        (SYSTEM, "UPDATE giving_goods_offer SET left_quantity = 9"),
        (SYSTEM, "INSERT INTO giving_goods_taking DEFAULT VALUES"),
        (SYSTEM, "UPDATE giving_refund SET gift_id = 1"),
        (SYSTEM, "UPDATE giving_pool_policy SET poor_mille = 1"),
        (SYSTEM, "UPDATE giving_identity_check SET asked_at = now()"),
        (an_officer(Scope.NATION), "INSERT INTO giving_identity_check DEFAULT VALUES"),
        (an_officer(Scope.NATION), "INSERT INTO giving_pool_policy DEFAULT VALUES"),
        (an_officer(Scope.NATION), "INSERT INTO giving_refund DEFAULT VALUES"),
        (SYSTEM, "UPDATE giving_statement_day SET our_rial = 1"),
        (SYSTEM, "UPDATE giving_gateway_case SET theirs_rial = 1"),
        (SYSTEM, "DELETE FROM giving_gateway_case"),
        (SYSTEM, "UPDATE giving_legal_giver SET legal_id = ''"),
        (SYSTEM, "DELETE FROM giving_legal_member"),
        (an_officer(Scope.NATION), "INSERT INTO giving_legal_giver DEFAULT VALUES"),
        (an_officer(Scope.NATION), "INSERT INTO giving_gateway_case DEFAULT VALUES"),
        (charity, "INSERT INTO giving_goods_offer DEFAULT VALUES"),
        (charity, "SELECT giving_settle_goods(now(), 1)"),
        (SYSTEM, "SELECT giving_take_goods(now(), '2026-01-01', 1, 1, 1)"),
        (charity, "SELECT giving_settle_share(min(id), now(), '2026-01-01', NULL, '') FROM giving_share"),
        (charity, "SELECT giving_share_money(1, '2026-01-01')"),
        (SYSTEM, "INSERT INTO giving_draw DEFAULT VALUES"),
        (charity, "INSERT INTO giving_transfer DEFAULT VALUES"),
        (an_officer(Scope.NATION), "INSERT INTO giving_gift DEFAULT VALUES"),
        (charity, "SELECT giving_place('x', 1)"),
        (charity, "SELECT giving_settle_draws(now(), 1)"),
        (SYSTEM, "SELECT giving_draw_money(now(), '2026-01-01', 1)"),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), acting(actor):
            connection.cursor().execute(statement)

    # Not even the owner changes what was booked; and without its policies a stranger would see it.
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="stays booked"):
        owner_cursor.execute("UPDATE giving_transfer SET amount_rial = 1")
    with without_row_security(owner_cursor, [f"giving_{table}" for table in TABLES]):
        assert seen(NOBODY) == set(TABLES)


def test_a_balance_that_differs_from_its_transfers_is_found(committed: None, owner_cursor: psycopg.Cursor) -> None:
    fill()
    assert verify_books().differing_count == 0

    owner_cursor.execute("UPDATE giving_balance SET rial = rial + 1 WHERE account = 4")

    told = verify_books()
    assert (told.differing_count, told.sum_rial) == (1, 1)
