"""Who covers a household. Whoever may see the household may know; of a protected one nobody is shown the giver."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.coordination.rules.states import CoverageSource


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """One organisation's coverage of one or more members. The name is empty where the household is protected."""

    organisation_id: int | None
    organisation_name: str
    organisation_kind: str
    kind: str
    source: CoverageSource
    from_on: date
    to_on: date | None
    observed_on: date
    person_count: int
    is_active: bool


# The row is seen under the actor's own scope: this is the check that the rest relies on.
_SEEN: Final = "SELECT is_protected FROM registry_household WHERE id = %s"
_LINES: Final = """
    SELECT organisation.id, organisation.name, organisation.kind, covered.kind, covered.source, min(covered.from_on),
           CASE WHEN bool_or(covered.to_on IS NULL) THEN NULL ELSE max(covered.to_on) END,
           max(coalesce(newest.observed_on, covered.observed_on)),
           count(DISTINCT covered.subject_index),
           bool_or(covered.from_on <= %(on)s AND (covered.to_on IS NULL OR covered.to_on > %(on)s)) AS is_active
      FROM coordination_coverage AS covered
      JOIN access_organisation AS organisation ON organisation.id = covered.organisation_id
      LEFT JOIN LATERAL (SELECT max(told.observed_on) AS observed_on FROM coordination_coverage_list AS told
                          WHERE told.organisation_id = covered.organisation_id AND covered.source = 'LIST'
                            AND (covered.to_on IS NULL OR covered.to_on > told.observed_on)) AS newest ON true
     WHERE covered.household_id = %(household_id)s
        OR covered.subject_index IN (SELECT person.id_index FROM registry_membership AS member
                                       JOIN registry_person AS person ON person.id = member.person_id
                                      WHERE member.household_id = %(household_id)s AND member.to_on IS NULL
                                      UNION ALL
                                     SELECT merged.id_index FROM registry_membership AS member
                                       JOIN registry_person AS merged ON merged.merged_into_id = member.person_id
                                      WHERE member.household_id = %(household_id)s AND member.to_on IS NULL)
     GROUP BY organisation.id, covered.kind, covered.source
     ORDER BY is_active DESC, 8 DESC, organisation.id
"""


def coverage_of_household(*, actor: Actor, on: date, household_id: int) -> tuple[CoverageLine, ...]:
    """The coverage of a household's members, active first; nothing where the actor does not see the household."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_SEEN, [household_id])
        seen = cursor.fetchone()
        if seen is None:
            return ()
        with acting(SYSTEM):
            cursor.execute(_LINES, {"household_id": household_id, "on": on})
            rows = cursor.fetchall()
    hides = bool(seen[0])
    return tuple(
        CoverageLine(
            organisation_id=None if hides else row[0],
            organisation_name="" if hides else row[1],
            organisation_kind="" if hides else row[2],
            kind=row[3],
            source=CoverageSource(row[4]),
            from_on=row[5],
            to_on=row[6],
            observed_on=row[7],
            person_count=row[8],
            is_active=row[9],
        )
        for row in rows
    )


def is_covered(*, actor: Actor, on: date, household_id: int) -> bool:
    """Whether anybody covers anybody of the household on that day."""
    return any(line.is_active for line in coverage_of_household(actor=actor, on=on, household_id=household_id))
