"""Introduces households to bodies that may help them: with their consent, need by need; and hands clients upward.

Who is offered what is decided by `placing`; what the bodies answer, by `answering_introductions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Scope
from sakha.coordination.actions.introduction_ends import close_introductions
from sakha.coordination.actions.placing import Placed, place
from sakha.coordination.rules.introductions import (
    NOTE_LENGTH_MAX,
    REST_DAYS,
    ClosedBecause,
    IntroductionConsentMissing,
    IntroductionExists,
    IntroductionLevel,
    IntroductionNeedMissing,
    IntroductionUnknown,
    Side,
)
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of
from sakha.vocabulary.persian_text import clean_text

_log = structlog.get_logger()

# A household whose need of a kind is open in scoring and in the ledger, and which no body covers that gives this kind.
_OPEN_NEEDS: Final = """
    SELECT home.id AS household_id, need.kind, 'OFFERED' AS state, %(level)s AS level, home.province, home.county,
           need.severity, score.decile, score.priority, size.people, %(at)s::timestamptz AS opened_at,
           %(at)s::timestamptz AS state_at, %(at)s::timestamptz AS level_at, %(follower)s::int AS follower_id,
           %(note)s AS note, %(user)s::bigint AS user_id
      FROM coordination_introduction_consent AS consent
      JOIN registry_household AS home
        ON home.id = consent.household_id AND home.merged_into_id IS NULL AND NOT home.is_protected
      JOIN scoring_score AS score ON score.household_id = home.id
      JOIN scoring_need AS need ON need.household_id = home.id AND need.state IN (2, 3, 4)
      JOIN unnest(%(kinds)s::smallint[], %(periods)s::int[]) AS today(kind, period) ON today.kind = need.kind
      LEFT JOIN ledger_need AS open
        ON open.household_id = home.id AND open.kind = need.kind AND open.period = today.period
     CROSS JOIN LATERAL (SELECT count(*) AS people FROM registry_membership AS member
                          WHERE member.household_id = home.id AND member.to_on IS NULL) AS size
     WHERE consent.withdrawn_at IS NULL AND size.people > 0
       AND (%(province)s = '' OR home.province = %(province)s)
       AND (%(only)s::bigint[] IS NULL OR home.id = ANY(%(only)s))
       AND coalesce(open.target - open.held - open.delivered, need.target) > 0
"""
_INTO: Final = """
    INSERT INTO coordination_introduction
        (household_id, kind, state, level, province, county, severity, decile, priority, household_size, opened_at,
         state_at, level_at, follower_id, note, user_id)
"""
# The household's few bodies first, then what they give: begun with who gives the kind, all coverage of each of them is
# gone through for every household, and a planner without figures of a fresh load begins there.
_UNCARED: Final = """
       AND NOT EXISTS (SELECT FROM coordination_introduction AS on_its_way
                        WHERE on_its_way.household_id = home.id AND on_its_way.kind = need.kind
                          AND on_its_way.state <> 'CLOSED')
       AND NOT EXISTS (SELECT FROM coordination_introduction AS rested
                        WHERE rested.household_id = home.id AND rested.kind = need.kind
                          AND rested.closed_because IN ('BOTH', 'DEADLINE', 'OFFICE')
                          AND rested.closed_at > %(rest_since)s)
       AND NOT EXISTS (SELECT FROM (SELECT kept.organisation_id FROM coordination_coverage AS kept
                                     WHERE kept.household_id = home.id
                                       AND (kept.to_on IS NULL OR kept.to_on > %(on)s) OFFSET 0) AS body
                         JOIN coordination_service AS service
                           ON service.organisation_id = body.organisation_id AND service.kind = need.kind
                          AND service.state = 'ACTIVE')
"""
# Read to the end before the first is written: whatever looks for those on their way while they are being written goes
# through all that were written before, and a first load of a province's needs would take the square of their number.
_WANTED: Final = "CREATE TEMP TABLE introduction_wanted ON COMMIT DROP AS "
_FROM_WANTED: Final = " SELECT * FROM introduction_wanted ORDER BY household_id, kind"
_ANALYSED_FROM: Final = 10_000
_ONCE: Final = (
    " ON CONFLICT (household_id, kind) WHERE NOT state = 'CLOSED' DO NOTHING RETURNING id"  # the need is on its way
)
# Who once took it back says it again to an office or by itself: a body that heard otherwise speaks for itself.
_CONSENT: Final = """
    INSERT INTO coordination_introduction_consent (household_id, given_at, heard_by, organisation_id, user_id)
    SELECT one, %(at)s, %(heard_by)s, %(organisation)s, %(user)s FROM unnest(%(ids)s::bigint[]) AS one
     WHERE %(heard_by)s <> 'BODY'
        OR NOT EXISTS (SELECT FROM coordination_introduction_consent AS said
                         JOIN registry_household AS home ON home.id = said.household_id
                        WHERE one IN (home.id, home.merged_into_id) AND said.withdrawn_at IS NOT NULL)
    ON CONFLICT DO NOTHING
"""
# Also what was said for a household that proved to be this one: it would follow into it.
_WITHDRAW: Final = """
    UPDATE coordination_introduction_consent SET withdrawn_at = greatest(%(at)s, given_at)
     WHERE withdrawn_at IS NULL
       AND household_id IN (SELECT id FROM registry_household WHERE %(household)s IN (id, merged_into_id))
"""
_SEEN: Final = "SELECT id FROM registry_household WHERE id = %s"
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('coordination.introductions'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """What a run began: needs introduced, and the offers of them."""

    introduction_count: int
    placed: Placed


def record_introduction_consent(*, actor: Actor, at: datetime, household_id: int) -> None:
    """Keep that the household agreed to be introduced; who asked it has its file before them.

    Raises: PermissionMissing, IntroductionUnknown where the actor sees no such household.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [household_id])
        if cursor.fetchone() is None:
            raise IntroductionUnknown(field="household_id")
        record_access(
            actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose="introduction consent"
        )
        keep_consents(at=at, household_ids=[household_id], heard_by=_side(actor), actor=actor)


def keep_consents(*, at: datetime, household_ids: Sequence[int], heard_by: Side, actor: Actor = SYSTEM) -> None:
    """Write consents that were heard; what stands already stays, and no body hears what was once taken back."""
    with acting(SYSTEM), connection.cursor() as cursor:
        facts: dict[str, Any] = {"at": at, "heard_by": heard_by.value, "ids": list(household_ids)}
        cursor.execute(_CONSENT, facts | {"organisation": actor.organisation_id, "user": actor.user_id})


def withdraw_introduction_consent(*, actor: Actor, at: datetime, household_id: int) -> None:
    """Take the consent back, as the household or an office for it: whatever is offered ends, and the files close.

    Raises: PermissionMissing, IntroductionUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD if actor.scope is Scope.HOUSEHOLD else Permission.INVITE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [household_id])
        if cursor.fetchone() is None:
            raise IntroductionUnknown(field="household_id")
        record_access(
            actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose="consent withdrawn"
        )
    with acting(SYSTEM), connection.cursor() as cursor:
        end_consent(cursor, at=at, household_id=household_id, user_id=actor.user_id)


def end_consent(cursor: Any, *, at: datetime, household_id: int, user_id: int | None = None) -> None:
    """End the consent and with it whatever is offered or promised, also what is being introduced this moment."""
    cursor.execute(_LOCK)
    cursor.execute(_WITHDRAW, {"at": at, "household": household_id})
    cursor.execute(
        "SELECT id FROM coordination_introduction WHERE household_id = %s AND state <> 'CLOSED' ORDER BY id",
        [household_id],
    )
    ids = [row[0] for row in cursor.fetchall()]
    close_introductions(cursor, at=at, ids=ids, because=ClosedBecause.CONSENT_WITHDRAWN, user_id=user_id)


def introduce_households(
    *, actor: Actor, at: datetime, province: str = "", household_ids: Sequence[int] | None = None
) -> Introduced:
    """Open an introduction for each open need that nobody cares for, and offer it; repeating it adds nothing.

    Raises: PermissionMissing.
    """
    actor.require(Permission.INVITE)
    asked = _asked(at, level=IntroductionLevel.COUNTY) | {
        "province": province,
        "only": None if household_ids is None else list(household_ids),
        "rest_since": at - timedelta(days=REST_DAYS),
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_WANTED + _OPEN_NEEDS + _UNCARED, asked)
        cursor.execute(_INTO + _FROM_WANTED + _ONCE)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE introduction_wanted")
        if len(ids) >= _ANALYSED_FROM:
            cursor.execute("SELECT coordination_analyse_introduced()")
        placed = place(cursor, at=at, only=ids if household_ids is not None else None)
    _log.info("households_introduced", introduction_count=len(ids), offer_count=placed.offer_count)
    return Introduced(introduction_count=len(ids), placed=placed)


def refer_upward(
    *, actor: Actor, at: datetime, household_id: int, kind: NeedKind, note: str = "", to_nation: bool = False
) -> int:
    """Hand a client's need that the body can't carry to the bodies of the province or the nation; it goes on following.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionConsentMissing, IntroductionNeedMissing,
    IntroductionExists.
    """
    actor.require(Permission.HOLD_AID)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [household_id])
        if actor.organisation_id is None or cursor.fetchone() is None:
            raise IntroductionUnknown(field="household_id")
        record_access(
            actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose="referred upward"
        )
    level = IntroductionLevel.NATION if to_nation else IntroductionLevel.PROVINCE
    asked = _asked(at, level=level) | {
        "province": "",
        "only": [household_id],
        "follower": actor.organisation_id,
        "user": actor.user_id,
        "note": clean_text(note)[:NOTE_LENGTH_MAX],
        "kinds": [kind.value],
        "periods": [period_of(kind, at.astimezone(TEHRAN).date())],
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        _require_consent(cursor, household_id)
        cursor.execute(_INTO + _OPEN_NEEDS + _ONCE, asked)
        row = cursor.fetchone()
        if row is None:
            raise _why_none(cursor, household_id, kind)
        place(cursor, at=at, only=[row[0]])
    return int(row[0])


def _require_consent(cursor: Any, household_id: int) -> None:
    cursor.execute(
        "SELECT FROM coordination_introduction_consent WHERE household_id = %s AND withdrawn_at IS NULL",
        [household_id],
    )
    if cursor.fetchone() is None:
        raise IntroductionConsentMissing(field="household_id")


def _why_none(cursor: Any, household_id: int, kind: NeedKind) -> IntroductionExists | IntroductionNeedMissing:
    cursor.execute(
        "SELECT FROM coordination_introduction WHERE household_id = %s AND kind = %s AND state <> 'CLOSED'",
        [household_id, kind.value],
    )
    return IntroductionNeedMissing(field="kind") if cursor.fetchone() is None else IntroductionExists(field="kind")


def _asked(at: datetime, *, level: IntroductionLevel) -> dict[str, Any]:
    on = at.astimezone(TEHRAN).date()
    return {
        "at": at,
        "on": on,
        "level": level.value,
        "kinds": [kind.value for kind in NeedKind],
        "periods": [period_of(kind, on) for kind in NeedKind],
        "follower": None,
        "user": None,
        "note": "",
    }


def _side(actor: Actor) -> Side:
    if actor.scope is Scope.HOUSEHOLD:
        return Side.HOUSEHOLD
    return Side.BODY if actor.scope is Scope.ORGANISATION else Side.OFFICE
