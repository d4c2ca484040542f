"""The last two people who act for a company remove each other at the same moment: one of them stays."""

from __future__ import annotations

from unittest.mock import patch

import psycopg
import pytest
from django.db import transaction

from sakha.giving.actions import legal_givers
from sakha.giving.actions.legal_givers import add_member, answer_company, remove_member
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.legal_givers import MemberCard, members_of
from sakha.giving.rules.legal_givers import LegalGiverUnknown, MembersFew
from tests.giving_cast import given_company, rows
from tests.ledger_cast import AT
from tests.races.givers import Running, run_behind, wait_until_blocked

pytestmark = pytest.mark.races
_STAY = "SELECT count(*) FROM giving_legal_member WHERE removed_at IS NULL"


@pytest.fixture
def company(committed: None) -> DonorCard:
    return given_company()


def given_two(company: DonorCard) -> list[MemberCard]:
    assert company.legal_giver_id is not None
    (first,) = members_of(legal_giver_id=company.legal_giver_id)
    add_member(giver=company, person_id=first.donor_id, at=AT, mobile="+989990000032", name="حسابدار")
    colleague = find_donor(donor_id=members_of(legal_giver_id=company.legal_giver_id)[1].donor_id)
    assert colleague is not None
    answer_company(person=colleague, at=AT, legal_giver_id=company.legal_giver_id, is_accepted=True)
    return list(members_of(legal_giver_id=company.legal_giver_id))


def remove_apart(company: DonorCard, by: MemberCard, whom: MemberCard) -> tuple[Running, int]:
    def remove() -> str:
        try:
            remove_member(giver=company, person_id=by.donor_id, at=AT, member_id=whom.id)
        except (LegalGiverUnknown, MembersFew) as refusal:
            return refusal.code
        return "removed"

    return run_behind(remove)


def test_two_who_remove_each_other_leave_one(company: DonorCard, owner_cursor: psycopg.Cursor) -> None:
    one, two = given_two(company)
    with transaction.atomic():
        remove_member(giver=company, person_id=one.donor_id, at=AT, member_id=two.id)
        removing, pid = remove_apart(company, two, one)
        wait_until_blocked(owner_cursor, pid)

    assert removing.result() == LegalGiverUnknown.code
    assert rows(_STAY) == [(1,)]


def test_control_without_the_lock_nobody_stays(company: DonorCard) -> None:
    one, two = given_two(company)
    with patch.object(legal_givers, "_LOCK_OWN", "SELECT %s::bigint"), transaction.atomic():
        remove_member(giver=company, person_id=one.donor_id, at=AT, member_id=two.id)
        removing, _ = remove_apart(company, two, one)
        assert removing.result() == "removed"

    assert rows(_STAY) == [(0,)]
