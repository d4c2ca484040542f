"""Whom the banks are asked about first: those about whom something is about to be decided.

First the households with open needs, by priority; of each who was never asked about, with a member of whom nothing was
ever asked, or of whom an answer is no longer fresh. How the banks are asked is theirs to decide.
"""

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.databanks.actions import PRIORITY_FIRST, PRIORITY_USUAL, Asked
from sakha.databanks.banks.catalogue import asked_banks
from sakha.databanks.banks.installation import installation
from sakha.databanks.rules.grounds import Purpose
from sakha.registry.actions.bank_answers import ask_banks_about

_WHOM: Final = """
    SELECT home.id, EXISTS (
               SELECT FROM ledger_need AS need
                WHERE need.household_id = home.id AND need.target > need.held + need.delivered) AS has_open_need
      FROM registry_household AS home
      LEFT JOIN scoring_score AS score ON score.household_id = home.id
     WHERE NOT EXISTS (SELECT FROM databanks_question AS question WHERE question.household_id = home.id)
        OR EXISTS (SELECT FROM databanks_question AS question
                    WHERE question.household_id = home.id AND question.state = 'ANSWERED'
                      AND question.fresh_until <= %s AND question.bank = ANY(%s))
        OR EXISTS (SELECT FROM registry_membership AS member
                     JOIN registry_person AS person ON person.id = member.person_id
                    WHERE member.household_id = home.id AND member.to_on IS NULL AND person.died_on IS NULL
                      AND person.id_kind = 'NATIONAL'
                      AND NOT EXISTS (SELECT FROM databanks_subject AS subject
                                        JOIN databanks_question AS question ON question.subject_id = subject.id
                                       WHERE subject.subject_index = person.id_index))
     ORDER BY has_open_need DESC, score.priority DESC NULLS LAST, home.id LIMIT %s
"""
_NOBODY: Final = Asked(person_count=0, question_count=0, queued_count=0)


def ask_about_those_first_in_line(*, actor: Actor, at: datetime, limit: int) -> Asked:
    """Queue questions about up to `limit` households, on the installation's standing ground; without one, nobody.

    Raises: PermissionMissing.
    """
    actor.require(Permission.INVITE)
    ground = installation().ground_for(Purpose.AID_ASSESSMENT)
    reached = list(asked_banks())
    if ground is None or not reached:
        return _NOBODY
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WHOM, [at, reached, limit])
        rows = cursor.fetchall()
    asked = [
        ask_banks_about(actor=SYSTEM, at=at, ground=ground, household_ids=ids, priority=priority)
        for priority, ids in (
            (PRIORITY_FIRST, [row[0] for row in rows if row[1]]),
            (PRIORITY_USUAL, [row[0] for row in rows if not row[1]]),
        )
        if ids
    ]
    return Asked(
        person_count=sum(one.person_count for one in asked),
        question_count=sum(one.question_count for one in asked),
        queued_count=sum(one.queued_count for one in asked),
    )
