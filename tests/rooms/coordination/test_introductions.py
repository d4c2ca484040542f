"""Introductions: offered fairly, taken once, lapsing, climbing, served, and closed by nobody alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing, Scope, household_actor
from sakha.coordination.actions.answering_introductions import (
    decline_introduction,
    note_contact,
    pass_on_introduction,
    take_introduction,
)
from sakha.coordination.actions.introducing import (
    introduce_households,
    record_introduction_consent,
    refer_upward,
    withdraw_introduction_consent,
)
from sakha.coordination.actions.settling_introductions import (
    agree_to_closing,
    dispute_introduction,
    follow_introductions,
    propose_closing,
    settle_dispute,
)
from sakha.coordination.queries.introductions import has_introduction_consent
from sakha.coordination.rules.introductions import (
    AGREE_TIME,
    CLAIM_TIME,
    INTRODUCTION_WAYS,
    OFFER_WAYS,
    BodyCannotTake,
    DeclineReason,
    IntroductionConsentMissing,
    IntroductionDisputed,
    IntroductionElsewhere,
    IntroductionExists,
    IntroductionTaken,
    IntroductionUnknown,
)
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.registry.queries import HouseholdUnknown
from sakha.registry.queries.households import get_household_file
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import rows
from tests.introduction_cast import given_giver, given_needy, introduce, offers_of, the_introduction
from tests.ledger_cast import AT, a_request, an_officer, given_charity
from tests.rooms.coordination.test_receipts import given_phone_of

pytestmark = pytest.mark.django_db
FOOD, HEALTH = NeedKind.FOOD, NeedKind.HEALTH
SOON = AT + timedelta(hours=1)


def test_it_is_offered_by_kind_area_capacity_licence_and_consent() -> None:
    right = given_giver("مهر", FOOD)
    given_giver("درمان", HEALTH)
    given_giver("دور", FOOD, county="3002")
    given_giver("نپذیرفته", FOOD, is_approved=False)
    suspended = given_giver("بی‌مجوز", FOOD)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_organisation SET suspended_at = %s WHERE id = %s", [AT, suspended.organisation_id]
        )
    home, silent = given_needy(FOOD), given_needy(FOOD, has_consent=False)
    covered = given_needy(FOOD)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coordination_coverage (organisation_id, subject_index, subject_sealed, household_id, kind,"
            " source, from_on, observed_on, province, county, recorded_at)"
            " VALUES (%s, 'x', 'x', %s, '', 'LIST', %s, %s, '', '', %s)",
            [right.organisation_id, covered.id, AT.date(), AT.date(), AT],
        )

    introduce()
    introduce()

    assert offers_of(home) == {right.organisation_id: "OFFERED"}
    assert offers_of(silent) == offers_of(covered) == {}
    assert rows("SELECT count(*) FROM coordination_introduction") == [(1,)]


def test_nobody_is_offered_more_than_it_can_carry_and_the_most_urgent_come_first() -> None:
    busy, free = given_giver("پرکار", FOOD, capacity=1), given_giver("آماده", FOOD, capacity=2)
    first = given_needy(FOOD, priority=900)
    introduce()
    assert set(offers_of(first)) == {busy.organisation_id, free.organisation_id}
    take_introduction(actor=busy, at=AT, introduction_id=the_introduction(first)[0])

    homes = [given_needy(FOOD, priority=number) for number in range(8)]
    introduce()

    offered = [offers_of(home) for home in homes]
    assert all(busy.organisation_id not in offers for offers in offered)
    assert [set(offers) for offers in offered[-2:]] == [{free.organisation_id}] * 2
    assert sum(free.organisation_id in offers for offers in offered) <= 6
    waiting = rows("SELECT count(*) FROM coordination_introduction WHERE level = 'NATION'")
    assert waiting == [(sum(not offers for offers in offered),)]


def test_whom_nobody_covers_comes_first_then_who_waits_longer() -> None:
    other, full = given_charity("پوشش‌دهنده"), given_giver("یک‌نفره", FOOD, capacity=1)
    covered, uncovered, *waiting = (given_needy(FOOD, priority=points) for points in (44, 30, 30, 30, 30))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO coordination_coverage (organisation_id, subject_index, subject_sealed, household_id, kind,"
            " source, from_on, observed_on, province, county, recorded_at)"
            " VALUES (%s, 'x', 'x', %s, '', 'LIST', %s, %s, '', '', %s)",
            [other.organisation_id, covered.id, AT.date(), AT.date(), AT],
        )
        cursor.execute(
            "UPDATE registry_household SET registered_at = registered_at - interval '40 days' WHERE id = ANY(%s)",
            [[home.id for home in waiting]],
        )

    introduce()

    assert [offers_of(home) for home in waiting] == [{full.organisation_id: "OFFERED"}] * 3
    assert offers_of(covered) == offers_of(uncovered) == {}
    points = dict(rows("SELECT household_id, priority FROM coordination_introduction"))
    assert points == {covered.id: 44} | {home.id: 45 for home in (uncovered, *waiting)}

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE coordination_coverage SET to_on = %s WHERE household_id = %s", [AT.date(), covered.id])
    introduce()
    assert rows("SELECT priority FROM coordination_introduction WHERE household_id = %s", covered.id) == [(59,)]


def test_one_takes_it_then_sees_the_file_and_gives_it_back_by_itself_after_72_hours() -> None:
    mehr, noor = given_giver("مهر", FOOD), given_giver("نور", FOOD)
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]
    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=mehr, at=AT, household_id=home.id)

    assert take_introduction(actor=mehr, at=AT, introduction_id=one) == home.id
    assert take_introduction(actor=mehr, at=AT, introduction_id=one) == home.id
    assert get_household_file(actor=mehr, at=AT, household_id=home.id).id == home.id
    assert rows("SELECT count(*) FROM coordination_coverage WHERE source = 'TAKEN' AND to_on IS NULL") == [(1,)]
    with pytest.raises(IntroductionTaken):
        take_introduction(actor=noor, at=AT, introduction_id=one)
    with pytest.raises(IntroductionUnknown):
        take_introduction(actor=given_charity("غریبه"), at=AT, introduction_id=one)

    follow_introductions(actor=SYSTEM, at=AT + CLAIM_TIME - timedelta(seconds=1))
    assert the_introduction(home)[1] == "TAKEN"
    follow_introductions(actor=SYSTEM, at=AT + CLAIM_TIME)
    assert the_introduction(home)[1] == "OFFERED"
    assert offers_of(home) == {mehr.organisation_id: "LAPSED", noor.organisation_id: "OFFERED"}
    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=mehr, at=AT, household_id=home.id)
    assert rows("SELECT count(*) FROM coordination_coverage WHERE source = 'TAKEN' AND to_on IS NULL") == [(0,)]


def test_delivery_serves_it_and_silence_of_two_weeks_closes_it() -> None:
    mehr = given_giver("مهر", FOOD)
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]
    take_introduction(actor=mehr, at=AT, introduction_id=one)
    note_contact(actor=mehr, at=SOON, introduction_id=one)
    held = hold_aid(actor=mehr, at=SOON, household_id=home.id, kind=FOOD, quantity=1, request_id=a_request())
    deliver_aid(actor=mehr, at=SOON, hold_id=held.require_held())

    assert follow_introductions(actor=SYSTEM, at=SOON).served_count == 1
    assert offers_of(home) == {mehr.organisation_id: "SERVED"}
    follow_introductions(actor=SYSTEM, at=SOON + AGREE_TIME)
    assert the_introduction(home)[1] == "CLOSED"
    assert rows("SELECT closed_because FROM coordination_introduction") == [("DEADLINE",)]
    told = [row[0] for row in rows("SELECT after FROM coordination_introduction_event WHERE organisation_id IS NULL")]
    assert told == ["OFFERED", "TAKEN", "SERVED", "CLOSED"]


def test_what_nobody_takes_climbs_and_the_gravest_sooner() -> None:
    county, fund = given_giver("مهر", FOOD), given_giver("صندوق", FOOD, province="", county="")
    province = given_giver("استان", FOOD, county="")
    home, grave = given_needy(FOOD), given_needy(FOOD, severity=3)
    introduce()

    follow_introductions(actor=SYSTEM, at=AT + timedelta(hours=24))
    assert (the_introduction(home)[2], the_introduction(grave)[2]) == ("COUNTY", "PROVINCE")
    assert set(offers_of(grave)) == {county.organisation_id, province.organisation_id}
    follow_introductions(actor=SYSTEM, at=AT + timedelta(hours=72))
    follow_introductions(actor=SYSTEM, at=AT + timedelta(hours=144))
    assert (the_introduction(home)[2], the_introduction(grave)[2]) == ("NATION", "NATION")
    assert set(offers_of(home)) == {county.organisation_id, province.organisation_id, fund.organisation_id}


def test_declined_with_a_reason_it_goes_to_others_and_passed_on_to_whom_was_named() -> None:
    mehr, noor = given_giver("مهر", FOOD), given_charity("نور")
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]

    with pytest.raises(BodyCannotTake):
        pass_on_introduction(actor=mehr, at=AT, introduction_id=one, to_organisation_id=mehr.organisation_id)
    pass_on_introduction(actor=mehr, at=AT, introduction_id=one, to_organisation_id=noor.organisation_id)
    assert offers_of(home) == {mehr.organisation_id: "PASSED_ON", noor.organisation_id: "OFFERED"}
    decline_introduction(actor=noor, at=AT, introduction_id=one, reason=DeclineReason.NO_MONEY)
    assert offers_of(home)[noor.organisation_id] == "DECLINED"
    assert the_introduction(home)[1:] == ("OFFERED", "NATION")
    with pytest.raises(IntroductionElsewhere):
        take_introduction(actor=noor, at=AT, introduction_id=one)


def test_nobody_closes_alone_what_the_other_disputes() -> None:
    mehr = given_giver("مهر", FOOD)
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]
    take_introduction(actor=mehr, at=AT, introduction_id=one)
    family = household_actor(home.id)
    with pytest.raises(IntroductionElsewhere):
        agree_to_closing(actor=family, at=AT, introduction_id=one)
    propose_closing(actor=mehr, at=AT, introduction_id=one, note="خانواده کوچ کرده است")
    with pytest.raises(IntroductionUnknown):
        dispute_introduction(actor=household_actor(home.id + 1), at=AT, introduction_id=one, note="")

    dispute_introduction(actor=family, at=SOON, introduction_id=one, note="کسی نیامد")
    follow_introductions(actor=SYSTEM, at=AT + AGREE_TIME)
    assert the_introduction(home)[1] == "TAKEN", "a dispute stops the clock"
    with pytest.raises(IntroductionDisputed):
        decline_introduction(actor=mehr, at=SOON, introduction_id=one, reason=DeclineReason.NOT_REACHED)
    for because in ("BOTH", "DEADLINE", "NEED_GONE", "CONSENT_WITHDRAWN", "JOINED"):
        with pytest.raises(IntegrityError, match="one side alone"), transaction.atomic(), acting(SYSTEM):
            connection.cursor().execute(
                "UPDATE coordination_introduction SET state = 'CLOSED', state_at = %s, closed_at = %s,"
                " closed_because = %s, household_agreed_at = %s",
                [AT + 2 * AGREE_TIME, AT + 2 * AGREE_TIME, because, AT],
            )
    with pytest.raises(IntroductionUnknown):
        settle_dispute(actor=an_officer(province="21"), at=SOON, introduction_id=one, is_upheld=True, note="")
    settle_dispute(actor=an_officer(Scope.COUNTY), at=AT + AGREE_TIME, introduction_id=one, is_upheld=True, note="")
    assert the_introduction(home)[1] == "OFFERED"
    assert offers_of(home) == {mehr.organisation_id: "RECALLED"}


def test_both_sides_close_it_at_once() -> None:
    mehr = given_giver("مهر", FOOD)
    home = given_needy(FOOD)
    introduce()
    one = the_introduction(home)[0]
    take_introduction(actor=mehr, at=AT, introduction_id=one)
    given_phone_of(home)
    propose_closing(actor=mehr, at=AT, introduction_id=one, note="دیگر نیازی نیست")
    assert rows("SELECT kind, household_id FROM coordination_notice") == [("INTRODUCTION", home.id)]
    agree_to_closing(actor=household_actor(home.id), at=SOON, introduction_id=one)

    assert rows("SELECT state, closed_because FROM coordination_introduction") == [("CLOSED", "BOTH")]
    assert introduce_households(actor=SYSTEM, at=SOON).introduction_count == 0, "it rests for a month"


def test_a_charity_hands_a_client_upward_and_goes_on_seeing_it() -> None:
    poor, rich = given_charity("کم‌توان"), given_giver("توانا", HEALTH, county="")
    home = given_needy(HEALTH, known_to=[poor], has_consent=False)
    with pytest.raises(IntroductionConsentMissing):
        refer_upward(actor=poor, at=AT, household_id=home.id, kind=HEALTH)
    with pytest.raises(IntroductionUnknown):
        record_introduction_consent(actor=rich, at=AT, household_id=home.id)
    record_introduction_consent(actor=poor, at=AT, household_id=home.id)
    one = refer_upward(actor=poor, at=AT, household_id=home.id, kind=HEALTH)
    with pytest.raises(IntroductionExists):
        refer_upward(actor=poor, at=AT, household_id=home.id, kind=HEALTH)

    assert offers_of(home) == {rich.organisation_id: "OFFERED"}
    take_introduction(actor=rich, at=AT, introduction_id=one)
    with acting(poor), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM coordination_introduction")
        assert cursor.fetchall() == [("TAKEN",)]


def test_consent_taken_back_ends_all_and_opens_nothing_more() -> None:
    mehr = given_giver("مهر", FOOD, HEALTH)
    home = given_needy(FOOD, HEALTH)
    introduce()
    [(food,)] = rows("SELECT id FROM coordination_introduction WHERE kind = 1")
    take_introduction(actor=mehr, at=AT, introduction_id=food)

    with pytest.raises(PermissionMissing):
        withdraw_introduction_consent(actor=mehr, at=SOON, household_id=home.id)
    withdraw_introduction_consent(actor=household_actor(home.id), at=SOON, household_id=home.id)

    looks = rows("SELECT purpose FROM access_entry WHERE household_id = %s AND action = 'WRITE'", home.id)
    assert ("consent withdrawn",) in looks
    assert rows("SELECT state, closed_because FROM coordination_introduction") == [("CLOSED", "CONSENT_WITHDRAWN")] * 2
    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=mehr, at=SOON, household_id=home.id)
    assert introduce_households(actor=SYSTEM, at=SOON).introduction_count == 0
    with pytest.raises(IntegrityError, match="without consent"), transaction.atomic(), acting(SYSTEM):
        connection.cursor().execute(
            "INSERT INTO coordination_introduction (household_id, kind, state, level, province, county, severity,"
            " priority, household_size, opened_at, state_at, level_at) VALUES (%s, 1, 'OFFERED', 'COUNTY', '30', '',"
            " 1, 0, 1, now(), now(), now())",
            [home.id],
        )


def test_no_body_hears_a_consent_that_the_household_took_back() -> None:
    poor = given_giver("مهر", FOOD)
    home = given_needy(FOOD, known_to=[poor])
    withdraw_introduction_consent(actor=household_actor(home.id), at=SOON, household_id=home.id)
    # Held until the end: nobody introduces meanwhile what was just ended.
    [(held,)] = rows(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        " AND objid::bigint = hashtext('coordination.introductions')::bigint & 4294967295"
    )
    assert held == 1

    record_introduction_consent(actor=poor, at=SOON, household_id=home.id)
    assert not has_introduction_consent(household_id=home.id)
    with pytest.raises(IntroductionConsentMissing):
        refer_upward(actor=poor, at=SOON, household_id=home.id, kind=FOOD)
    record_introduction_consent(actor=an_officer(), at=SOON, household_id=home.id)
    assert has_introduction_consent(household_id=home.id)


@pytest.mark.parametrize(
    ("guard", "ways"),
    [("coordination_guard_introduction", INTRODUCTION_WAYS), ("coordination_guard_offer", OFFER_WAYS)],
)
def test_the_database_knows_the_same_ways(guard: str, ways: dict[str, frozenset[str]]) -> None:
    [(body,)] = rows("SELECT prosrc FROM pg_proc WHERE proname = %s", guard)
    drawn = {f"('{before}', '{after}')" for before, afters in ways.items() for after in afters}

    text = " ".join(str(body).split())
    assert all(way in text for way in drawn)
    assert text.count("', '") - text.count("IN ('") >= len(drawn)
