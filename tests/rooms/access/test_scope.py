"""The scope of a transaction: told at its start, gone at its end, on every connection and in every thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from sakha.access.actions import acting
from sakha.access.models import Organisation
from sakha.access.queries import organisations
from sakha.access.queries.scope import _TELL
from sakha.access.rules import SYSTEM, Actor, household_actor
from sakha.vocabulary.refusal import Refusal
from tests.rooms.access.given import Cast

SETTINGS = ("scope", "organisation_id", "user_id", "province", "county")


def told() -> tuple[str, ...]:
    """What the database has been told on Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('sakha.{one}', true), '')" for one in SETTINGS))
        return tuple(cursor.fetchone())


def facts_of(actor: Actor) -> tuple[str, ...]:
    return (actor.scope.value, str(actor.organisation_id or ""), str(actor.user_id or ""), actor.province, actor.county)


def test_the_database_is_told_who_acts_and_forgets_it_afterwards(cast: Cast) -> None:
    with acting(cast.mehr_head):
        assert told() == facts_of(cast.mehr_head)
        assert told()[0] == "ORGANISATION"
    assert told() == ("", "", "", "", "")


def test_without_a_scope_nothing_is_seen(cast: Cast) -> None:
    assert organisations() == []
    with acting(cast.mehr_head):
        assert len(organisations()) == 3


def test_an_inner_actor_gives_the_outer_one_back(cast: Cast) -> None:
    with acting(cast.mehr_head):
        with acting(SYSTEM):
            with acting(cast.noor_head):
                assert told() == facts_of(cast.noor_head)
            assert told() == facts_of(SYSTEM)
        assert told() == facts_of(cast.mehr_head)


def test_a_household_is_told_by_its_number_and_in_no_other_scope(cast: Cast) -> None:
    def told_household() -> int | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_household_id()")
            return cursor.fetchone()[0]

    with acting(household_actor(41)):
        assert told_household() == 41
        with acting(SYSTEM):
            assert told_household() is None
        with acting(household_actor(42)):
            assert told_household() == 42
        assert told_household() == 41
    with acting(cast.mehr_head):
        assert told_household() is None


def test_a_refused_inner_block_gives_the_outer_actor_back_and_keeps_its_work(cast: Cast) -> None:
    with acting(SYSTEM):
        Organisation.objects.filter(id=cast.noor_id).update(name="نورا")
        with pytest.raises(Refusal), acting(cast.mehr_head):
            raise Refusal
        assert told() == facts_of(SYSTEM)
        assert Organisation.objects.get(id=cast.noor_id).name == "نورا"


def test_a_broken_statement_inside_gives_the_outer_actor_back(cast: Cast) -> None:
    with acting(SYSTEM):
        with pytest.raises(Exception, match="division by zero"), acting(cast.mehr_head):
            connection.cursor().execute("SELECT 1 / 0")
        assert told() == facts_of(SYSTEM)


def test_the_scope_is_told_in_one_round_trip(cast: Cast, django_assert_num_queries: Callable) -> None:
    # savepoint, telling, telling the outer actor again, release: the test itself is an outer transaction
    with django_assert_num_queries(4), acting(SYSTEM):
        pass


def test_nothing_outlives_the_transaction_on_a_pooled_connection(committed_cast: Cast) -> None:
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    used, reused = set(), set()
    for _ in range(20):  # more than the pool may hold, which gives them in turn
        with acting(committed_cast.mehr_head):
            used.add(backend())
        connection.close()  # back to the pool
    with pytest.raises(Refusal), acting(SYSTEM):
        raise Refusal
    for _ in range(20):
        reused.add(backend())
        assert told() == ("", "", "", "", "")
        assert organisations() == []
        connection.close()
    assert used & reused, "the pool has given a used connection back"


def test_control_a_setting_of_the_session_would_outlive_the_transaction(committed_cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL.replace("true", "false"), facts_of(SYSTEM))
    try:
        assert len(organisations()) == 3
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ALL")


def test_threads_that_share_the_pool_never_see_each_others_scope(committed_cast: Cast) -> None:
    actors = [committed_cast.mehr_head, committed_cast.noor_head, committed_cast.karaj_officer, SYSTEM] * 25

    def work(actor: Actor) -> tuple[object, ...]:
        try:
            before = told()
            with acting(actor):
                during = told()
            return before, during, told()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(work, actors))
    assert found == [(("",) * 5, facts_of(actor), ("",) * 5) for actor in actors]


@pytest.mark.parametrize(
    ("area", "sees"),  # Karaj, Yazd, nowhere
    [
        (("", "", ""), (False, False, False)),
        (("ORGANISATION", "30", "3001"), (False, False, False)),
        (("SIGN_IN", "30", "3001"), (False, False, False)),
        (("COUNTY", "30", "3001"), (True, False, False)),
        (("COUNTY", "30", "3002"), (False, False, False)),
        (("COUNTY", "30", ""), (False, False, False)),
        (("PROVINCE", "30", ""), (True, False, False)),
        (("PROVINCE", "", ""), (False, False, False)),
        (("NATION", "", ""), (True, True, True)),
        (("SYSTEM", "", ""), (True, True, True)),
        (("system", "", ""), (False, False, False)),
    ],
)
def test_an_area_is_seen_by_its_offices_alone(
    new_connection: Callable[[], psycopg.Connection],
    area: tuple[str, str, str],
    sees: tuple[bool, bool, bool],
) -> None:
    scope, province, county = area
    with new_connection() as one, one.transaction():
        one.execute(_TELL, (scope, "", "", province, county))
        found = one.execute(
            "SELECT access_sees_area('30', '3001'), access_sees_area('21', '2101'), access_sees_area('', ''),"
            " access_sees_area(NULL, NULL)"
        ).fetchone()
    assert found[:3] == sees
    assert found[3] is (scope in {"NATION", "SYSTEM"})


def test_the_functions_answer_nobody_where_nothing_was_told(
    new_connection: Callable[[], psycopg.Connection],
) -> None:
    ask = "SELECT access_scope(), access_organisation_id(), access_user_id(), access_is_system(), access_province()"
    with new_connection() as one:
        assert one.execute(ask).fetchone() == ("", None, None, False, "")
        with one.transaction():
            one.execute(_TELL, ("SYSTEM", "7", "9", "30", "3001"))
            assert one.execute(ask).fetchone() == ("SYSTEM", 7, 9, True, "30")
        assert one.execute(ask).fetchone() == ("", None, None, False, "")
