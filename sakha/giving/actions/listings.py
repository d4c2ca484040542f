"""The household's leave to be shown, and what is shown to givers; the choice is made in SQL (`sql/refresh.sql`)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.giving.rules.crowds import CROWD_MIN, SIZE_BANDS
from sakha.giving.rules.terms import GIVEN_KINDS
from sakha.registry.queries import HouseholdUnknown
from sakha.vocabulary.jalali import TEHRAN

_VISIBLE: Final = "SELECT 1 FROM registry_household WHERE id = %s"
_ALLOW: Final = """
    INSERT INTO giving_publishing_leave (household_id, organisation_id, given_at) VALUES (%s, %s, %s)
    ON CONFLICT (household_id) WHERE withdrawn_at IS NULL DO NOTHING
"""
_WITHDRAW: Final = """
    UPDATE giving_publishing_leave SET withdrawn_at = %s WHERE household_id = %s AND withdrawn_at IS NULL
"""
_REFRESH: Final = "SELECT shown_count, left_count FROM giving_refresh_listings(%s, %s, %s::smallint[], %s, %s)"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many needs are shown now, and how many left."""

    shown_count: int
    left_count: int


def allow_publishing(*, actor: Actor, at: datetime, household_id: int) -> None:
    """Write that the household allows its needs to be shown without a name. Repeating changes nothing.

    Raises: HouseholdUnknown, PermissionMissing.
    """
    _write(actor, at, household_id, _ALLOW, [household_id, actor.organisation_id, at], "اجازهٔ نمایش بی‌نام نیازها")


def withdraw_publishing(*, actor: Actor, at: datetime, household_id: int) -> None:
    """Write that the household wants to be shown no more; what was listed leaves at the next refresh.

    Raises: HouseholdUnknown, PermissionMissing.
    """
    _write(actor, at, household_id, _WITHDRAW, [at, household_id], "پس‌گرفتن اجازهٔ نمایش نیازها")


def refresh_listings(*, at: datetime) -> Refreshed:
    """List what may be shown, take away what may not any more."""
    kinds = [kind.value for kind in GIVEN_KINDS]
    bands = [most for most, _ in SIZE_BANDS[:-1]]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_REFRESH, [at, at.astimezone(TEHRAN).date(), kinds, bands, CROWD_MIN])
        shown_count, left_count = cursor.fetchone()
    return Refreshed(shown_count, left_count)


def note_seen(*, code: str) -> None:
    """Count that somebody opened a need: what was seen least comes first."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT giving_see(%s)", [code])


def _write(actor: Actor, at: datetime, household_id: int, statement: str, values: list[Any], why: str) -> None:
    actor.require(Permission.WRITE_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_VISIBLE, [household_id])
        if cursor.fetchone() is None:
            raise HouseholdUnknown
        cursor.execute(statement, values)
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=why)
