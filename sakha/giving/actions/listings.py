"""The household's leave to be shown, and what is shown to givers; the choice is made in SQL (`sql/refresh.sql`)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Scope
from sakha.giving.rules.crowds import CROWD_MIN, SIZE_BANDS
from sakha.giving.rules.terms import GIVEN_KINDS, LeaveTakenBack
from sakha.registry.queries import HouseholdUnknown
from sakha.vocabulary.jalali import TEHRAN

_VISIBLE: Final = "SELECT 1 FROM registry_household WHERE id = %s"
_ALLOW: Final = """
    INSERT INTO giving_publishing_leave (household_id, organisation_id, given_at)
    VALUES (%(household)s, %(organisation)s, %(at)s)
    ON CONFLICT (household_id) WHERE withdrawn_at IS NULL DO NOTHING
"""
# The household and whatever proved to be the same one: what one of them said binds all.
_SAME: Final = """
    SELECT other.id FROM registry_household AS home
      JOIN registry_household AS other
        ON coalesce(home.merged_into_id, home.id) IN (other.id, other.merged_into_id)
     WHERE home.id = %(household)s
"""
_NEWEST_WITHDRAWAL: Final = f"""
    SELECT is_own_withdrawal FROM giving_publishing_leave
     WHERE withdrawn_at IS NOT NULL AND household_id IN ({_SAME}) ORDER BY withdrawn_at DESC, id DESC LIMIT 1
"""  # noqa: S608 -- the households are chosen by our own words
_WITHDRAW: Final = f"""
    UPDATE giving_publishing_leave SET withdrawn_at = greatest(%(at)s, given_at), is_own_withdrawal = %(is_own)s
     WHERE withdrawn_at IS NULL AND household_id IN ({_SAME})
"""  # noqa: S608 -- as above
# A leave is given or taken back one after the other.
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('giving_publishing_leave'))"
_REFRESH: Final = "SELECT shown_count, left_count FROM giving_refresh_listings(%s, %s, %s::smallint[], %s, %s)"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many needs are shown now, and how many left."""

    shown_count: int
    left_count: int


def allow_publishing(*, actor: Actor, at: datetime, household_id: int) -> None:
    """Write that the household allows its needs to be shown without a name. Repeating changes nothing.

    Where the household itself took it back, no body says otherwise: only the household or an office.

    Raises: HouseholdUnknown, PermissionMissing, LeaveTakenBack.
    """
    _require(actor, household_id)
    asked: dict[str, Any] = {"household": household_id, "organisation": actor.organisation_id, "at": at}
    with transaction.atomic():
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_IN_TURN)
            cursor.execute(_NEWEST_WITHDRAWAL, asked)
            row = cursor.fetchone()
        if actor.scope is Scope.ORGANISATION and row is not None and row[0]:
            raise LeaveTakenBack
        with acting(actor), connection.cursor() as cursor:
            cursor.execute(_ALLOW, asked)
            _record(actor, at, household_id, "اجازهٔ نمایش بی‌نام نیازها")


def withdraw_publishing(*, actor: Actor, at: datetime, household_id: int) -> None:
    """Write that the household wants to be shown no more; from this moment on nothing of it is shown or given to.

    Raises: HouseholdUnknown, PermissionMissing.
    """
    _require(actor, household_id)
    asked: dict[str, Any] = {"household": household_id, "at": at, "is_own": actor.scope is Scope.HOUSEHOLD}
    with transaction.atomic():
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_IN_TURN)
            cursor.execute(_WITHDRAW, asked)
        with acting(actor):
            _record(actor, at, household_id, "پس‌گرفتن اجازهٔ نمایش نیازها")


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


def _require(actor: Actor, household_id: int) -> None:
    """Whoever writes of the household: a body or office that sees it, or the household of itself."""
    if actor.scope is Scope.HOUSEHOLD:
        actor.require(Permission.READ_HOUSEHOLD)
    elif not actor.can(Permission.INVITE):  # an office hears the household too, and writes nothing else of it
        actor.require(Permission.WRITE_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_VISIBLE, [household_id])
        if cursor.fetchone() is None:
            raise HouseholdUnknown


def _record(actor: Actor, at: datetime, household_id: int, why: str) -> None:
    record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=why)
