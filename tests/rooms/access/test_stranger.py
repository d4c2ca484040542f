"""Row-level security of access: who sees which row, and what nobody may do."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import DatabaseError, connection

from sakha.access.actions import acting, close_files, issue_client, issue_client_key, open_files, record_access
from sakha.access.models import AccessEntry, ClientAnswer, ClientUse, Organisation, SignInAttempt, User
from sakha.access.rules import SIGN_IN, SYSTEM, AccessAction, Actor, NewClient
from tests.open_tables import without_row_security
from tests.rooms.access.given import AT, Cast
from tests.rooms.access.stranger import STRANGERS, tables_without_row_security, tell, visible_row_counts

ACCESS_TABLES = (
    *("access_organisation", "access_user", "access_entry", "access_sign_in_attempt", "access_opened_file"),
    *("access_client", "access_client_key", "access_client_use", "access_client_answer"),
)


def look(actor: Actor, household_id: int = 5) -> None:
    with acting(actor):
        record_access(actor=actor, at=AT, action=AccessAction.READ, household_id=household_id, purpose="پرونده")


@pytest.fixture
def looked(committed_cast: Cast) -> Cast:
    look(committed_cast.mehr_head)
    look(committed_cast.noor_head)
    look(SYSTEM)
    open_files(at=AT, files=[(committed_cast.mehr_head.organisation_id, 5)])
    new = NewClient(organisation_id=committed_cast.mehr_id, name="برنامه")
    client_id = issue_client(actor=SYSTEM, at=AT, client=new)
    issue_client_key(actor=SYSTEM, at=AT, client_id=client_id)
    with acting(SYSTEM):
        ClientUse.objects.create(client_id=client_id, minute_at=AT, route="check", code="", request_count=1)
        ClientAnswer.objects.create(
            client_id=client_id, request_key="a", request_digest=bytes(32), status=200, body="{}", created_at=AT
        )
    with acting(SIGN_IN):
        SignInAttempt.objects.create(username_digest=bytes(16), address_digest=bytes(16), at=AT)
    return committed_cast


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_sees_no_user_no_entry_and_no_attempt(
    looked: Cast, new_connection: Callable[[], psycopg.Connection], stranger: str
) -> None:
    with new_connection() as one, one.transaction(), one.cursor() as cursor:
        tell(cursor, STRANGERS[stranger])
        counts = visible_row_counts(cursor)
    assert {counts[table] for table in ACCESS_TABLES[1:]} == {0}
    is_somebody = stranger not in {"no scope", "a scope that does not exist"}
    assert (counts["access_organisation"] > 0) is is_somebody, "the directory is open to whoever is signed in"


def test_control_without_row_security_the_stranger_sees_them_all(
    looked: Cast, new_connection: Callable[[], psycopg.Connection], owner_cursor: psycopg.Cursor
) -> None:
    with without_row_security(owner_cursor, ACCESS_TABLES):
        with new_connection() as one, one.transaction(), one.cursor() as cursor:
            counts = visible_row_counts(cursor)
        assert all(counts[table] > 0 for table in ACCESS_TABLES)
        assert tables_without_row_security(owner_cursor) >= set(ACCESS_TABLES)


def test_every_table_of_access_has_row_security(owner_cursor: psycopg.Cursor) -> None:
    assert not {table for table in tables_without_row_security(owner_cursor) if table.startswith("access_")}


def visible_users(actor: Actor) -> set[str]:
    with acting(actor):
        return set(User.objects.values_list("username", flat=True))


def test_users_are_seen_by_themselves_their_colleagues_and_the_offices_above(cast: Cast) -> None:
    everyone = visible_users(SYSTEM)
    assert len(everyone) == 10
    assert visible_users(cast.mehr_head) == {"mehr.head", "mehr.staff"}
    assert visible_users(cast.agency_staff) == {"agency"}
    assert visible_users(cast.karaj_officer) == {"mehr.head", "mehr.staff", "karaj"}
    assert visible_users(cast.fardis_officer) == {"noor.head", "fardis"}
    assert visible_users(cast.province_officer) == everyone - {"yazd", "iran", "operator"}
    assert visible_users(cast.other_province_officer) == {"yazd"}
    assert visible_users(cast.nation_officer) == everyone
    assert visible_users(SIGN_IN) == everyone


def test_entries_are_read_by_ones_own_organisation_and_the_offices_above(looked: Cast) -> None:
    def seen(actor: Actor) -> int:
        with acting(actor):
            return AccessEntry.objects.count()

    assert seen(looked.mehr_staff) == 1
    assert seen(looked.agency_staff) == 0
    assert seen(looked.karaj_officer) == 1
    assert seen(looked.province_officer) == 2
    assert seen(looked.other_province_officer) == 0
    assert seen(looked.nation_officer) == 5  # the system's own: a look, a client and its key
    assert seen(SYSTEM) == 5
    assert seen(SIGN_IN) == 0


def test_nobody_writes_an_entry_in_anothers_name(cast: Cast) -> None:
    for other in (cast.noor_head, cast.mehr_staff, SYSTEM):
        with pytest.raises(DatabaseError, match="row-level security"), acting(cast.mehr_head):
            record_access(actor=other, at=AT, action=AccessAction.READ, household_id=5, purpose="پرونده")


def test_an_entry_without_a_scope_is_refused(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), acting(SIGN_IN):
        record_access(actor=SIGN_IN, at=AT, action=AccessAction.READ, household_id=5, purpose="پرونده")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_entry SET purpose = 'x'",
        "DELETE FROM access_entry",
        "TRUNCATE access_entry",
        "UPDATE access_sign_in_attempt SET is_success = true",
        "DELETE FROM access_sign_in_attempt",
        "DELETE FROM access_user",
        "DELETE FROM access_organisation",
        "UPDATE access_user SET role = 'NATION_OFFICER'",
        "UPDATE access_user SET organisation_id = NULL",
        "UPDATE access_user SET province = '21'",
        "ALTER TABLE access_entry DISABLE ROW LEVEL SECURITY",
        "DROP POLICY entry_read ON access_entry",
        "CREATE OR REPLACE FUNCTION access_is_system() RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "CREATE TABLE mine (id int)",
    ],
)
def test_what_the_application_may_never_do(cast: Cast, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), acting(SYSTEM):
        connection.cursor().execute(statement)


def test_an_office_changes_the_organisations_of_its_area_alone(cast: Cast) -> None:
    def changed(actor: Actor, organisation_id: int) -> int:
        with acting(actor):
            return Organisation.objects.filter(id=organisation_id).update(capacity_households=1)

    assert changed(cast.karaj_officer, cast.mehr_id) == 1
    assert changed(cast.karaj_officer, cast.noor_id) == 0
    assert changed(cast.other_province_officer, cast.mehr_id) == 0
    assert changed(cast.mehr_head, cast.mehr_id) == 0


def test_an_opened_file_is_seen_by_its_organisation_alone_until_it_is_closed(looked: Cast) -> None:
    def seen(actor: Actor) -> list[tuple[object, ...]]:
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("SELECT household_id FROM access_opened_file WHERE closed_at IS NULL")
            return cursor.fetchall()

    assert (seen(looked.mehr_head), seen(looked.noor_head)) == ([(5,)], [])
    close_files(at=AT, files=[(looked.mehr_head.organisation_id, 5)])
    assert seen(looked.mehr_head) == []
