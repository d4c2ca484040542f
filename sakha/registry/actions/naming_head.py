"""Naming a new head where the head has died. Who headed the household before, and until when, stays written.

Decides nothing about deliveries: the household is found again by whoever looks for changed ones, its score follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, PermissionMissing, Scope
from sakha.databanks.actions import answer_case
from sakha.databanks.banks.installation import installation
from sakha.databanks.rules.grounds import Purpose
from sakha.registry.actions.bank_answers import ask_banks_about
from sakha.registry.actions.following import follow_people
from sakha.registry.actions.merging import HEAD_FACTS
from sakha.registry.queries.households import HouseholdUnknown
from sakha.registry.rules.heads import LivingMember, choose_head, relation_to_new_head
from sakha.registry.rules.words import Relation
from sakha.vocabulary.jalali import TEHRAN

CASE_FACT: Final = "IS_ALIVE"
PURPOSE: Final = "head named"

_SEEN: Final = "SELECT 1 FROM registry_household WHERE id = %s AND merged_into_id IS NULL"
_LOCK: Final = "SELECT 1 FROM registry_household WHERE id = %s AND merged_into_id IS NULL FOR NO KEY UPDATE"
_MEMBERS: Final = """
    SELECT m.id, m.person_id, m.relation, p.birth_on, p.died_on
      FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
     WHERE m.household_id = %s AND m.to_on IS NULL ORDER BY m.id
"""
_END: Final = """
    UPDATE registry_membership SET to_on = greatest(from_on, told.to_on)
      FROM unnest(%s::bigint[], %s::date[]) AS told(id, to_on) WHERE registry_membership.id = told.id
"""
_BEGIN: Final = """
    INSERT INTO registry_membership (household_id, person_id, relation, from_on)
    SELECT %s, person_id, relation, %s FROM unnest(%s::bigint[], %s::text[]) AS told(person_id, relation)
"""
# Schooling and age that were told of the old head say nothing of the new one.
_FORGET: Final = """
    UPDATE registry_fact SET disputed_at = %s WHERE household_id = %s AND name = ANY(%s) AND disputed_at IS NULL
"""
_TOUCH: Final = "UPDATE registry_household SET changed_at = greatest(changed_at, %s) WHERE id = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHead:
    """Who heads the household now; not new where he did so already."""

    household_id: int
    person_id: int
    is_new: bool


def name_head(*, actor: Actor, at: datetime, household_id: int, person_id: int) -> NamedHead:
    """Let another member head a household whose head has died; again for the same member changes nothing.

    Raises: PermissionMissing, HouseholdUnknown, HeadNotAMember, HeadNotLiving, HeadLives, HeadTooYoung.
    """
    _require_may(actor)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [household_id])
        if cursor.fetchone() is None:
            raise HouseholdUnknown(field="household_id")
        with acting(SYSTEM):
            cursor.execute(_LOCK, [household_id])
            if cursor.fetchone() is None:
                raise HouseholdUnknown(field="household_id")
            members = _members(cursor, household_id)
            today = at.astimezone(TEHRAN).date()
            chosen = choose_head(members, person_id, today)
            is_new = chosen.relation is not Relation.HEAD
            if is_new:
                _hand_over(cursor, household_id, members, chosen, today)
                cursor.execute(_FORGET, [at, household_id, HEAD_FACTS])
                cursor.execute(_TOUCH, [at, household_id])
                answer_case(actor=actor, at=at, household_id=household_id, fact=CASE_FACT)
                _ask_about(at, household_id)
        if is_new:
            record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=PURPOSE)
    return NamedHead(household_id=household_id, person_id=person_id, is_new=is_new)


def _require_may(actor: Actor) -> None:
    """A body that registers households, or an office that oversees them; a family tells one of both."""
    if actor.scope is Scope.HOUSEHOLD or not (
        actor.can(Permission.WRITE_HOUSEHOLD) or actor.can(Permission.READ_PROVINCE)
    ):
        raise PermissionMissing


def _members(cursor: Any, household_id: int) -> list[LivingMember]:
    cursor.execute(_MEMBERS, [household_id])
    return [
        LivingMember(membership_id=row[0], person_id=row[1], relation=Relation(row[2]), birth_on=row[3], died_on=row[4])
        for row in cursor.fetchall()
    ]


def _hand_over(
    cursor: Any, household_id: int, members: Sequence[LivingMember], chosen: LivingMember, today: date
) -> None:
    """End what was, with the day of the death for the dead; begin what is, from today."""
    new = {
        one.person_id: Relation.HEAD if one is chosen else relation_to_new_head(chosen.relation, one.relation)
        for one in members
        if one.died_on is None
    }
    ended = [one for one in members if one.died_on is not None or new[one.person_id] is not one.relation]
    begun = [one.person_id for one in ended if one.died_on is None]
    cursor.execute(_END, [[one.membership_id for one in ended], [one.died_on or today for one in ended]])
    cursor.execute(_BEGIN, [household_id, today, begun, [new[person_id].value for person_id in begun]])


def _ask_about(at: datetime, household_id: int) -> None:
    """Some banks know heads alone: the new one is asked about, on the installation's standing ground."""
    follow_people(at=at, household_ids=[household_id])
    ground = installation().ground_for(Purpose.AID_ASSESSMENT)
    if ground is not None:
        ask_banks_about(actor=SYSTEM, at=at, ground=ground, household_ids=[household_id])
