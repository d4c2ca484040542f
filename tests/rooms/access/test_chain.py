"""The chain over a real log: what was changed behind its back is found, what is still being written is not closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.actions import acting, closing_blocks, record_access_many
from sakha.access.actions.closing_blocks import Closed, close_blocks
from sakha.access.models import Block, BlockPart, BlockSecret
from sakha.access.queries.chain import (
    LogBrokenError,
    StreamUnknown,
    block_headers,
    chained_logs,
    get_stream,
    prove_rows,
)
from sakha.access.queries.keys import key_ring
from sakha.access.queries.verifying import Verified, verify_stream
from sakha.access.rules import SYSTEM, AccessAction, Actor, PermissionMissing, Scope
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.access.rules.chain import NO_BLOCK
from sakha.access.rules.chain_findings import FindingKind
from sakha.access.rules.proofs import check_proof
from sakha.access.rules.sealing import seal
from tests.open_tables import without_row_security
from tests.rooms.access.given import AT

LOG = "access_entry/1"
TABLES = ("access_block", "access_block_secret", "access_block_part")
SWAP = """
    UPDATE access_entry AS one SET at = other.at, household_id = other.household_id, purpose = other.purpose
      FROM access_entry AS other WHERE one.id IN (3, 2000) AND other.id = 2003 - one.id
"""
COPIED = """
    INSERT INTO access_entry (id, at, action, province, county, person_count, purpose)
    SELECT {id}, at, action, province, county, person_count, 'جعلی' FROM access_entry WHERE id = 1
"""
TAMPERINGS = (
    ("UPDATE access_entry SET purpose = 'دیگر' WHERE id = 7", FindingKind.ALTERED, 1, (7,)),
    ("UPDATE access_entry SET at = at + interval '1 microsecond' WHERE id = 2101", FindingKind.ALTERED, 2, (2101,)),
    ("UPDATE access_entry SET household_id = NULL WHERE id = 1025", FindingKind.ALTERED, 1, (1025,)),
    ("DELETE FROM access_entry WHERE id = 1", FindingKind.REMOVED, 1, (1,)),
    ("DELETE FROM access_entry WHERE id = 2100", FindingKind.REMOVED, 1, (2100,)),
    ("DELETE FROM access_entry WHERE id > 2100", FindingKind.REMOVED, 2, (2101, 2102, 2104)),
    (COPIED.format(id=-5), FindingKind.INSERTED, 1, (-5,)),
    (COPIED.format(id=2103), FindingKind.INSERTED, 2, (2103,)),
    (SWAP, FindingKind.REORDERED, 1, (3, 2000)),
)

pytestmark = pytest.mark.usefixtures("committed")


def write(*household_ids: int) -> None:
    with acting(SYSTEM):
        record_access_many(actor=SYSTEM, at=AT, action=AccessAction.CHECK, household_ids=household_ids, purpose="بررسی")


def close(patience_seconds: float = 0) -> Closed:
    return close_blocks(actor=SYSTEM, at=AT, stream=get_stream(LOG), patience_seconds=patience_seconds)


def verify() -> Verified:
    return verify_stream(stream=get_stream(LOG))


def found(verified: Verified) -> set[tuple[FindingKind, int, tuple[int, ...]]]:
    return {(one.kind, one.place, one.row_ids) for one in verified.findings}


@pytest.fixture(autouse=True)
def _from_one(owner_cursor: psycopg.Cursor) -> None:
    """Numbers that other tests drew and gave back would shift the ids."""
    owner_cursor.execute("TRUNCATE access_entry RESTART IDENTITY")


@pytest.fixture
def two_blocks() -> None:
    """Rows 1 to 2100, and 2101, 2102, 2104: a number was drawn and not used."""
    write(*range(1, 2101))
    close()
    write(1, 2)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('access_entry', 'id'))")
    write(3)
    close()


def test_one_altered_removed_inserted_or_reordered_event_is_found_and_named(
    two_blocks: None, owner_cursor: psycopg.Cursor
) -> None:
    write(4, 5)
    honest = verify()
    assert (honest.findings, honest.block_count, honest.row_count, honest.open_count) == ((), 2, 2103, 2)
    first, second = block_headers(stream=LOG)
    assert (first.place, first.first_id, first.last_id, first.row_count, first.previous) == (1, 1, 2100, 2100, NO_BLOCK)
    assert (second.place, second.first_id, second.last_id, second.row_count) == (2, 2101, 2104, 3)
    assert second.previous == first.digest

    owner_cursor.execute("CREATE TEMP TABLE kept AS SELECT * FROM access_entry")
    for tampering, kind, place, ids in TAMPERINGS:
        owner_cursor.execute(tampering)
        assert found(verify()) == {(kind, place, ids)}, tampering
        owner_cursor.execute("DELETE FROM access_entry")
        owner_cursor.execute("INSERT INTO access_entry SELECT * FROM kept")
        assert verify().findings == ()

    # from a later block on, the earlier ones are not read
    owner_cursor.execute(TAMPERINGS[0][0])
    assert verify_stream(stream=get_stream(LOG), from_place=2).findings == ()
    with pytest.raises(LogBrokenError):
        prove_rows(stream=LOG, row_ids=[7])


def test_a_chain_changed_behind_its_triggers_is_found(two_blocks: None, owner_cursor: psycopg.Cursor) -> None:
    published = {(one.stream, one.place): one for one in block_headers()}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_cursor.execute("UPDATE access_block SET row_count = 5")
    for table in ("access_block", "access_block_part"):
        owner_cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        owner_cursor.execute("CREATE TEMP TABLE secrets AS SELECT * FROM access_block_secret")
        owner_cursor.execute("DELETE FROM access_block_secret WHERE block_id = (SELECT min(id) FROM access_block)")
        assert found(verify()) == {(FindingKind.SECRET_LOST, 1, ())}
        owner_cursor.execute("DELETE FROM access_block_secret")
        owner_cursor.execute("INSERT INTO access_block_secret SELECT * FROM secrets")

        owner_cursor.execute("UPDATE access_block_part SET ids = 'x', marks = ''")
        owner_cursor.execute("UPDATE access_entry SET purpose = '' WHERE id = 7")
        assert found(verify()) == {(FindingKind.ROWS_DIFFER, 1, ())}

        owner_cursor.execute("UPDATE access_block SET closed_at = closed_at + interval '1 day' WHERE place = 2")
        assert (FindingKind.BLOCK_ALTERED, 2, ()) in found(verify())

        # everything made anew over other rows: sound in itself, and not what was published
        owner_cursor.execute("DELETE FROM access_block_part; DELETE FROM access_block_secret; DELETE FROM access_block")
        assert close().row_count == 2103
        assert verify().findings == ()
        told = verify_stream(stream=get_stream(LOG), published=published)
        assert found(told) == {(FindingKind.NOT_AS_PUBLISHED, 1, ()), (FindingKind.NOT_AS_PUBLISHED, 2, ())}
    finally:
        for table in ("access_block", "access_block_part"):
            owner_cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def begin_late_row(other: psycopg.Connection) -> None:
    other.execute("SELECT set_config('sakha.scope', 'SYSTEM', false)")
    other.execute("BEGIN")
    other.execute(
        "INSERT INTO access_entry (at, action, province, county, person_count, purpose)"
        " VALUES (%s, 'READ', '', '', 1, '')",
        [AT],
    )


def test_a_row_that_is_still_being_written_can_not_land_in_a_closed_block(
    new_connection: Callable[[], psycopg.Connection],
) -> None:
    other = new_connection()
    begin_late_row(other)
    write(1)
    assert close() == Closed(stream=LOG, block_count=0, row_count=0, is_busy=True)
    other.execute("COMMIT")
    assert close().row_count == 2
    assert verify().findings == ()
    assert close() == Closed(stream=LOG, block_count=0, row_count=0, is_busy=False)


def test_control_without_asking_who_writes_the_late_row_lands_in_the_closed_block(
    new_connection: Callable[[], psycopg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_blocks, "writers_of", lambda _: set())
    other = new_connection()
    begin_late_row(other)
    write(1)
    assert close().row_count == 1
    other.execute("COMMIT")
    assert found(verify()) == {(FindingKind.INSERTED, 1, (1,))}


def test_a_run_that_dies_goes_on_and_closes_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, new_connection: Callable[[], psycopg.Connection]
) -> None:
    monkeypatch.setattr(closing_blocks, "BLOCK_ROWS_MAX", 4)
    keep, calls = closing_blocks._keep, []

    def die_at_the_second(*given: object) -> None:
        keep(*given)
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt

    write(*range(1, 11))
    monkeypatch.setattr(closing_blocks, "_keep", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        close()
    assert [one.row_count for one in block_headers(stream=LOG)] == [4]

    with new_connection() as other, other.transaction():
        other.execute(closing_blocks._TURN, [LOG])
        assert close() == Closed(stream=LOG, block_count=0, row_count=0, is_busy=True)
    assert (close().block_count, close().block_count) == (2, 0)
    headers = block_headers(stream=LOG)
    assert [(one.first_id, one.last_id) for one in headers] == [(1, 4), (5, 8), (9, 10)]
    assert verify().findings == ()

    # past the turn and the rules the table itself refuses a second block of the place
    with pytest.raises(IntegrityError), acting(SYSTEM):
        keep(replace(headers[0], first_id=100, last_id=100), [], bytes(32))


def test_a_proof_is_for_its_row_and_a_row_of_no_block_has_none(two_blocks: None) -> None:
    write(9)
    proofs = prove_rows(stream=LOG, row_ids=[1, 1024, 1025, 2100, 2101, 2104, 2103, 2105])
    assert [proof.row.split("\t")[0] for proof in proofs] == ["1", "1024", "1025", "2100", "2101", "2104"]
    for proof in proofs:
        check_proof(proof)
        assert "بررسی" not in proof.row, "the purpose is hidden"
    with pytest.raises(StreamUnknown):
        prove_rows(stream="nothing/1", row_ids=[1])


def test_secrets_are_sealed_anew_and_the_chain_still_holds(two_blocks: None) -> None:
    with acting(SYSTEM):
        older = key_ring()
        assert closing_blocks.reseal_batch(actor=SYSTEM, ring=older, limit=10) == 0
        block = Block.objects.get(stream=LOG, place=1)
        kept = BlockSecret.objects.get(block=block)
        # another secret, well sealed, is not taken for the one of the block
        with transaction.atomic():
            BlockSecret.objects.filter(id=kept.id).update(secret_sealed=seal(older, bytes(32).hex(), kind="chain"))
    assert (FindingKind.SECRET_LOST, 1, ()) in found(verify())


def seen(actor: Actor) -> set[str]:
    with acting(actor):
        tables = zip(TABLES, (Block, BlockSecret, BlockPart), strict=True)
        return {name for name, table in tables if table.objects.exists()}


def test_roots_are_for_all_and_secrets_for_nobody(two_blocks: None, owner_cursor: psycopg.Cursor) -> None:
    officer = Actor(user_id=None, organisation_id=None, role=SYSTEM.role, scope=Scope.NATION)
    assert seen(SYSTEM) == set(TABLES)
    assert seen(officer) == {"access_block"}
    assert seen(NOBODY) == seen(SIGN_IN) == set()
    with without_row_security(owner_cursor, TABLES):
        assert seen(NOBODY) == set(TABLES)

    for statement in (
        "UPDATE access_block SET row_count = 1",
        "DELETE FROM access_block",
        "UPDATE access_block_part SET marks = ''",
        "DELETE FROM access_block_secret",
    ):
        with pytest.raises(ProgrammingError), acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(PermissionMissing):
        close_blocks(actor=officer, at=AT, stream=get_stream(LOG))


def test_each_chained_log_has_its_columns_once_and_draws_its_ids_one_by_one(owner_cursor: psycopg.Cursor) -> None:
    logs = chained_logs()
    assert {log.name for log in logs} == {"access_entry/1", "giving_transfer/1", "ledger_event/1"}
    for log in logs:
        owner_cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [log.table],
        )
        assert sorted(log.columns) == sorted(name for (name,) in owner_cursor.fetchall())
        # a connection that kept numbers in stock could write one of them into a closed block
        owner_cursor.execute(
            "SELECT seqcache FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence(%s, 'id')::regclass", [log.table]
        )
        assert owner_cursor.fetchall() == [(1,)]
