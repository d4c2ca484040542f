"""Opening a province: the day is kept, and its eve is counted, so that what changed since can be told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.access.rules.sealing import open_many
from sakha.observatory.actions.reckoning import reckon_province, sum_nation
from sakha.observatory.models import Opening
from sakha.vocabulary.identifiers import IdKind, is_simulated_national_id
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

_BATCH: Final = 5000
_NATIONAL: Final = "SELECT id, id_sealed FROM registry_person WHERE id_kind = %s AND id > %s ORDER BY id LIMIT %s"


class SimulatedPeopleThere(Refusal):
    """A database with simulated people is not made one of real people."""

    code: ClassVar[str] = "SIMULATED_PEOPLE_THERE"
    sentence: ClassVar[str] = (
        "در این پایگاه داده آدم‌های ساختگی ثبت شده‌اند؛ استان در پایگاهی گشوده می‌شود که از آغاز برای آدم‌های واقعی است."
    )


def require_no_simulated_people(*, actor: Actor) -> None:
    """Look at every person's number, once, before a database is said to be of real people.

    Raises: PermissionMissing, SimulatedPeopleThere.
    """
    actor.require_scope(Scope.SYSTEM)
    last, ring = 0, key_ring()
    while True:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_NATIONAL, (IdKind.NATIONAL.value, last, _BATCH))
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        if any(map(is_simulated_national_id, open_many(ring, [sealed for _, sealed in rows]))):
            raise SimulatedPeopleThere


def open_province(*, actor: Actor, at: datetime, province: str) -> bool:
    """Keep the day on which a province is opened, and count its eve; False where it was opened before.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    today = at.astimezone(TEHRAN).date()
    with acting(SYSTEM):
        opening, is_new = Opening.objects.get_or_create(
            province=province, defaults={"opened_on": today, "opened_at": at}
        )
    # a run that was killed here is made up for by the next
    eve = opening.opened_on - timedelta(days=1)
    if reckon_province(actor=actor, at=at, province=province, day=eve):
        sum_nation(actor=actor, at=at, day=eve)
    return is_new
