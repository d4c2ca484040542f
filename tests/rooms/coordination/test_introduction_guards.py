"""Introductions where something changed meanwhile, and what a busy body sees first."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Scope, household_actor
from sakha.coordination.actions import introducing
from sakha.coordination.actions.answering_introductions import note_contact, take_introduction
from sakha.coordination.actions.receipts import confirm_delivery
from sakha.coordination.actions.settling_introductions import (
    dispute_introduction,
    follow_introductions,
    settle_dispute,
)
from sakha.coordination.actions.taking_back import decide_taking_back
from sakha.coordination.queries.introductions import (
    body_desk,
    find_taken,
    get_contact,
    referrals_before,
    referrals_to_answer,
)
from sakha.coordination.rules.introductions import CLAIM_TIME, IntroductionElsewhere, IntroductionLevel
from sakha.ledger.actions import deliver_aid, hold_aid, propose_undoing
from sakha.ledger.rules.receipts import ReceiptWay
from sakha.scoring.actions import settle_needs
from sakha.scoring.rules.needs_states import NeedState
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import rows
from tests.introduction_cast import given_giver, given_needy, introduce, offers_of, the_introduction
from tests.ledger_cast import AT, a_request, an_officer, given_officer
from tests.rooms.coordination.test_receipts import given_phone_of

pytestmark = pytest.mark.django_db
FOOD = NeedKind.FOOD
SOON = AT + timedelta(hours=1)


def protect(household_id: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET is_protected = true WHERE id = %s", [household_id])


def test_whoever_is_protected_meanwhile_is_taken_by_nobody_and_no_phone_is_open() -> None:
    mehr, noor = given_giver("مهر", FOOD), given_giver("نور", FOOD)
    taken, offered = given_needy(FOOD), given_needy(FOOD)
    given_phone_of(taken)
    introduce()
    one, other = the_introduction(taken)[0], the_introduction(offered)[0]
    take_introduction(actor=mehr, at=AT, introduction_id=one)
    assert get_contact(actor=mehr, at=AT, introduction_id=one).people
    protect(taken.id)
    protect(offered.id)

    contact = get_contact(actor=mehr, at=SOON, introduction_id=one)
    assert (contact.people, contact.address) == ((), "")
    with pytest.raises(IntroductionElsewhere):
        take_introduction(actor=noor, at=SOON, introduction_id=other)
    follow_introductions(actor=SYSTEM, at=SOON)
    follow_introductions(actor=SYSTEM, at=AT + CLAIM_TIME)
    assert set(offers_of(offered).values()) == {"RECALLED"}
    assert body_desk(actor=noor, at=SOON).offered == ()
    # the promise lapsed, and is offered to nobody again: the office goes on itself
    assert [the_introduction(home)[1] for home in (taken, offered)] == ["CLOSED", "CLOSED"]
    assert set(offers_of(taken).values()) == {"LAPSED", "RECALLED"}
    assert rows("SELECT count(*) FROM coordination_introduction_event WHERE reason ILIKE '%%protect%%'") == [(0,)]


def test_what_an_office_found_not_to_have_arrived_stays_open_though_the_ledger_says_delivered() -> None:
    mehr, noor = given_giver("مهر", FOOD), given_giver("نور", FOOD)
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]
    take_introduction(actor=mehr, at=AT, introduction_id=one)
    held = hold_aid(actor=mehr, at=SOON, household_id=home.id, kind=FOOD, quantity=1, request_id=a_request())
    deliver_aid(actor=mehr, at=SOON, hold_id=held.require_held())
    follow_introductions(actor=SYSTEM, at=SOON)
    rows("UPDATE scoring_need SET delivered = target WHERE household_id = %s RETURNING id", home.id)
    dispute_introduction(actor=household_actor(home.id), at=SOON, introduction_id=one, note="نرسید")
    settle_dispute(actor=an_officer(Scope.COUNTY), at=SOON, introduction_id=one, is_upheld=True, note="")

    follow_introductions(actor=SYSTEM, at=SOON + timedelta(hours=1))

    assert the_introduction(home)[1] == "OFFERED"
    assert offers_of(home) == {mehr.organisation_id: "RECALLED", noor.organisation_id: "OFFERED"}


def test_a_delivery_that_two_of_an_office_take_back_opens_the_need_to_others() -> None:
    mehr, noor = given_giver("مهر", FOOD), given_giver("نور", FOOD)
    home = given_needy(FOOD)
    introduce()
    take_introduction(actor=mehr, at=AT, introduction_id=the_introduction(home)[0])
    held = hold_aid(actor=mehr, at=SOON, household_id=home.id, kind=FOOD, quantity=1, request_id=a_request())
    deliver_aid(actor=mehr, at=SOON, hold_id=held.require_held())
    follow_introductions(actor=SYSTEM, at=SOON)
    settle_needs(actor=SYSTEM, at=SOON, household_ids=[home.id])
    need = "SELECT state, delivered FROM scoring_need WHERE household_id = %s"
    assert rows(need, home.id) == [(NeedState.MET.value, 1)]
    hold_id, first, second = held.require_held(), given_officer("first"), given_officer("second", Scope.COUNTY)
    confirm_delivery(actor=household_actor(home.id), at=SOON, hold_id=hold_id, is_received=False, way=ReceiptWay.SITE)
    undoing_id = propose_undoing(actor=first, at=SOON, hold_id=hold_id, reason="با خانوار گفت‌وگو شد.")

    decide_taking_back(actor=second, at=SOON, undoing_id=undoing_id, is_so=True)

    assert rows(need, home.id) == [(NeedState.EVIDENCED.value, 0)]
    assert offers_of(home) == {mehr.organisation_id: "RECALLED", noor.organisation_id: "OFFERED"}
    follow_introductions(actor=SYSTEM, at=SOON + timedelta(hours=1))
    assert the_introduction(home)[1] == "OFFERED"
    # once it is met by somebody else, it ends by itself: no office's word stands in the way any more
    rows("UPDATE scoring_need SET delivered = target WHERE household_id = %s RETURNING id", home.id)
    follow_introductions(actor=SYSTEM, at=SOON + timedelta(hours=2))
    assert the_introduction(home)[1] == "CLOSED"


def test_a_new_promise_stands_before_whatever_was_brought_long_ago() -> None:
    mehr = given_giver("مهر", FOOD)
    homes = [given_needy(FOOD) for _ in range(3)]
    introduce()
    ids = [the_introduction(home)[0] for home in homes]
    for one, home in zip(ids[:2], homes[:2], strict=True):
        take_introduction(actor=mehr, at=AT, introduction_id=one)
        held = hold_aid(actor=mehr, at=AT, household_id=home.id, kind=FOOD, quantity=1, request_id=a_request())
        deliver_aid(actor=mehr, at=AT, hold_id=held.require_held())
    follow_introductions(actor=SYSTEM, at=AT)
    take_introduction(actor=mehr, at=SOON, introduction_id=ids[2])

    assert [line.id for line in body_desk(actor=mehr, at=SOON, limit=2).taken] == [ids[2], ids[0]]
    assert [line.id for line in referrals_to_answer(actor=mehr)] == [ids[2]], "however many are brought since"
    pages = [referrals_before(actor=mehr, before_id=before, limit=1) for before in (None, max(ids[:2]))]
    assert [line.id for page in pages for line in page] == sorted(ids[:2], reverse=True)
    for one, state in zip(ids, ("SERVED", "SERVED", "TAKEN"), strict=True):
        found = find_taken(actor=mehr, introduction_id=one)
        assert found is not None
        assert (found.id, found.state) == (one, state)
    assert find_taken(actor=given_giver("نور", FOOD), introduction_id=ids[2]) is None


def test_a_contact_is_noted_once_and_what_is_on_its_way_is_not_tried_again(owner_cursor: psycopg.Cursor) -> None:
    mehr = given_giver("مهر", FOOD)
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]
    newest = "SELECT last_value FROM coordination_introduction_id_seq"
    before = owner_cursor.execute(newest).fetchone()
    introduce(SOON)
    assert owner_cursor.execute(newest).fetchone() == before, "a conflict would have burnt a number"

    take_introduction(actor=mehr, at=AT, introduction_id=one)
    note_contact(actor=mehr, at=SOON, introduction_id=one)
    with pytest.raises(IntroductionElsewhere):
        note_contact(actor=mehr, at=SOON + timedelta(hours=1), introduction_id=one)
    assert rows("SELECT contacted_at FROM coordination_introduction") == [(SOON,)]


def _plan_of(statement: str, asked: dict[str, object] | None = None) -> str:
    """How the database would read a statement, where small tables are not read whole."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN " + statement, asked)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_introducing_reads_a_households_own_coverage_and_writes_only_what_it_has_read_before() -> None:
    given_needy(NeedKind.FOOD)
    asked = introducing._asked(AT, level=IntroductionLevel.COUNTY)
    asked |= {"province": "", "only": None, "rest_since": AT}
    with acting(SYSTEM), connection.cursor() as cursor:
        read = _plan_of(introducing._OPEN_NEEDS + introducing._UNCARED, asked)
        together = _plan_of(introducing._INTO + introducing._OPEN_NEEDS + introducing._UNCARED, asked)
        cursor.execute(introducing._WANTED + introducing._OPEN_NEEDS + introducing._UNCARED, asked)
        written = _plan_of(introducing._INTO + introducing._FROM_WANTED)

    assert "coverage_household" in read
    assert "one_coverage_at_a_time" not in read
    assert "on coordination_introduction on_its_way" in together  # the control: in one statement it is read meanwhile
    assert " on_its_way" not in written
    assert "introduction_wanted" in written


def test_a_history_that_joins_what_was_with_what_is_never_compares_each_with_all() -> None:
    told = rows(
        "SELECT proname, 'enable_nestloop=off' = ANY(coalesce(proconfig, '{}')) FROM pg_proc"
        " WHERE proname LIKE 'coordination%%' AND prosrc ~ 'after_rows.* JOIN before_rows' ORDER BY 1"
    )

    assert told == [("coordination_tell_introduction", True), ("coordination_tell_offer", True)]
