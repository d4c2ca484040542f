"""Nobody without a scope, or with another's, reads or writes a row of this room."""

from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Scope, household_actor
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.coordination.actions import (
    NoticeToQueue,
    load_coverage_list,
    queue_notice,
    receive_inbound,
    send_invitations,
)
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.rules.notices import NoticeKind
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import NOON, Family, a_list, a_mobile, given_agency, invite, rows, search, write_extract
from tests.door_cast import come_in, link_of, newest_text
from tests.introduction_cast import given_giver, given_needy, introduce
from tests.ledger_cast import a_national_id, an_officer, given_charity
from tests.open_tables import without_row_security

TABLES = tuple(
    f"coordination_{name}"
    for name in (
        *("coverage", "coverage_list", "candidate", "campaign", "invitation", "opt_out", "message"),
        *("sign_in_code", "knock", "registration", "notice"),
        *("introduction", "offer", "introduction_consent", "introduction_event", "service"),
    )
)


def fill(tmp_path: Path) -> Actor:
    agency = given_agency()
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(a_national_id()),
        observed_on=NOON.date(),
    )
    search(write_extract(tmp_path / "w.parquet", [Family()]))
    invite()
    send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=OutboxGateway())
    notice = NoticeToQueue(kind=NoticeKind.RECEIPT, reference="strangers:1", mobile=a_mobile(), text="سخا")
    queue_notice(actor=SYSTEM, at=NOON, notice=notice)
    receive_inbound(actor=SYSTEM, at=NOON, mobile=a_mobile(), text="لغو")
    come_in(link_of(newest_text()))
    given_giver("پذیرنده", NeedKind.FOOD)
    given_needy(NeedKind.FOOD)
    introduce()
    return agency


def seen(actor: Actor) -> set[str]:
    with acting(actor), connection.cursor() as cursor:
        found = set()
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            if cursor.fetchone()[0]:
                found.add(table.removeprefix("coordination_"))
        return found


@pytest.mark.django_db
def test_each_actor_sees_its_tables_and_no_more(tmp_path: Path) -> None:
    agency = fill(tmp_path)

    assert all(rows(f"SELECT 1 FROM {table}") for table in TABLES)
    assert seen(agency) == {"coverage", "coverage_list", "service"}
    assert seen(given_charity("مهر")) == {"service"}  # the directory is open to whoever is signed in
    of_area = {"coverage", "coverage_list", "candidate", "invitation", "registration"} | {
        *("introduction", "offer", "introduction_consent", "introduction_event", "service")
    }
    assert seen(an_officer()) == of_area | {"campaign"}
    assert seen(an_officer(Scope.COUNTY, county="3001")) == of_area
    assert seen(an_officer(Scope.NATION)) == of_area | {"campaign", "message"}
    for outsider in (an_officer(province="21"), an_officer(Scope.COUNTY, county="3009"), household_actor(10**9)):
        assert seen(outsider) == {"service"}
    assert seen(NOBODY) == seen(SIGN_IN) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("table", [one for one in TABLES if not one.startswith("coordination_introduction")])
def test_nobody_but_the_system_writes(tmp_path: Path, table: str) -> None:
    agency = fill(tmp_path)
    sealed = {"opt_out": "mobile_sealed", "message": "text_sealed", "sign_in_code": "text_sealed"} | {
        "introduction_consent": "withdrawn_at"
    }
    column = sealed.get(table.removeprefix("coordination_"), "id")

    for actor in (agency, an_officer(), an_officer(Scope.NATION)):
        with acting(actor), connection.cursor() as cursor:
            if table not in {"coordination_campaign", "coordination_coverage_list", "coordination_knock"}:
                cursor.execute(f"UPDATE {table} SET {column} = {column}")
                assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), acting(actor):
            connection.cursor().execute(f"INSERT INTO {table} DEFAULT VALUES")


@pytest.mark.django_db
def test_nobody_but_the_system_introduces_and_nobody_writes_the_history() -> None:
    home, body = given_needy(NeedKind.FOOD), given_giver("پذیرنده", NeedKind.FOOD)
    introduce()
    insert = (
        "INSERT INTO coordination_introduction_consent (household_id, given_at, heard_by) VALUES (%s, now(), 'BODY')",
        """INSERT INTO coordination_introduction
           SELECT (jsonb_populate_record(one, '{"id": 9999999, "kind": 2}')).*
             FROM coordination_introduction AS one WHERE household_id = %s""",
    )
    for actor in (body, an_officer(), an_officer(Scope.NATION)):
        for statement in insert:
            refused = pytest.raises(DatabaseError, match=r"row-level security|without consent")
            with refused, transaction.atomic(), acting(actor):
                connection.cursor().execute(statement, [home.id])
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("UPDATE coordination_introduction SET note = 'x'")
            assert cursor.rowcount == 0
    for actor in (SYSTEM, body):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), acting(actor):
            connection.cursor().execute("DELETE FROM coordination_introduction_event")


def test_without_its_policies_a_stranger_would_see_every_table(
    committed: None, tmp_path: Path, owner_cursor: psycopg.Cursor
) -> None:
    fill(tmp_path)
    with without_row_security(owner_cursor, TABLES):
        found = seen(NOBODY)

    assert found == {table.removeprefix("coordination_") for table in TABLES}
