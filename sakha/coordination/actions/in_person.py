"""Those whom no SMS reaches: a list for offices, without names or reasons; who takes somebody up says what came of it.

The identifier and the phone are opened only for the one who takes, and that is logged.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.rules.campaigns import PersonalOutcome
from sakha.vocabulary.refusal import Refusal


class PersonalAskUnknown(Refusal):
    """Nobody to ask in the actor's area, or somebody else has taken them up."""

    code: ClassVar[str] = "PERSONAL_ASK_UNKNOWN"
    sentence: ClassVar[str] = "این مورد در فهرست شما نیست یا کس دیگری آن را برداشته است."


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAskLine:
    """One of the list: why no SMS reached them, who takes care, what came of it."""

    candidate_id: int
    county: str
    household_size: int
    why: str
    taken_by: str
    is_mine: bool
    outcome: PersonalOutcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomToAsk:
    """How to find them."""

    national_id: str = field(repr=False)
    mobile: str = field(repr=False)
    # Whose bodies are near.
    province: str
    county: str


# No phone, or a phone that the SMS did not reach. Silence of a reached phone is no reason to ring at a door.
_UNREACHED: Final = """
    FROM coordination_candidate AS candidate
    LEFT JOIN coordination_invitation AS invitation ON invitation.candidate_id = candidate.id
    LEFT JOIN coordination_personal_ask AS asked ON asked.candidate_id = candidate.id
   WHERE candidate.state = 'OPEN' AND candidate.household_id IS NULL
     AND (candidate.mobile_index IS NULL
          OR invitation.state IN ('UNDELIVERED', 'BLOCKED_BY_RECIPIENT', 'FILTERED', 'INVALID_NUMBER', 'FAILED', 'UNKNOWN'))
"""  # noqa: E501 -- the states stand together
_LIST: Final = f"""
    SELECT candidate.id, candidate.county, candidate.household_size,
           CASE WHEN candidate.mobile_index IS NULL THEN 'NO_PHONE' ELSE invitation.state END,
           coalesce(body.name, CASE WHEN asked.id IS NULL THEN '' ELSE person.display_name END, ''),
           asked.user_id IS NOT DISTINCT FROM %(user)s AND asked.id IS NOT NULL, coalesce(asked.outcome, '')
    {
    _UNREACHED.replace(
        "   WHERE",
        '''   LEFT JOIN access_organisation AS body ON body.id = asked.organisation_id
    LEFT JOIN access_user AS person ON person.id = asked.user_id
   WHERE''',
    )
}
     AND candidate.id > %(after)s AND coalesce(asked.outcome, '') = ''
   ORDER BY candidate.id LIMIT %(limit)s
"""  # noqa: S608 -- constants
_ONE: Final = f"""
    SELECT candidate.id, candidate.province, candidate.county, candidate.subject_sealed, candidate.mobile_sealed,
           candidate.person_id, asked.id, asked.user_id
    {_UNREACHED} AND candidate.id = %s
"""
_TAKE: Final = """
    INSERT INTO coordination_personal_ask (candidate_id, province, county, organisation_id, user_id, taken_at, outcome)
    VALUES (%s, %s, %s, %s, %s, %s, '') ON CONFLICT (candidate_id) DO NOTHING
"""
_END: Final = """
    UPDATE coordination_personal_ask SET outcome = %s, outcome_at = %s
     WHERE candidate_id = %s AND outcome = '' AND user_id IS NOT DISTINCT FROM %s
"""


def people_to_ask(*, actor: Actor, limit: int = 30, after: int = 0) -> tuple[ToAskLine, ...]:
    """Those of the actor's area whom no SMS reached and of whom nobody has told an outcome yet."""
    actor.require(Permission.INVITE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_LIST, {"user": actor.user_id, "after": after, "limit": limit})
        return tuple(
            ToAskLine(
                candidate_id=row[0],
                county=row[1],
                household_size=row[2],
                why=row[3],
                taken_by=row[4],
                is_mine=row[5],
                outcome=PersonalOutcome(row[6]) if row[6] else None,
            )
            for row in cursor.fetchall()
        )


def take_person_to_ask(*, actor: Actor, at: datetime, candidate_id: int) -> WhomToAsk:
    """Take somebody up, and learn how to find them; whoever took them may look again.

    Raises:
        PersonalAskUnknown: not in the actor's area or list, or taken by somebody else.
    """
    actor.require(Permission.INVITE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_ONE, [candidate_id])
        row = cursor.fetchone()
        if row is None or (row[6] is not None and row[7] != actor.user_id):
            raise PersonalAskUnknown(field="candidate_id")
        record_access(
            actor=actor, at=at, action=AccessAction.READ, household_id=None, purpose="دعوت حضوری خانوار بی‌پاسخ"
        )
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TAKE, [candidate_id, row[1], row[2], actor.organisation_id, actor.user_id, at])
        if cursor.rowcount == 0 and row[6] is None:
            raise PersonalAskUnknown(field="candidate_id")
        sealed = row[3]
        if sealed is None:
            cursor.execute("SELECT id_sealed FROM registry_person WHERE id = %s", [row[5]])
            sealed = cursor.fetchone()[0]
    ring = key_ring()
    return WhomToAsk(
        national_id="" if sealed is None else open_sealed(ring, bytes(sealed)),
        mobile="" if row[4] is None else open_sealed(ring, bytes(row[4])),
        province=row[1],
        county=row[2],
    )


def tell_outcome(*, actor: Actor, at: datetime, candidate_id: int, outcome: PersonalOutcome) -> None:
    """Say what came of it; whoever took it says so, once.

    Raises:
        PersonalAskUnknown: the actor has not taken this up, or has told before.
    """
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_END, [outcome.value, at, candidate_id, actor.user_id])
        if cursor.rowcount == 0:
            raise PersonalAskUnknown(field="candidate_id")
