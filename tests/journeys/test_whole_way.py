"""From charities' files to delivered aid: what the printed page says is true, repeatable, private and closed."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk

FIGURES_PAGE = Path(__file__).resolve().parents[2] / "docs" / "figures.md"
# Tables of libraries and the queue: they hold ids of rows and sessions, and must be read before anybody is known.
OPEN_TABLES = {
    "django_session": "a session is found by its random key before anybody is known; it holds a user's id, signed",
    "django_migrations": "names of migrations, for the readiness page",
    "procrastinate_jobs": "ids of files and users; the worker must see all jobs",
    "procrastinate_events": "moments of jobs",
    "procrastinate_workers": "heartbeats of workers",
    "procrastinate_periodic_defers": "moments of periodic jobs",
}
# model documents, their score tables, prices and approved policies: everybody may read them
PUBLISHED = {"scoring_model", "scoring_place", "scoring_price"}
# a stranger who is signed in sees the directory of bodies and of what they offer, and himself
DIRECTORY = {"access_organisation", "access_user", "coordination_service"}


def queries_of_the_page() -> dict[str, str]:
    parts = re.findall(r"`([A-Z_]+)`, .*?```sql\n(.*?)\n```", FIGURES_PAGE.read_text(), re.DOTALL)
    return dict(parts)


def test_every_printed_figure_is_recomputed_by_the_query_in_the_docs(
    walked: Walk, owner_cursor: psycopg.Cursor
) -> None:
    queries = queries_of_the_page()

    recomputed = {
        code: owner_cursor.execute(query, {"province": "30"}).fetchone()[0] for code, query in queries.items()
    }

    assert recomputed == {code: figure.value for code, figure in walked.happened.figures.items()}
    assert all(recomputed[code] > 0 for code in ("IDENTIFIED_PEOPLE", "UNCOVERED", "DOUBLE_AID_REFUSED", "DELIVERED"))


def test_second_walk_doubles_nothing(walked: Walk) -> None:
    again = walked.again()

    assert {code: figure.value for code, figure in again.figures.items()} == {
        code: figure.value for code, figure in walked.happened.figures.items()
    }


def test_no_need_is_over_its_target_and_no_counter_differs(walked: Walk, owner_cursor: psycopg.Cursor) -> None:
    owner_cursor.execute(
        """SELECT count(*) FROM ledger_need n LEFT JOIN LATERAL (
             SELECT coalesce(sum(quantity - surplus_quantity) FILTER (WHERE status = 1), 0) AS held,
                    coalesce(sum(quantity - surplus_quantity) FILTER (WHERE status = 2), 0) AS delivered
               FROM ledger_hold h WHERE h.need_id = n.id) s ON true
            WHERE n.held + n.delivered > n.target OR (n.held, n.delivered) <> (s.held, s.delivered)"""
    )

    assert owner_cursor.fetchone() == (0,)
    assert walked.happened.wrong_counter_count == 0


def test_uncovered_candidates_are_truly_covered_by_nobody(walked: Walk, owner_cursor: psycopg.Cursor) -> None:
    with duckdb.connect() as truth:
        query = "SELECT count(*) FROM read_parquet(?) WHERE official_decile <= 2 AND covered_by = ''"
        most = truth.execute(query, [str(walked.pilot / "truth.parquet")]).fetchone()[0]

    # the invited were found as well, though some have registered and been taken since
    owner_cursor.execute(
        "SELECT count(*) FROM coordination_candidate WHERE province = '30' AND (state = 'OPEN' AND household_id IS NULL"
        " OR id IN (SELECT candidate_id FROM coordination_invitation))"
    )
    found = owner_cursor.fetchone()[0]

    # below the truth by families without any national ID, above it by charities whose licence has run out
    assert 0.85 * most <= found <= 1.15 * most


def test_the_closed_month_has_a_past_and_this_month_help_of_its_own(walked: Walk, owner_cursor: psycopg.Cursor) -> None:
    owner_cursor.execute(
        """SELECT r.on_day::text, coalesce(sum(a.value) FILTER (WHERE a.figure = 'DELIVERED'), 0)
             FROM observatory_reckoning r LEFT JOIN observatory_amount a
               ON a.reckoning_id = r.id AND a.county = '' AND a.part = ''
            WHERE r.province = '30' GROUP BY r.on_day ORDER BY r.on_day"""
    )
    days = dict(owner_cursor.fetchall())

    eve, end_of_month, today = days["2026-11-02"], days["2026-11-21"], days["2026-11-22"]
    assert eve == 0
    assert 0 < end_of_month < today


def test_somebody_gives_every_month_for_an_orphan_whose_need_was_seen_and_confirmed(
    walked: Walk, owner_cursor: psycopg.Cursor
) -> None:
    owner_cursor.execute(
        "SELECT count(*), bool_and(need.proof = 'PEOPLE' AND need.confirmed_at IS NOT NULL AND seen.id IS NOT NULL)"
        "  FROM giving_sponsorship AS promise"
        "  JOIN scoring_need AS need ON need.household_id = promise.household_id AND need.kind = 12"
        "  LEFT JOIN scoring_need_proof AS seen ON seen.need_id = need.id AND seen.proof = 'DEATH'"
        " WHERE promise.aim = 'ORPHAN' AND promise.state = 'ACTIVE'"
    )
    count, are_seen = owner_cursor.fetchone()
    assert count >= 1
    assert are_seen


# --- nothing of a person leaves in the logs -------------------------------------------------------------------------


def personal_words(pilot: Path) -> set[str]:
    """Every national ID, mobile and name that the walk could have touched."""
    with duckdb.connect() as extract:
        query = "SELECT national_id, mobile, given_name, family_name FROM read_parquet(?)"
        rows = extract.execute(query, [str(pilot / "welfare.parquet")]).fetchall()
    words = {str(cell) for row in rows for cell in row if cell}
    with (pilot / "aid_plan.csv").open(encoding="utf-8") as lines:
        words |= {row["national_id"] for row in csv.DictReader(lines)}
    mobiles = {word for word in words if word.startswith("+98")}
    return words | {"0" + word[3:] for word in mobiles} | {word[3:] for word in mobiles}


def words_in(log: str, words: Iterable[str]) -> set[str]:
    tokens = set(re.findall(r"[\w+\u200c]+", log))
    return {word for word in words if word in tokens or (len(word) >= 10 and word in log)}


def visit_the_site(walked: Walk) -> None:
    """Sign in, check, and look at a household as a charity's staff does."""
    from django.test import Client

    account = walked.happened.cast.accounts[-3]
    with (walked.pilot / "aid_plan.csv").open(encoding="utf-8") as lines:
        gift = next(row for row in csv.DictReader(lines) if row["charity"].lower() == account.username)
    client = Client()
    answer = client.post("/sign-in/", {"username": account.username, "password": account.password})
    assert answer.status_code == 302
    answer = client.post("/check/", {"identifier": gift["national_id"], "kind": "1"})
    assert answer.status_code == 200
    assert gift["national_id"] not in answer.request["PATH_INFO"]
    client.post("/sign-in/", {"username": account.username, "password": "not the password at all"})
    client.get(f"/nowhere/{gift['national_id']}/")


def test_no_id_name_or_phone_is_in_the_logs(walked: Walk) -> None:
    visit_the_site(walked)
    words = personal_words(walked.pilot)

    found = words_in(walked.log.getvalue(), words)

    log = walked.log.getvalue()
    events = {"messages_sent", "request_answered"}
    assert words_in(log, events) == events, "a walk that logs nothing proves nothing"
    assert len(words) > 5000
    assert found == set()


def test_control_a_logged_id_is_found(walked: Walk) -> None:
    words = personal_words(walked.pilot)
    national_id = next(word for word in words if word.startswith("999"))

    assert words_in(f'{{"event": "{national_id}"}}', words) == {national_id}


def test_what_slips_into_an_event_is_removed(walked: Walk) -> None:
    words = personal_words(walked.pilot)
    national_id = next(word for word in words if word.startswith("999"))
    mobile = next(word for word in words if word.startswith("+98"))

    logging.getLogger("sakha.test").warning("slip %s %s علی محمدی", national_id, mobile)

    last = walked.log.getvalue().splitlines()[-1]
    assert "slip" in last
    assert words_in(last, words) == set()


# --- closed to strangers --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stranger_id(walked: Walk) -> tuple[int, int]:
    """A charity of Yazd that has nothing to do with anybody here, and its head."""
    from sakha.access.actions import acting, create_organisation, create_user
    from sakha.access.rules import SYSTEM, NewOrganisation, NewUser, OrganisationKind, Role
    from sakha.coordination.actions import receive_inbound
    from tests.journeys.conftest import AT
    from tests.journeys.filling import fill_all

    visit_the_site(walked)
    with acting(SYSTEM):
        organisation = NewOrganisation(kind=OrganisationKind.CHARITY, name="غریبه", province="21", county="2101")
        organisation_id = create_organisation(actor=SYSTEM, at=AT, organisation=organisation)
        user = NewUser("stranger", Role.CHARITY_HEAD, "غریبه", organisation_id=organisation_id)
        user_id = create_user(actor=SYSTEM, at=AT, user=user)
        receive_inbound(actor=SYSTEM, at=AT, mobile="+989600000001", text="لغو")
    fill_all(walked)
    return organisation_id, user_id


def readable_tables(cursor: psycopg.Cursor, app_role: str) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND has_table_privilege(%s, oid, 'SELECT') ORDER BY 1",
        [app_role],
    )
    return [name for (name,) in cursor.fetchall()]


def count_rows(cursor: psycopg.Cursor, table: str) -> int:
    return cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0]


def seen_by(connection: psycopg.Connection, tables: list[str], scope: dict[str, str]) -> dict[str, int]:
    with connection.transaction(), connection.cursor() as cursor:
        for name, value in scope.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"sakha.{name}", value])
        return {table: count_rows(cursor, table) for table in tables}


def test_a_stranger_sees_no_row_of_any_table(
    stranger_id: tuple[int, int], owner_cursor: psycopg.Cursor, new_connection: Callable[[], psycopg.Connection]
) -> None:
    connection = new_connection()
    tables = [
        table
        for table in readable_tables(owner_cursor, connection.info.user)
        if table not in {*OPEN_TABLES, *PUBLISHED}
    ]
    organisation_id, user_id = stranger_id
    scope = {
        "scope": "ORGANISATION", "organisation_id": str(organisation_id), "user_id": str(user_id), "province": "21",
        "county": "2101",
    }  # fmt: skip

    seen = seen_by(connection, tables, scope)

    empty = {table for table in tables if count_rows(owner_cursor, table) == 0}
    assert empty == set(), "an empty table proves nothing"
    assert {table for table, count in seen.items() if count} <= DIRECTORY
    assert seen["access_user"] == 1


def test_without_a_scope_nothing_is_seen(
    stranger_id: tuple[int, int], owner_cursor: psycopg.Cursor, new_connection: Callable[[], psycopg.Connection]
) -> None:
    connection = new_connection()
    tables = [
        table
        for table in readable_tables(owner_cursor, connection.info.user)
        if table not in {*OPEN_TABLES, *PUBLISHED}
    ]

    assert {table for table, count in seen_by(connection, tables, {}).items() if count} == set()


def test_control_a_table_without_row_security_is_seen(
    stranger_id: tuple[int, int], owner_cursor: psycopg.Cursor, new_connection: Callable[[], psycopg.Connection]
) -> None:
    owner_cursor.execute("ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY")
    try:
        assert seen_by(new_connection(), ["registry_person"], {})["registry_person"] > 0
    finally:
        owner_cursor.execute("ALTER TABLE registry_person ENABLE ROW LEVEL SECURITY")


def test_open_tables_are_open_and_all_others_closed(walked: Walk, owner_cursor: psycopg.Cursor) -> None:
    owner_cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND NOT relrowsecurity"
    )
    without = {name for (name,) in owner_cursor.fetchall()}

    assert {name for name in readable_tables(owner_cursor, "sakha_app") if name in without} == set(OPEN_TABLES)


# --- data banks -----------------------------------------------------------------------------------------------------


def test_an_hour_without_banks_stopped_nobody_and_everything_was_fetched_once(
    walked: Walk, owner_cursor: psycopg.Cursor
) -> None:
    told = walked.happened.banks

    assert told.question_count > 0
    assert told.files_during > 0
    assert told.checks_during > 0
    assert told.unknown_during > 0
    assert (told.answered_twice, told.waiting_count) == (0, 0)
    assert told.answered_count == told.question_count
    answered = owner_cursor.execute("SELECT count(*) FROM databanks_question WHERE state = 'ANSWERED'").fetchone()[0]
    assert answered == told.question_count
    twice = owner_cursor.execute(
        "SELECT count(*) FROM (SELECT FROM databanks_evidence WHERE purpose = 'AID_ASSESSMENT'"
        " GROUP BY subject_index, fact, source, inquiry_id HAVING count(*) > 1) AS again"
    )
    assert twice.fetchone() == (0,)
