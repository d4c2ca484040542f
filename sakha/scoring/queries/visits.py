"""Whom to visit first: the households whose place among the poorest 40 % is least sure.

Visiting the riskiest fifth finds nearly half of all wrong placements (docs/scoring.md); who goes is decided by people.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.actions import record_access_many
from sakha.access.queries import acting
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.explanation import ScoreUnknown
from sakha.scoring.queries.facts import TEHRAN, find_facts
from sakha.scoring.rules.asking import TellingFact, telling_facts
from sakha.vocabulary.jalali import jalali_year

_RISKIEST: Final = """
SELECT s.household_id, h.code, h.province, CASE WHEN h.is_protected THEN '' ELSE h.county END, h.is_protected,
       LEAST(s.poor40_share, 1000 - s.poor40_share), s.decile, s.known_count
  FROM scoring_score s JOIN registry_household h ON h.id = s.household_id
 WHERE h.merged_into_id IS NULL AND (%(county)s = '' OR (h.county = %(county)s AND NOT h.is_protected))
 ORDER BY 6 DESC, s.known_count, s.household_id LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class VisitCandidate:
    """A household to visit; `risk` is the chance, per mille, that it stands on the wrong side of the line."""

    household_id: int
    code: str
    province: str
    county: str
    is_protected: bool
    risk: int
    decile: int
    known_count: int


def riskiest_households(*, actor: Actor, at: datetime, limit: int, county: str = "") -> tuple[VisitCandidate, ...]:
    """The least sure first, of all that an office sees or of one county; of equals, whom least is known of.

    Nobody is named, and every household on the list is logged.
    """
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_RISKIEST, {"county": county, "limit": limit})
        found = tuple(VisitCandidate(*row) for row in cursor.fetchall())
        ids = [one.household_id for one in found]
        record_access_many(actor=actor, at=at, action=AccessAction.SEARCH, household_ids=ids, purpose="visit list")
    return found


def next_facts(*, actor: Actor, at: datetime, household_id: int) -> tuple[TellingFact, ...]:
    """What one more fact would change for a household, the most telling first.

    Raises: PermissionMissing, ScoreUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        row = find_facts(at=at, household_id=household_id)
    if row is None:
        raise ScoreUnknown(field="household_id")
    return telling_facts(card_on(on), row, year=jalali_year(on))
