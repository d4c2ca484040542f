"""What a body answers to an introduction: it takes, declines with a reason, passes on, says that it spoke with them.

Taking is one conditional update: of two that take at once, one is told that the other was quicker. The database guards
every way; `introduction_ends` does what a promise given back asks for.
"""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import open_files, record_access
from sakha.access.queries import acting, get_organisation
from sakha.access.rules import SYSTEM, AccessAction, Actor, OrganisationKind, Permission, Standing
from sakha.coordination.actions.introduction_ends import GivenBack, give_back
from sakha.coordination.actions.placing import place
from sakha.coordination.rules.introductions import (
    CLAIM_TIME,
    CONTACTED_TIME,
    NOTE_LENGTH_MAX,
    BodyCannotTake,
    DeclineReason,
    IntroductionDisputed,
    IntroductionElsewhere,
    IntroductionLevel,
    IntroductionTaken,
    IntroductionUnknown,
    OfferState,
    next_level,
)
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.persian_text import clean_text

_TAKE: Final = """
    UPDATE coordination_introduction AS one
       SET state = 'TAKEN', state_at = %(at)s, taken_by_id = %(body)s, taken_at = %(at)s, claim_until = %(until)s,
           contacted_at = NULL, note = '', user_id = %(user)s
     WHERE one.id = %(id)s AND one.state = 'OFFERED' AND one.follower_id IS DISTINCT FROM %(body)s
       AND EXISTS (SELECT FROM coordination_offer AS offer
                    WHERE offer.introduction_id = one.id AND offer.organisation_id = %(body)s
                      AND offer.state = 'OFFERED')
       AND NOT EXISTS (SELECT FROM registry_household AS home WHERE home.id = one.household_id AND home.is_protected)
    RETURNING one.household_id
"""
_TAKE_OFFERS: Final = """
    UPDATE coordination_offer
       SET state = CASE WHEN organisation_id = %(body)s THEN 'TAKEN' ELSE 'RECALLED' END,
           reason = CASE WHEN organisation_id = %(body)s THEN '' ELSE 'TAKEN' END, state_at = %(at)s,
           user_id = CASE WHEN organisation_id = %(body)s THEN %(user)s::bigint END
     WHERE introduction_id = %(id)s AND state = 'OFFERED'
"""
# Its members are covered by whoever took it, until it is given back or ended.
_COVER: Final = """
    INSERT INTO coordination_coverage (organisation_id, subject_index, person_id, household_id, kind, source, from_on,
                                       observed_on, province, county, recorded_at)
    SELECT %(body)s, coalesce(person.id_index,
                              substr(sha256(convert_to('person:' || person.id, 'UTF8')), 1, 16)),
           person.id, home.id, '', 'TAKEN', %(on)s, %(on)s, home.province, home.county, %(at)s
      FROM registry_household AS home
      JOIN registry_membership AS member ON member.household_id = home.id AND member.to_on IS NULL
      JOIN registry_person AS person ON person.id = member.person_id AND person.died_on IS NULL
     WHERE home.id = %(household)s
       AND NOT EXISTS (SELECT FROM coordination_coverage AS kept
                        WHERE kept.organisation_id = %(body)s AND kept.person_id = person.id
                          AND (kept.to_on IS NULL OR kept.to_on > %(on)s))
    ON CONFLICT DO NOTHING
"""
# Whom the search found uncovered is covered from this moment on; the search by night would see it too late.
_SETTLE: Final = """
    UPDATE coordination_candidate SET state = 'COVERED', left_at = %(at)s
     WHERE household_id = %(household)s AND state = 'OPEN'
"""
_MINE: Final = """
    SELECT one.state, offer.state, offer.id, one.household_id, one.level, one.disputed_at IS NOT NULL, one.follower_id
      FROM coordination_introduction AS one
      JOIN LATERAL (SELECT id, state FROM coordination_offer
                     WHERE introduction_id = one.id AND organisation_id = %s ORDER BY id DESC LIMIT 1) AS offer ON true
     WHERE one.id = %s FOR NO KEY UPDATE OF one
"""
_OFFER_ENDS: Final = """
    UPDATE coordination_offer SET state = %s, reason = %s, state_at = %s, user_id = %s WHERE id = %s
"""
_CONTACTED: Final = """
    UPDATE coordination_introduction SET contacted_at = %s, claim_until = %s
     WHERE id = %s AND taken_by_id = %s AND state = 'TAKEN' AND contacted_at IS NULL
"""
_TO_BODY: Final = """
    INSERT INTO coordination_offer (introduction_id, organisation_id, household_id, kind, province, county, state,
                                    reason, offered_at, state_at)
    SELECT one.id, %(body)s, one.household_id, one.kind, one.province, one.county, 'OFFERED', 'NAMED', %(at)s, %(at)s
      FROM coordination_introduction AS one WHERE one.id = %(id)s
    ON CONFLICT DO NOTHING
"""
_UP: Final = """
    UPDATE coordination_introduction SET level = %s, level_at = %s WHERE id = %s AND level <> %s
"""
_GIVING_KINDS: Final = frozenset({OrganisationKind.CHARITY, OrganisationKind.CHARITY_CENTRE, OrganisationKind.AGENCY})


def take_introduction(*, actor: Actor, at: datetime, introduction_id: int) -> int:
    """Promise to speak with the household within 72 hours; from now on its file is open. Gives the household.

    Taking again what one has taken gives the same answer.

    Raises: PermissionMissing, IntroductionTaken, IntroductionUnknown.
    """
    body = _body(actor)
    facts: dict[str, Any] = {
        "at": at,
        "on": at.astimezone(TEHRAN).date(),
        "body": body,
        "until": at + CLAIM_TIME,
        "user": actor.user_id,
        "id": introduction_id,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TAKE, facts)
        row = cursor.fetchone()
        if row is None:
            return _taken_before(cursor, body, introduction_id)
        household_id = int(row[0])
        cursor.execute(_TAKE_OFFERS, facts)
        cursor.execute(_COVER, facts | {"household": household_id})
        cursor.execute(_SETTLE, facts | {"household": household_id})
        open_files(at=at, files=[(body, household_id)])
        with acting(actor):
            record_access(
                actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose="introduction taken"
            )
    return household_id


def decline_introduction(*, actor: Actor, at: datetime, introduction_id: int, reason: DeclineReason) -> None:
    """Say no, or give back what was taken, with the reason; it is offered to others at once.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere.
    """
    body = _body(actor)
    with acting(SYSTEM), connection.cursor() as cursor:
        _leave(cursor, at, (actor, body, introduction_id), OfferState.DECLINED, reason.value)
        place(cursor, at=at, only=[introduction_id])


def pass_on_introduction(
    *, actor: Actor, at: datetime, introduction_id: int, to_organisation_id: int | None = None, note: str = ""
) -> None:
    """Hand it to a named body, or without one a level up.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere, BodyCannotTake.
    """
    body = _body(actor)
    told = clean_text(note)[:NOTE_LENGTH_MAX]
    if to_organisation_id is not None:
        _require_giving(at, to_organisation_id, but=body)
    with acting(SYSTEM), connection.cursor() as cursor:
        level, follower = _leave(cursor, at, (actor, body, introduction_id), OfferState.PASSED_ON, "", told)
        if to_organisation_id is None:
            above = next_level(level).value
            cursor.execute(_UP, [above, at, introduction_id, above])
        elif to_organisation_id == follower:
            raise BodyCannotTake(field="organisation")
        else:
            cursor.execute(_TO_BODY, {"at": at, "body": to_organisation_id, "id": introduction_id})
        place(cursor, at=at, only=[introduction_id])


def note_contact(*, actor: Actor, at: datetime, introduction_id: int) -> None:
    """Say that one spoke with the household: the claim then holds for two weeks more.

    Raises: PermissionMissing, IntroductionUnknown, IntroductionElsewhere.
    """
    body = _body(actor)
    with acting(SYSTEM), connection.cursor() as cursor:
        state, offer, *_ = _mine(cursor, body, introduction_id)
        if (state, offer) != ("TAKEN", "TAKEN"):
            raise IntroductionElsewhere(field="introduction_id")
        cursor.execute(_CONTACTED, [at, at + CONTACTED_TIME, introduction_id, body])
        if cursor.rowcount == 0:  # said before: the two weeks run since then
            raise IntroductionElsewhere(field="introduction_id")


def _body(actor: Actor) -> int:
    actor.require(Permission.HOLD_AID)
    if actor.organisation_id is None:
        raise IntroductionUnknown(field="introduction_id")
    return actor.organisation_id


def _mine(cursor: Any, body: int, introduction_id: int) -> tuple[Any, ...]:
    cursor.execute(_MINE, [body, introduction_id])
    row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise IntroductionUnknown(field="introduction_id")
    return row


def _taken_before(cursor: Any, body: int, introduction_id: int) -> int:
    state, offer, _, household_id, *_ = _mine(cursor, body, introduction_id)
    if (state, offer) == ("TAKEN", "TAKEN"):
        return int(household_id)
    if offer == OfferState.RECALLED and state in {"TAKEN", "SERVED"}:
        raise IntroductionTaken(field="introduction_id")
    raise IntroductionElsewhere(field="introduction_id")


def _leave(
    cursor: Any, at: datetime, who: tuple[Actor, int, int], offer: OfferState, reason: str, note: str = ""
) -> tuple[IntroductionLevel, int | None]:
    actor, body, introduction_id = who
    state, stands, offer_id, _, level, is_disputed, follower = _mine(cursor, body, introduction_id)
    if is_disputed:
        raise IntroductionDisputed(field="introduction_id")
    if (state, stands) == ("TAKEN", "TAKEN"):
        how = GivenBack(offer=offer, reason=reason, note=note, user_id=actor.user_id)
        give_back(cursor, at=at, ids=[introduction_id], how=how)
    elif (state, stands) == ("OFFERED", "OFFERED"):
        cursor.execute(_OFFER_ENDS, [offer.value, reason, at, actor.user_id, offer_id])
    else:
        raise IntroductionElsewhere(field="introduction_id")
    return IntroductionLevel(level), follower


def _require_giving(at: datetime, organisation_id: int, *, but: int) -> None:
    with acting(SYSTEM):
        named = get_organisation(organisation_id)
    is_good = named.standing(on=at.astimezone(TEHRAN).date()) is Standing.GOOD
    if organisation_id == but or not is_good or named.kind not in _GIVING_KINDS:
        raise BodyCannotTake(field="organisation")
