"""Renewing the keys over real rows: in batches, resumable, with both keys valid on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from sakha.access.actions import RotationStep, acting, rotate_keys
from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.access.rules.sealing import (
    IndexKind,
    KeyMissing,
    KeyRing,
    add_keys,
    blind_index,
    blind_index_many,
    blind_indexes,
    drop_keys,
    open_many,
    open_sealed,
    reseal_many,
    seal_many,
    sealed_prefix,
)
from tests.rooms.access.given import AT, Cast

MOBILES = [f"+9899900{number:05d}" for number in range(25)]


class PowerCutError(Exception):
    """The machine went down."""


@pytest.fixture
def book(db: None) -> Iterator[None]:
    """A room with one sealed and indexed column, as every room with identifiers has them."""
    ring = key_ring()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE book (id int PRIMARY KEY, sealed bytea, index bytea) ON COMMIT DROP")
        rows = zip(range(25), seal_many(ring, MOBILES), blind_index_many(ring, IndexKind.MOBILE, MOBILES), strict=True)
        cursor.executemany("INSERT INTO book VALUES (%s, %s, %s)", list(rows))
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE book")


def reseal_book(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """The room's part of the renewal, in the shape that `ResealBatch` asks for."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, sealed FROM book WHERE substr(sealed, 1, 3) <> %s LIMIT %s", [sealed_prefix(ring), limit]
        )
        rows = cursor.fetchall()
        old = [bytes(sealed) for _, sealed in rows]
        fresh = reseal_many(ring, old)
        indexes = blind_index_many(ring, IndexKind.MOBILE, open_many(ring, old))
        cursor.executemany(
            "UPDATE book SET sealed = %s, index = %s WHERE id = %s",
            [(sealed, index, one[0]) for sealed, index, one in zip(fresh, indexes, rows, strict=True)],
        )
    return len(rows)


@contextmanager
def newer_keys(settings: object) -> Iterator[KeyRing]:
    text = add_keys(settings.SAKHA.keys_text())

    class WithNewKeys:
        def keys_text(self) -> str:
            return text

    settings.SAKHA = WithNewKeys()
    yield key_ring()


def rotate(reseal: object = reseal_book, actor: Actor = SYSTEM) -> tuple[dict[str, int], list[RotationStep]]:
    steps: list[RotationStep] = []
    renewed = rotate_keys(actor=actor, at=AT, rooms={"book": reseal}, batch_size=10, progress=steps.append)
    return renewed, steps


def all_rows() -> list[tuple[bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, index FROM book ORDER BY id")
        return [(bytes(sealed), bytes(index)) for sealed, index in cursor.fetchall()]


def found(ring: KeyRing, mobile: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM book WHERE index = ANY(%s)", [blind_indexes(ring, IndexKind.MOBILE, mobile)]
        )
        return cursor.fetchone()[0]


def test_everything_is_renewed_in_batches_and_opens_without_the_old_key(book: None, settings) -> None:
    with newer_keys(settings) as ring:
        renewed, steps = rotate()
        assert renewed == {"book": 25}
        assert [step.renewed_count for step in steps] == [10, 20, 25]
        alone = KeyRing(2, 2, {2: ring.ciphers[2]}, {2: ring.index_keys[2]})
        rows = all_rows()
        assert [open_sealed(alone, sealed) for sealed, _ in rows] == MOBILES
        assert [index for _, index in rows] == blind_index_many(alone, IndexKind.MOBILE, MOBILES)


def test_a_second_run_finds_nothing_left(book: None, settings) -> None:
    with newer_keys(settings):
        rotate()
        before = all_rows()
        assert rotate() == ({"book": 0}, [])
        assert all_rows() == before


def test_stopped_in_the_middle_everybody_is_still_found_and_the_next_run_goes_on(book: None, settings) -> None:
    def power_cut(*, actor: Actor, ring: KeyRing, limit: int) -> int:
        left = reseal_book(actor=actor, ring=ring, limit=limit)
        raise PowerCutError if left else AssertionError

    with newer_keys(settings) as ring:
        with pytest.raises(PowerCutError):
            rotate(power_cut)
        by_key = {sealed[:3] for sealed, _ in all_rows()}
        assert len(by_key) == 2, "two keys are in use"
        assert [found(ring, mobile) for mobile in MOBILES] == [1] * 25
        assert open_many(ring, (sealed for sealed, _ in all_rows())) == MOBILES
        assert rotate()[0] == {"book": 15}


def test_control_looked_up_by_the_new_index_key_alone_the_rest_would_be_lost(book: None, settings) -> None:
    with newer_keys(settings) as ring:
        reseal_book(actor=SYSTEM, ring=ring, limit=10)
        indexes = [index for _, index in all_rows()]
        assert sum(blind_index(ring, IndexKind.MOBILE, mobile) in indexes for mobile in MOBILES) == 10


def test_control_an_old_key_dropped_too_early_loses_what_was_not_renewed(book: None, settings) -> None:
    with newer_keys(settings) as ring:
        reseal_book(actor=SYSTEM, ring=ring, limit=10)
        alone = KeyRing(2, 2, {2: ring.ciphers[2]}, {2: ring.index_keys[2]})
        with pytest.raises(KeyMissing):
            open_many(alone, (sealed for sealed, _ in all_rows()))


def test_a_wrong_drop_leaves_a_ring_that_is_refused(settings) -> None:
    with newer_keys(settings):
        text = settings.SAKHA.keys_text()
    assert drop_keys(text, seal_below=2, index_below=2).count("\n") < text.count("\n")


def test_only_the_system_renews(cast: Cast) -> None:
    with pytest.raises(PermissionMissing):
        rotate(actor=cast.nation_officer)
