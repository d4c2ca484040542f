"""A statement of its own goes straight to the server: values as they were told, refusals as elsewhere, nothing left."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection
from psycopg.types.range import DateRange

from sakha.access.queries import fetch_alone, write_list
from sakha.access.queries.alone import _lines, write_value

VALUES = [
    7, None, "علی'آباد", ['الف "ب"', "c\\d", "e,f", "", "NULL", None], [bytes(range(256)), b"", None],
    datetime(2026, 11, 22, 9, tzinfo=UTC),
    UUID(int=7), DateRange(date(2026, 1, 1), date(2026, 2, 1)),
]  # fmt: skip


def test_values_come_back_as_they_were_told_and_nothing_is_left_behind(committed: None) -> None:
    connection.close()
    told = "SELECT %s::bigint, %s::text, %s::text, %s::text[], %s::bytea[], %s::timestamptz, %s::uuid, %s::daterange"
    for _ in range(2):  # prepared, and used again
        number, nothing, words, texts, digests, at, name, span = fetch_alone(told, VALUES)[0]
        assert (number, nothing, words, texts) == (7, None, VALUES[2], VALUES[3])
        assert ([one if one is None else bytes(one) for one in digests], at, name) == (VALUES[4], VALUES[5], VALUES[6])
        assert span == VALUES[7]
    with pytest.raises(DatabaseError, match="division by zero"):
        fetch_alone("SELECT 1 / %s::int", [0])
    assert fetch_alone("SELECT * FROM unnest(%s::int[], %s::uuid[])", [[1, 2], [UUID(int=1), UUID(int=2)]]) == [
        (1, UUID(int=1)),
        (2, UUID(int=2)),
    ]
    assert fetch_alone("SELECT one FROM unnest(%s::bigint[]) one", [write_list((-1, 2**62, 0))]) == [
        (-1,), (2**62,), (0,)
    ]  # fmt: skip
    assert fetch_alone("SELECT 1 WHERE %s", ["false"]) == []
    assert fetch_alone("SELECT set_config('sakha.scope', %s, true)", ["SYSTEM"]) == [("SYSTEM",)]
    assert fetch_alone("SELECT access_scope(), %s::int", [1]) == [("", 1)]
    assert _lines
    # what is kept of a connection doesn't hold it: one that was closed is let go
    assert all(kept.transformer.connection is None for kept in _lines.values())
    assert connection.connection is None, "it never went through the framework's own"


def test_a_broken_connection_is_replaced(committed: None) -> None:
    connection.close()
    with pytest.raises(DatabaseError):
        fetch_alone("SELECT pg_terminate_backend(pg_backend_pid()), %s::int", [1])
    assert fetch_alone("SELECT %s::int", [3]) == [(3,)]


@pytest.mark.parametrize("value", [True, b"x", 1.5, [True], [1.5]])
def test_what_letters_would_say_wrongly_is_not_sent(value: object) -> None:
    with pytest.raises(TypeError):
        write_value(value)
