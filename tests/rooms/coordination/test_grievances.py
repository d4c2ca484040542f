"""Grievances: three doors, terms, one office above another, «not solved» once, and the confidential track."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting, key_ring, who_looked
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, household_actor
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.access.rules.roles import Scope
from sakha.access.rules.sealing import IndexKind, blind_index, open_sealed, seal
from sakha.coordination.actions.directory import ServiceToTell, tell_service
from sakha.coordination.actions.grievance_desk import (
    answer_grievance,
    close_answered_grievances,
    escalate_grievance,
    escalate_overdue_grievances,
    say_as_body,
    say_solved,
    take_grievance,
)
from sakha.coordination.actions.grievances import (
    BroughtGrievance,
    NewGrievance,
    bring_grievance,
    bring_public_grievance,
    track_grievance,
)
from sakha.coordination.queries.grievances import get_grievance, grievance_desk, grievances_of_household
from sakha.coordination.rules.grievances import (
    MISSES_IN_WINDOW,
    POSTS_IN_WINDOW,
    About,
    GrievanceClosed,
    GrievanceKind,
    GrievanceLevel,
    GrievanceNeedsPhone,
    GrievancePhoneShared,
    GrievanceState,
    GrievanceUnfit,
    GrievanceUnknown,
    TooManyGrievances,
)
from sakha.registry.queries import HouseholdUnknown
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import NOON, a_mobile, rows
from tests.ledger_cast import KnownHousehold, an_officer, given_charity, given_household
from tests.open_tables import without_row_security

ADDRESS = "192.0.2.44"
TEXT = "نوبت ما را دادند و کسی پاسخ نمی‌دهد."
TABLES = ("coordination_grievance", "coordination_grievance_entry")
DAY = timedelta(days=1)


def bring(actor: Actor, household: KnownHousehold, **more: object) -> BroughtGrievance:
    new = NewGrievance(**({"kind": GrievanceKind.COMPLAINT, "text": TEXT, "household_id": household.id} | more))
    return bring_grievance(actor=actor, at=NOON, grievance=new)


def bring_publicly(**more: object) -> BroughtGrievance:
    told = {"kind": GrievanceKind.MISUSE, "text": TEXT, "province": "30", "county": "3001"} | more
    return bring_public_grievance(at=NOON, address=ADDRESS, grievance=NewGrievance(**told))


def about(body: Actor, *, is_confidential: bool) -> dict[str, object]:
    return {
        "about": About.ORGANISATION,
        "about_organisation_id": body.organisation_id,
        "is_confidential": is_confidential,
    }


def reads(actor: Actor, brought: BroughtGrievance) -> bool:
    try:
        get_grievance(actor=actor, at=NOON, grievance_id=brought.grievance_id)
    except GrievanceUnknown:
        return False
    return True


def state_of(brought: BroughtGrievance) -> tuple[str, str, bool]:
    return rows("SELECT state, level, was_late FROM coordination_grievance WHERE id = %s", brought.grievance_id)[0]


@pytest.mark.django_db
def test_a_complaint_is_taken_answered_told_and_closed_by_time() -> None:
    charity = given_charity("مهر")
    household = given_household(charity)
    county = an_officer(Scope.COUNTY)
    mobile = a_mobile()
    brought = bring(charity, household, mobile=mobile)
    number = brought.grievance_id

    assert [line.id for line in grievance_desk(actor=county)] == [number]
    take_grievance(actor=county, at=NOON, grievance_id=number)
    answer_grievance(actor=county, at=NOON + DAY, grievance_id=number, answer="با خیریه صحبت شد؛ فردا می‌آیند.")

    tracked = track_grievance(at=NOON + DAY, address=ADDRESS, code=brought.tracking_code)
    assert (tracked.state, tracked.answer) == (GrievanceState.ANSWERED, "با خیریه صحبت شد؛ فردا می‌آیند.")
    assert [row[1] for row in grievances_of_household(household_id=household.id)] == [tracked.answer]
    assert rows("SELECT kind, state FROM coordination_notice") == [("GRIEVANCE", "QUEUED")]
    file = get_grievance(actor=county, at=NOON + DAY, grievance_id=number)
    assert [entry.step.value for entry in file.history] == ["RECEIVED", "TAKEN", "ANSWERED"]
    assert file.text == TEXT
    with acting(household_actor(household.id)):
        looks = who_looked(actor=household_actor(household.id), household_id=household.id, limit=10)
    assert "خواندن پیام خانوار" in {look.purpose for look in looks}
    with pytest.raises(GrievanceClosed):
        answer_grievance(actor=county, at=NOON + DAY, grievance_id=number, answer="پاسخ دیگری هم هست.")

    assert close_answered_grievances(actor=SYSTEM, at=NOON + 29 * DAY) == 0
    assert close_answered_grievances(actor=SYSTEM, at=NOON + 32 * DAY) == 1
    assert state_of(brought)[0] == "CLOSED"
    with pytest.raises(GrievanceClosed):
        say_solved(at=NOON + 33 * DAY, grievance_id=number, is_solved=False)


@pytest.mark.django_db
def test_what_is_late_climbs_to_the_nation_and_there_stays_late() -> None:
    household = given_household()
    brought = bring(household_actor(household.id), household)
    county, province = an_officer(Scope.COUNTY), an_officer()

    assert escalate_overdue_grievances(actor=SYSTEM, at=NOON + 13 * DAY) == 0
    assert escalate_overdue_grievances(actor=SYSTEM, at=NOON + 15 * DAY) == 1
    assert state_of(brought) == ("ESCALATED", "PROVINCE", True)
    with pytest.raises(GrievanceClosed):
        take_grievance(actor=county, at=NOON + 15 * DAY, grievance_id=brought.grievance_id)
    take_grievance(actor=province, at=NOON + 15 * DAY, grievance_id=brought.grievance_id)
    assert escalate_overdue_grievances(actor=SYSTEM, at=NOON + 30 * DAY) == 1
    assert state_of(brought) == ("ESCALATED", "NATION", True)
    assert escalate_overdue_grievances(actor=SYSTEM, at=NOON + 60 * DAY) == 0
    with pytest.raises(PermissionMissing):
        escalate_overdue_grievances(actor=province, at=NOON)


@pytest.mark.django_db
def test_not_solved_is_said_once_and_an_office_may_send_up_what_is_not_its_own() -> None:
    brought = bring_publicly(kind=GrievanceKind.COMPLAINT, mobile=a_mobile())
    number, county, province = brought.grievance_id, an_officer(Scope.COUNTY), an_officer()
    answer_grievance(actor=county, at=NOON, grievance_id=number, answer="این کار به ما مربوط نیست.")

    say_solved(at=NOON + DAY, grievance_id=number, is_solved=False)
    assert state_of(brought)[:2] == ("REOPENED", "PROVINCE")
    escalate_grievance(actor=province, at=NOON + DAY, grievance_id=number, reason="با دفتر کشوری است نه با ما.")
    answer_grievance(actor=an_officer(Scope.NATION), at=NOON + DAY, grievance_id=number, answer="بررسی و درست شد.")
    with pytest.raises(GrievanceClosed):
        say_solved(at=NOON + 2 * DAY, grievance_id=number, is_solved=False)
    say_solved(at=NOON + 2 * DAY, grievance_id=number, is_solved=True)
    assert state_of(brought)[0] == "CLOSED"
    assert rows("SELECT count(*) FROM coordination_notice") == [(2,)]


@pytest.mark.django_db
def test_a_body_says_its_word_on_what_is_open_and_decides_nothing() -> None:
    charity, other = given_charity("مهر"), given_charity("امید", county="3002")
    household = given_household(charity)
    brought = bring(household_actor(household.id), household, **about(charity, is_confidential=False))

    for accused, whom in (
        (charity, about(charity, is_confidential=False)),
        (an_officer(Scope.COUNTY), {"about": About.COUNTY_OFFICE}),
        (an_officer(), {"about": About.PROVINCE_OFFICE}),
    ):
        with pytest.raises(GrievanceNeedsPhone):
            bring(accused, household, **whom)
        mobile = a_mobile()
        assert bring(accused, household, mobile=mobile, **whom).tracking_code == ""
        [(phone, text)] = rows("SELECT mobile_sealed, text_sealed FROM coordination_notice ORDER BY id DESC LIMIT 1")
        assert open_sealed(key_ring(), bytes(phone)) == mobile
        code = "".join(sign for sign in open_sealed(key_ring(), bytes(text)) if sign.isdigit())
        assert track_grievance(at=NOON, address=ADDRESS, code=code).state is GrievanceState.RECEIVED
    assert bring(other, given_household(other), **about(charity, is_confidential=False)).tracking_code

    assert get_grievance(actor=charity, at=NOON, grievance_id=brought.grievance_id).may_say
    say_as_body(actor=charity, at=NOON, grievance_id=brought.grievance_id, words="پول دیر به ما رسید.")
    with pytest.raises(PermissionMissing):
        answer_grievance(actor=charity, at=NOON, grievance_id=brought.grievance_id, answer="همه چیز درست است.")
    with pytest.raises(GrievanceUnknown):
        say_as_body(actor=other, at=NOON, grievance_id=brought.grievance_id, words="ما هم چیزی بگوییم؟")
    with pytest.raises(GrievanceClosed):
        say_as_body(actor=an_officer(), at=NOON, grievance_id=brought.grievance_id, words="ما هم چیزی بگوییم؟")
    assert state_of(brought)[0] == "RECEIVED"


@pytest.mark.django_db
def test_confidential_is_seen_by_neither_the_body_nor_the_county_nor_the_desk_that_wrote_it() -> None:
    charity, desk = given_charity("مهر"), given_charity("امید")
    household = given_household(charity, desk)
    brought = bring(desk, household, kind=GrievanceKind.MISUSE, **about(charity, is_confidential=True))
    plain = bring(desk, household, kind=GrievanceKind.MISUSE, **about(charity, is_confidential=False))

    county, province, nation = an_officer(Scope.COUNTY), an_officer(), an_officer(Scope.NATION)
    assert [reads(one, brought) for one in (charity, desk, county, province, nation)] == [False] * 3 + [True] * 2
    # what is hidden is hidden because it is confidential: the same, not confidential, is read by all of them
    assert all(reads(one, plain) for one in (charity, desk, county, province, nation))
    for stranger in (an_officer(province="21"), household_actor(given_household().id), given_charity("سوم")):
        assert not reads(stranger, brought)
        assert not reads(stranger, plain)
    assert state_of(brought)[1] == "PROVINCE"
    for accused in (charity, county):
        with pytest.raises((PermissionMissing, GrievanceUnknown)):
            answer_grievance(actor=accused, at=NOON, grievance_id=brought.grievance_id, answer="همه چیز درست است.")
    purposes = rows("SELECT DISTINCT purpose FROM access_entry WHERE organisation_id = %s", desk.organisation_id)
    assert [purpose for (purpose,) in purposes if "پیام" in purpose] == ["خواندن پیام خانوار"]  # of the plain one
    answer_grievance(actor=province, at=NOON, grievance_id=brought.grievance_id, answer="رسیدگی شد و پایان یافت.")
    assert rows("SELECT count(*) FROM coordination_notice") == [(0,)]  # no SMS tells the house that somebody reported


@pytest.mark.django_db
def test_of_an_office_that_office_is_not_asked() -> None:
    of_county = bring_publicly(about=About.COUNTY_OFFICE)
    of_province = bring_publicly(about=About.PROVINCE_OFFICE)
    county, province, nation = an_officer(Scope.COUNTY), an_officer(), an_officer(Scope.NATION)

    assert [reads(one, of_county) for one in (county, province, nation)] == [False, True, True]
    assert [reads(one, of_province) for one in (county, province, nation)] == [False, False, True]
    assert [state_of(one)[1] for one in (of_county, of_province)] == ["PROVINCE", "NATION"]


@pytest.mark.django_db(transaction=False)
def test_the_public_door_takes_misuse_without_a_name_and_counts() -> None:
    brought = bring_publicly()
    with pytest.raises(GrievanceUnfit):
        bring_publicly(kind=GrievanceKind.COMPLAINT)
    with pytest.raises(GrievanceUnfit):
        bring_publicly(text="کوتاه")
    with pytest.raises(GrievanceUnfit):
        bring_publicly(county="2101")
    with pytest.raises(GrievanceUnfit):
        bring_publicly(province="")
    with pytest.raises(GrievanceUnfit):
        bring_publicly(household_id=1)

    assert track_grievance(at=NOON, address=ADDRESS, code=brought.tracking_code).level is GrievanceLevel.COUNTY
    for _ in range(POSTS_IN_WINDOW - 3):  # two that were refused for their place counted too
        bring_publicly()
    with pytest.raises(TooManyGrievances):
        bring_publicly()
    for code in ("0" * 12, *["12"] * (MISSES_IN_WINDOW - 1)):
        with pytest.raises(GrievanceUnknown):
            track_grievance(at=NOON, address=ADDRESS, code=code)
    with pytest.raises(TooManyGrievances):
        track_grievance(at=NOON, address=ADDRESS, code=brought.tracking_code)
    track_grievance(at=NOON + timedelta(minutes=16), address=ADDRESS, code=brought.tracking_code)


@pytest.mark.django_db
def test_nobody_complains_in_anothers_name() -> None:
    household, other = given_household(), given_household()
    with pytest.raises(HouseholdUnknown):
        bring(household_actor(other.id), household)
    with pytest.raises(HouseholdUnknown):
        bring(given_charity("ناشناس"), household)
    with pytest.raises(GrievanceUnfit):
        bring(household_actor(household.id), household, about=About.ORGANISATION)


def fill() -> None:
    household = given_household()
    brought = bring(household_actor(household.id), household)
    answer_grievance(actor=an_officer(), at=NOON, grievance_id=brought.grievance_id, answer="رسیدگی شد و پایان یافت.")


def seen(actor: Actor) -> int:
    with acting(actor), connection.cursor() as cursor:
        found = 0
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found += cursor.fetchone()[0]
        return found


@pytest.mark.django_db
def test_nobody_but_the_system_writes_and_strangers_read_nothing() -> None:
    fill()
    for stranger in (an_officer(province="21"), given_charity("بیگانه"), household_actor(2**40), NOBODY, SIGN_IN):
        assert seen(stranger) == 0
    for actor in (an_officer(), an_officer(Scope.NATION)):
        for table in TABLES:
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), acting(actor):
                connection.cursor().execute(f"INSERT INTO {table} DEFAULT VALUES")


def test_control_without_its_policy_a_stranger_would_read_grievances(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    fill()
    with without_row_security(owner_cursor, TABLES):
        found = seen(NOBODY)

    assert found == 3


@pytest.mark.django_db
def test_an_accused_desk_writes_no_phone_down_that_stands_for_somebody_else_or_is_its_own() -> None:
    charity, other = given_charity("مهر"), given_charity("امید", county="3002")
    mine, another = given_household(charity), given_household(charity)
    mobile, desk_phone, whom = a_mobile(), a_mobile(), about(charity, is_confidential=False)
    tell_service(
        actor=charity,
        at=NOON,
        service=ServiceToTell(
            kind=NeedKind.FOOD, households_a_month=1, province="30", contact=f"تلفن {desk_phone.replace('+98', '0')}"
        ),
    )
    for _ in range(2):  # of the same household it may be as often as it likes
        assert bring(charity, mine, mobile=mobile, **whom).tracking_code == ""
    for household, phone in ((another, mobile), (another, desk_phone)):
        with pytest.raises(GrievancePhoneShared):
            bring(charity, household, mobile=phone, **whom)
    # the controls: its own phone; and the same phone where the desk is not the accused one, which shows the code itself
    assert bring(charity, another, mobile=a_mobile(), **whom).tracking_code == ""
    assert bring(charity, another, mobile=mobile, about=About.OTHER).tracking_code
    assert bring(other, given_household(other), mobile=mobile, **whom).tracking_code

    ring = key_ring()
    for one in (given_household(charity), given_household(charity)):
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registry_person SET mobile_index = %s, mobile_sealed = %s WHERE id ="
                " (SELECT person_id FROM registry_membership WHERE household_id = %s)",
                [blind_index(ring, IndexKind.MOBILE, "+989909999999"), seal(ring, "+989909999999"), one.id],
            )
    with pytest.raises(GrievancePhoneShared):
        bring(charity, another, mobile="+989909999999", **whom)
