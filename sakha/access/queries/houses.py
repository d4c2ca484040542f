"""Of whom this database is, and whether whoever comes with keys and settings is of the same house."""

from __future__ import annotations

from typing import ClassVar

from sakha.access.models import House
from sakha.access.queries.keys import key_ring
from sakha.access.queries.scope import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.key_ring import People
from sakha.vocabulary.refusal import Refusal


class HouseMixed(Refusal):
    """Database, keys and program are not of the same people."""

    code: ClassVar[str] = "HOUSE_MIXED"
    sentence: ClassVar[str] = (
        "این پایگاه داده برای people {database} است، کلیدها برای people {keys} و این برنامه برای people {program}."
        " آدم‌های ساختگی و واقعی در یک سامانه جمع نمی‌شوند (docs/operating.md)."
    )


def find_people() -> People | None:
    """Return of whom the database is; None where nobody said it."""
    with acting(SYSTEM):
        said = House.objects.values_list("people", flat=True).first()
    return None if said is None else People(said)


def require_house(*, is_demonstration: bool) -> None:
    """Refuse a database, or keys, of other people than the program's.

    Raises: HouseMixed.
    """
    program = People.SIMULATED if is_demonstration else People.REAL
    database, keys = find_people(), key_ring().people
    if database is None:
        return
    if database is not program or keys is not program:
        raise HouseMixed(database=database, keys=keys or "?", program=program)
