"""`sakha rotate-keys` over the whole house: no sealed column is forgotten, and everybody is still found."""

from __future__ import annotations

import ast
import inspect
from types import SimpleNamespace

from django.db import connection

from sakha.access.actions import RotationStep, acting
from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import add_keys, drop_keys, sealed_prefix
from sakha.entrypoints.commands import keys
from sakha.registry.actions.households import register_household
from sakha.registry.queries.lookup import find_household_by_identifier
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from tests.rooms.access.given import AT, make_cast

HEAD = "9990000018"


def sealed_columns() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name LIKE '%\\_sealed'"
        )
        return set(cursor.fetchall())


def not_renewed() -> dict[tuple[str, str], int]:
    """Values by column that another key than the current one has sealed."""
    left = {}
    with acting(SYSTEM), connection.cursor() as cursor:
        for table, column in sealed_columns():
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE substr({column}, 1, 3) <> %s", [sealed_prefix(key_ring())]
            )
            left[table, column] = cursor.fetchone()[0]
    return {place: count for place, count in left.items() if count}


def rotate() -> tuple[dict[str, int], list[RotationStep]]:
    steps: list[RotationStep] = []
    renewed = keys.rotate_keys(actor=SYSTEM, at=AT, batch_size=2, progress=steps.append)
    return renewed, steps


def test_every_sealed_column_of_the_house_is_named_by_its_rooms_renewal(db: None) -> None:
    source = {room: inspect.getsource(inspect.getmodule(reseal)) for room, reseal in keys.ROOMS.items()}
    words = {
        room: " ".join(
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        for room, text in source.items()
    }
    columns = sealed_columns()
    assert len(columns) > 10
    assert {
        (table, column)
        for table, column in columns
        if table not in words[table.split("_")[0]] or column not in words[table.split("_")[0]]
    } == set()


def test_the_house_is_renewed_and_everybody_is_found_without_the_old_keys(db: None, settings) -> None:
    cast = make_cast()
    family = HouseholdDeclaration(
        members=(
            PersonDeclaration(
                given_name="مریم", family_name="رضایی", national_id=HEAD, relation="سرپرست", mobile="09991234567"
            ),
            PersonDeclaration(given_name="علی", family_name="احمدی", relation="فرزند"),
        ),
        province="30",
        county="3001",
        address="کرج، خیابان بهار، پلاک ۱۲",
    )
    register_household(actor=cast.mehr_staff, at=AT, declaration=family)
    before = not_renewed()
    assert before == {}

    text = add_keys(settings.SAKHA.keys_text())
    settings.SAKHA = SimpleNamespace(keys_text=lambda: text)
    old = not_renewed()
    assert len(old) >= 4, "identifier, mobile, address and the record as submitted are sealed"
    assert find_household_by_identifier(actor=cast.mehr_staff, at=AT, text=HEAD) is not None

    renewed, steps = rotate()
    assert renewed["registry"] >= 4
    assert steps
    assert not_renewed() == {}
    assert rotate() == (dict.fromkeys(keys.ROOMS, 0), [])

    alone = drop_keys(text, seal_below=2, index_below=2)
    settings.SAKHA = SimpleNamespace(keys_text=lambda: alone)
    assert len(key_ring().ciphers) == 1
    assert find_household_by_identifier(actor=cast.mehr_staff, at=AT, text=HEAD) is not None


def test_control_without_the_renewal_the_old_keys_would_be_missed(db: None, settings) -> None:
    cast = make_cast()
    family = HouseholdDeclaration(
        members=(PersonDeclaration(given_name="مریم", family_name="رضایی", national_id=HEAD, relation="سرپرست"),),
        province="30",
        county="3001",
    )
    register_household(actor=cast.mehr_staff, at=AT, declaration=family)
    alone = drop_keys(add_keys(settings.SAKHA.keys_text()), seal_below=2, index_below=2)
    settings.SAKHA = SimpleNamespace(keys_text=lambda: alone)
    assert find_household_by_identifier(actor=cast.mehr_staff, at=AT, text=HEAD) is None
    assert not_renewed()
