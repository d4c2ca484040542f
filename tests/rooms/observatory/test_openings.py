"""What stood on the eve of an opening beside a later day; and reports handed in once, read by the area's offices."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Scope, household_actor
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.observatory.actions import end_of_day, reckon_days
from sakha.observatory.actions.kept_reports import keep_report
from sakha.observatory.actions.openings import open_province
from sakha.observatory.queries.kept_reports import (
    DueReport,
    ReportUnknown,
    due_reports,
    get_kept_report,
    kept_reports,
)
from sakha.observatory.queries.openings import find_since_opening
from sakha.observatory.queries.reports import get_report
from sakha.observatory.rules import Place, PlaceUnknown
from sakha.observatory.rules.reports import ReportKind
from tests.coordination_cast import rows
from tests.ledger_cast import AT, PROVINCE, an_officer, given_charity, given_household
from tests.open_tables import without_row_security
from tests.rooms.observatory.test_reckoning import DAY, ELSEWHERE, NIGHT, given_parcel, move

HERE = Place(PROVINCE)
TABLES = ("observatory_opening", "observatory_kept_report")
TWO_FILES = {"pdf": b"%PDF-1", "xlsx": b"PK"}
_COUNT = "SELECT count(*) FROM {}"


@pytest.mark.django_db
def test_a_province_is_compared_with_the_eve_of_its_opening() -> None:
    mehr = given_charity("مهر")
    given_household(mehr)
    later = AT + timedelta(days=1)
    assert open_province(actor=SYSTEM, at=later, province=PROVINCE)
    given_parcel(mehr, given_household(mehr).id, days=1)
    assert not open_province(actor=SYSTEM, at=NIGHT, province=PROVINCE), "opened once"
    on = DAY + timedelta(days=1)
    officer = an_officer()
    assert find_since_opening(actor=officer, place=HERE, on=on) is None, "nothing was counted since"
    reckon_days(actor=SYSTEM, at=NIGHT, first=on, last=on)

    since = find_since_opening(actor=officer, place=HERE, on=NIGHT.date())
    assert since is not None
    assert (since.eve, since.opened_on, since.on) == (DAY, on, on)
    told = {code: since.changes[code].by for code in ("IDENTIFIED_HOUSEHOLDS", "DELIVERED", "WAITING_DAYS")}
    assert told == {"IDENTIFIED_HOUSEHOLDS": 1, "DELIVERED": 1, "WAITING_DAYS": None}
    council = get_report(actor=officer, kind=ReportKind.COUNCIL, place=HERE, on=on)
    assert council.tables[0].heads[1] == "پیش از گشایش"
    assert find_since_opening(actor=an_officer(Scope.NATION), place=Place(), on=on) is None
    with pytest.raises(PlaceUnknown):
        find_since_opening(actor=an_officer(province="23"), place=HERE, on=on)
    with pytest.raises(PermissionMissing):
        open_province(actor=officer, at=NIGHT, province="23")


@pytest.mark.django_db
def test_a_report_is_due_once_its_day_is_whole_and_kept_once() -> None:
    given_household(given_charity("مهر"))
    move(given_household(), ELSEWHERE)
    open_province(actor=SYSTEM, at=AT - timedelta(days=1), province=PROVINCE)
    ends_at = end_of_day(DAY)

    def due() -> list[tuple[str, str]]:
        return [(one.kind.value, one.place.province) for one in due_reports(actor=SYSTEM, on=DAY, ends_at=ends_at)]

    assert due() == [], "nothing of that day is counted"
    reckon_days(actor=SYSTEM, at=AT + timedelta(hours=1), first=DAY, last=DAY)
    assert due() == [], "the day was not over"
    reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=DAY, provinces=[PROVINCE])
    assert due() == [("COUNCIL", PROVINCE), ("MONTHLY", PROVINCE)], "a province is missing: no report of the nation"
    reckon_days(actor=SYSTEM, at=NIGHT, first=DAY, last=DAY)
    assert due() == [("COUNCIL", ""), ("MONTHLY", ELSEWHERE), ("COUNCIL", PROVINCE), ("MONTHLY", PROVINCE)]

    monthly = DueReport(ReportKind.MONTHLY, HERE)
    assert keep_report(actor=SYSTEM, at=NIGHT, due=monthly, on=DAY, files={"pdf": b"%PDF-1"}) == 1
    assert ("MONTHLY", PROVINCE) in due(), "one of two files was kept when the run was stopped"
    assert keep_report(actor=SYSTEM, at=NIGHT, due=monthly, on=DAY, files={"pdf": b"other", "xlsx": b"PK"}) == 1
    assert ("MONTHLY", PROVINCE) not in due()
    (pdf, _), older = kept_reports(actor=an_officer(), province=PROVINCE)
    assert older is None
    # a page ends with a whole day and the next goes on after it
    before = DAY - timedelta(days=30)
    keep_report(actor=SYSTEM, at=NIGHT, due=monthly, on=before, files=TWO_FILES)
    newest, older = kept_reports(actor=an_officer(), province=PROVINCE, limit=3)
    assert ([one.on for one in newest], older) == ([DAY, DAY], DAY)
    oldest, end = kept_reports(actor=an_officer(), province=PROVINCE, limit=3, after=older)
    assert ([one.on for one in oldest], end) == ([before, before], None)
    assert (pdf.sha256, pdf.byte_count) == (hashlib.sha256(b"%PDF-1").hexdigest(), 6)
    assert get_kept_report(actor=an_officer(), report_id=pdf.id) == (pdf, b"%PDF-1")
    assert pdf.name == f"sakha-monthly-{PROVINCE}-{DAY}.pdf"
    with pytest.raises(ReportUnknown):
        get_kept_report(actor=an_officer(province="23"), report_id=pdf.id)
    with pytest.raises(PermissionMissing):
        kept_reports(actor=given_charity("امید"), province=PROVINCE)
    with pytest.raises(PermissionMissing):
        keep_report(actor=an_officer(), at=NIGHT, due=monthly, on=DAY, files=TWO_FILES)
    for change in ("UPDATE observatory_kept_report SET content = ''", "DELETE FROM observatory_opening"):
        with acting(SYSTEM), connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute(change)


def seen_by(actor: Actor) -> list[int]:
    with acting(actor), connection.cursor() as cursor:
        counts = []
        for table in TABLES:
            cursor.execute(_COUNT.format(table))
            counts.append(cursor.fetchone()[0])
    return counts


def test_openings_and_reports_are_seen_by_the_offices_of_their_area_alone(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    mehr = given_charity("مهر")
    household = given_household(mehr)
    open_province(actor=SYSTEM, at=AT, province=PROVINCE)
    for place in (HERE, Place()):
        due = DueReport(ReportKind.COUNCIL, place)
        keep_report(actor=SYSTEM, at=NIGHT, due=due, on=DAY, files=TWO_FILES)
    strangers = (mehr, household_actor(household.id), NOBODY, SIGN_IN, an_officer(province="23"))

    assert [seen_by(one) for one in strangers] == [[0, 0]] * len(strangers)
    assert seen_by(an_officer()) == [1, 2], "the nation's reports are the nation's"
    assert seen_by(an_officer(Scope.NATION)) == [1, 4]
    assert seen_by(an_officer(Scope.COUNTY)) == [1, 0]
    with without_row_security(owner_cursor, TABLES):
        assert seen_by(NOBODY) == [1, 4], "the control"
    assert rows("SELECT count(*) FROM observatory_kept_report") == [(4,)]
