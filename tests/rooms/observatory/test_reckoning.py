"""Counting a province as of a day: once it is over, up to now before, and read by whoever oversees the place."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Scope, household_actor
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.observatory.actions import (
    DaysNotReckonedError,
    find_first_missed_day,
    reckon_days,
    reckon_province,
    sum_nation,
)
from sakha.observatory.queries import (
    find_place_picture,
    find_reckoned,
    get_breakdown,
    get_figures,
    get_lorenz,
    get_series,
)
from sakha.observatory.queries.filling import FILLS
from sakha.observatory.rules import Breakdown, Part, Place, PlaceUnknown, Reckoned
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import rows
from tests.ledger_cast import (
    AT,
    COUNTY,
    PROVINCE,
    KnownHousehold,
    a_request,
    an_officer,
    given_charity,
    given_household,
)
from tests.open_tables import without_row_security

ELSEWHERE = "23"
DAY = date(2026, 11, 11)
NEXT, LATER = DAY + timedelta(days=1), DAY + timedelta(days=9)
NIGHT = AT + timedelta(days=30)
HERE = Place(PROVINCE)
TABLES = ("observatory_reckoning", "observatory_amount")
_COUNT = "SELECT count(*) FROM {}"


def given_parcel(charity: Actor, household_id: int, *, days: int = 0) -> None:
    at = AT + timedelta(days=days)
    held = hold_aid(
        actor=charity, at=at, household_id=household_id, kind=NeedKind.FOOD, quantity=1, request_id=a_request()
    )
    deliver_aid(actor=charity, at=at, hold_id=held.require_held())


def move(household: KnownHousehold, province: str) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_household SET province = %s, county = %s WHERE id = %s",
            (province, f"{province}01", household.id),
        )


def days_counted(first: date, last: date) -> list[tuple[str, date]]:
    done = reckon_days(actor=SYSTEM, at=NIGHT, first=first, last=last)
    return [(one.province, one.on) for one in done]


@pytest.mark.django_db
def test_a_day_is_counted_once_and_each_day_of_a_province_that_was_begun() -> None:
    mehr = given_charity("مهر")
    first, second = given_household(mehr), given_household(mehr, county="3002")
    given_parcel(mehr, first.id)

    assert days_counted(DAY, NEXT) == [(PROVINCE, DAY), (PROVINCE, NEXT)]
    assert days_counted(DAY, NEXT) == [], "all is finished"
    assert reckon_province(actor=SYSTEM, at=NIGHT, province=PROVINCE, day=DAY) is None, "a finished day stays"
    given_parcel(mehr, second.id, days=2)
    assert days_counted(DAY, LATER) == [(PROVINCE, DAY + timedelta(days=number)) for number in range(2, 10)]

    officer = an_officer(Scope.NATION)
    series = get_series(
        actor=officer, codes=["DELIVERED", "NOT_HELPED_SHARE"], place=HERE, days=[DAY - timedelta(days=1), NEXT, LATER]
    )
    assert series == {"DELIVERED": (None, 1, 2), "NOT_HELPED_SHARE": (None, 50, 0)}
    read = get_figures(actor=officer, place=Place(), on=NEXT)
    codes = (
        "IDENTIFIED_PEOPLE",
        "NOT_HELPED",
        "DELIVERED_WORTH",
        "FILL",
        "WAITING_DAYS",
        "COVERAGE_GAP",
        "APPEALS_IN_TIME",
    )
    assert [read[code].value for code in codes] == [2, 1, 10_000_000, 100, 0, 0, None]
    counties = get_breakdown(actor=officer, code="NOT_HELPED_SHARE", by=Breakdown.COUNTY, place=HERE, on=NEXT)
    assert [(part.key, part.value) for part in counties] == [("3001", 0), ("3002", 100)]
    kinds = get_breakdown(actor=officer, code="DELIVERED", by=Breakdown.KIND, place=Place(), on=LATER)
    assert kinds == (Part("1", "بستهٔ غذایی", 2),)
    for place in (HERE, Place()):  # bodies are not in the nation's sum but read of their provinces
        (giver,) = get_breakdown(actor=officer, code="DELIVERED", by=Breakdown.BODY, place=place, on=LATER)
        assert giver == Part(str(mehr.organisation_id), "مهر", 2)
    assert rows("SELECT DISTINCT breakdown = 'BODY' FROM observatory_amount WHERE province = ''") == [(False,)]
    assert get_lorenz(actor=officer, place=HERE, on=NEXT).points == ((0.0, 0.0), (0.5, 0.0), (1.0, 1.0))
    assert get_lorenz(actor=officer, place=HERE, on=NEXT).gini == pytest.approx(0.5)


@pytest.mark.django_db
def test_a_day_that_is_not_over_is_counted_up_to_now_and_again_later() -> None:
    mehr = given_charity("مهر")
    given_household(mehr)

    early = reckon_days(actor=SYSTEM, at=AT + timedelta(hours=1), first=DAY, last=LATER)
    given_parcel(mehr, given_household(mehr).id)
    late = reckon_days(actor=SYSTEM, at=AT + timedelta(hours=2), first=DAY, last=LATER)

    assert [one.on for one in (*early, *late)] == [DAY, DAY]
    reckoned = find_reckoned(actor=an_officer(), place=HERE, on=LATER)
    assert reckoned is not None
    assert (reckoned.on, reckoned.until_at) == (DAY, AT + timedelta(hours=2))
    assert get_figures(actor=an_officer(), place=HERE, on=LATER)["DELIVERED"].value == 1
    assert rows("SELECT province, until_at = %s FROM observatory_reckoning ORDER BY 1", AT + timedelta(hours=2)) == [
        ("", True),
        (PROVINCE, True),
    ]


@pytest.mark.django_db
def test_a_province_that_fails_leaves_nothing_half_counted_and_keeps_no_other_from_being_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_household(given_charity("مهر"))
    given_household(given_charity("مهر"))
    other = given_household()
    move(other, ELSEWHERE)
    with monkeypatch.context() as broken:
        broken.setitem(FILLS, "grievances", f"SELECT 1 / (%(province)s <> '{ELSEWHERE}')::int")
        with pytest.raises(DaysNotReckonedError, match=f"^{ELSEWHERE} {DAY}, {ELSEWHERE} {NEXT}$"):
            reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=NEXT)
    assert rows("SELECT province, on_day FROM observatory_reckoning WHERE province <> '' ORDER BY 1, 2") == [
        (PROVINCE, DAY),
        (PROVINCE, NEXT),
    ]

    assert days_counted(DAY, NEXT) == [(ELSEWHERE, DAY), (ELSEWHERE, NEXT)]


@pytest.mark.django_db
def test_a_household_that_moves_is_counted_once_in_the_nation() -> None:
    mehr = given_charity("مهر")
    household = given_household(mehr)
    given_household(mehr)
    assert days_counted(DAY, DAY) == [(PROVINCE, DAY)]

    move(household, ELSEWHERE)

    assert days_counted(DAY, NEXT) == [(ELSEWHERE, DAY), (ELSEWHERE, NEXT), (PROVINCE, NEXT)]
    parts = get_breakdown(
        actor=an_officer(Scope.NATION), code="IDENTIFIED_HOUSEHOLDS", by=Breakdown.PROVINCE, place=Place(), on=NEXT
    )
    assert [(part.key, part.value) for part in parts] == [(ELSEWHERE, 1), (PROVINCE, 1)]


@pytest.mark.django_db
def test_the_nation_is_as_of_its_oldest_province_and_a_missed_day_is_found() -> None:
    given_household(given_charity("مهر"))
    move(given_household(), ELSEWHERE)
    early, officer = AT + timedelta(hours=1), an_officer(Scope.NATION)
    reckon_province(actor=SYSTEM, at=NIGHT, province=PROVINCE, day=DAY)
    reckon_province(actor=SYSTEM, at=NIGHT, province=PROVINCE, day=NEXT)
    reckon_province(actor=SYSTEM, at=early, province=ELSEWHERE, day=DAY)

    reckoned = find_reckoned(actor=officer, place=Place(), on=LATER)
    assert reckoned == Reckoned(DAY, early, 2)
    here = find_reckoned(actor=officer, place=HERE, on=LATER)
    assert here is not None
    assert here.on == NEXT
    # before the first count of a province nothing is missed; a day that was not over is
    assert find_first_missed_day(actor=SYSTEM, first=DAY - timedelta(days=9), last=LATER) == NEXT
    days_counted(DAY, NEXT)
    assert find_first_missed_day(actor=SYSTEM, first=DAY - timedelta(days=9), last=NEXT) is None
    assert find_first_missed_day(actor=SYSTEM, first=DAY, last=LATER) == NEXT + timedelta(days=1)


def nation_reads(code: str = "IDENTIFIED_HOUSEHOLDS") -> tuple[int | None, ...]:
    """The same figure by its three ways."""
    officer = an_officer(Scope.NATION)
    picture = find_place_picture(actor=officer, place=Place(), on=LATER)
    assert picture is not None
    (last,) = get_series(actor=officer, codes=[code], place=Place(), days=[LATER])[code]
    return picture.value(code), get_figures(actor=officer, place=Place(), on=LATER)[code].value, last


@pytest.mark.django_db
def test_the_nation_is_read_as_one_sum_while_that_is_of_the_newest_counts() -> None:
    mehr = given_charity("مهر")
    given_household(mehr)
    move(given_household(), ELSEWHERE)
    days_counted(DAY, DAY)
    assert not sum_nation(actor=SYSTEM, at=NIGHT, day=NEXT), "the day after is of the same counts"
    assert nation_reads() == (2, 2, 2)
    with acting(SYSTEM), connection.cursor() as cursor:
        # what no product's action does: a sum that says something else, to see that it is what is read
        cursor.execute("DELETE FROM observatory_amount WHERE province = '' AND figure = 'IDENTIFIED_HOUSEHOLDS'")
    assert nation_reads() == (0, 0, 0)
    assert get_figures(actor=an_officer(), place=HERE, on=LATER)["IDENTIFIED_HOUSEHOLDS"].value == 1

    given_household(mehr)
    reckon_province(actor=SYSTEM, at=NIGHT, province=PROVINCE, day=NEXT)
    assert nation_reads() == (3, 3, 3), "a province was counted since: the sum is passed over"
    assert sum_nation(actor=SYSTEM, at=NIGHT, day=NEXT)
    assert nation_reads() == (3, 3, 3)
    assert rows("SELECT on_day FROM observatory_reckoning WHERE province = '' ORDER BY 1") == [(DAY,), (NEXT,)]
    with pytest.raises(PermissionMissing):
        sum_nation(actor=an_officer(Scope.NATION), at=NIGHT, day=NEXT)


@pytest.mark.django_db
def test_whoever_oversees_no_such_place_is_refused() -> None:
    county = an_officer(Scope.COUNTY)
    refused = (
        (an_officer(), Place()),
        (an_officer(province="23"), HERE),
        (county, HERE),
        (county, Place(PROVINCE, "3002")),
        (an_officer(Scope.NATION), Place("99")),
        (an_officer(Scope.NATION), Place("23", COUNTY)),
    )
    for actor, place in refused:
        with pytest.raises(PlaceUnknown):
            get_figures(actor=actor, place=place, on=DAY)
    with pytest.raises(PermissionMissing):
        get_figures(actor=given_charity("مهر"), place=HERE, on=DAY)
    with pytest.raises(PermissionMissing):
        reckon_days(actor=an_officer(Scope.NATION), at=NIGHT, first=DAY, last=DAY)


def seen_by(actor: Actor) -> list[int]:
    with acting(actor), connection.cursor() as cursor:
        counts = []
        for table in TABLES:
            cursor.execute(_COUNT.format(table))
            counts.append(cursor.fetchone()[0])
    return counts


@pytest.mark.django_db
def test_amounts_are_seen_by_the_offices_of_their_area_alone() -> None:
    mehr = given_charity("مهر")
    household = given_household(mehr)
    given_household(mehr, county="3002")
    days_counted(DAY, DAY)
    counts = "SELECT (SELECT count(*) FROM observatory_reckoning {0}), count(*) FROM observatory_amount {0}"
    whole, province = (rows(counts.format(of))[0] for of in ("", "WHERE province <> ''"))
    own = rows("SELECT count(*) FROM observatory_amount WHERE county = %s", COUNTY)[0][0]
    strangers = (
        mehr,
        household_actor(household.id),
        NOBODY,
        SIGN_IN,
        an_officer(province="23"),
        an_officer(Scope.COUNTY, province="23", county="2301"),
    )

    assert [seen_by(stranger) for stranger in strangers] == [[0, 0]] * len(strangers)
    assert seen_by(an_officer()) == list(province), "the nation's sum is not the province's"
    assert seen_by(an_officer(Scope.NATION)) == list(whole)
    assert whole[0] == 2
    assert seen_by(an_officer(Scope.COUNTY)) == [1, own]
    assert 0 < own < whole[1]
    place = Place(PROVINCE, COUNTY)
    assert get_figures(actor=an_officer(Scope.COUNTY), place=place, on=DAY)["IDENTIFIED_PEOPLE"].value == 1
    for actor in (an_officer(), an_officer(Scope.NATION)):
        with acting(actor), connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(
                "INSERT INTO observatory_reckoning (province, on_day, until_at, reckoned_at) VALUES (%s, %s, %s, %s)",
                (PROVINCE, NEXT, NIGHT, NIGHT),
            )


def test_without_its_policies_a_stranger_would_see_the_amounts(committed: None, owner_cursor: psycopg.Cursor) -> None:
    given_household(given_charity("مهر"))
    days_counted(DAY, DAY)
    with without_row_security(owner_cursor, TABLES):
        assert all(seen_by(NOBODY))
    assert seen_by(NOBODY) == [0, 0]
