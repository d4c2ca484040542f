"""Households with their people, decile and open needs, many at once; and the aid they were given.

Read as the system, because whom the asker may know of was decided before; `is_known` says what the policies say.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.exchange.rules.records import GivenLine, HouseholdLine, PersonLine
from sakha.ledger.queries import aid_trail, current_periods
from sakha.ledger.rules.states import HoldStatus
from sakha.vocabulary.need_kinds import NeedKind

_HOUSEHOLDS: Final = """
SELECT h.id, h.code, h.province, h.county, h.is_protected, h.registered_at, h.changed_at, s.decile, s.model_sha
  FROM registry_household h LEFT JOIN scoring_score s ON s.household_id = h.id WHERE h.id = ANY(%s)
"""
_PEOPLE: Final = """
SELECT m.household_id, p.id, p.given_name, p.family_name, p.gender, p.birth_on, m.relation, p.died_on, p.registered_at
  FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
 WHERE m.household_id = ANY(%s) AND m.to_on IS NULL
 ORDER BY m.household_id, m.relation <> 'HEAD', p.birth_on NULLS LAST, p.id
"""
_NEEDS: Final = """
SELECT n.household_id, n.kind, n.target - n.held - n.delivered
  FROM ledger_need n JOIN unnest(%s::smallint[], %s::int[]) AS now(kind, period) USING (kind, period)
 WHERE n.household_id = ANY(%s) AND n.target > n.held + n.delivered ORDER BY n.household_id, n.kind
"""
_KNOWN: Final = "SELECT id FROM registry_household WHERE id = ANY(%s)"


def household_lines(*, actor: Actor, at: datetime, household_ids: Collection[int]) -> dict[int, HouseholdLine]:
    """The households by id."""
    ids = list(household_ids)
    known = _known(actor, ids)
    kinds, periods = current_periods(at)
    with acting(SYSTEM), connection.cursor() as cursor:
        members = defaultdict(list)
        cursor.execute(_PEOPLE, (ids,))
        for household_id, *told in cursor.fetchall():
            members[household_id].append(_person(told))
        needs: defaultdict[int, list[tuple[NeedKind, int]]] = defaultdict(list)
        cursor.execute(_NEEDS, (kinds, periods, ids))
        for household_id, kind, quantity in cursor.fetchall():
            needs[household_id].append((NeedKind(kind), quantity))
        cursor.execute(_HOUSEHOLDS, (ids,))
        return {
            row[0]: HouseholdLine(
                id=row[0],
                code=row[1],
                province=row[2],
                county=row[3],
                is_protected=row[4],
                is_known=row[0] in known,
                registered_at=row[5],
                changed_at=row[6],
                decile=row[7],
                model=row[8] or "",
                needs=tuple(needs[row[0]]),
                people=tuple(members[row[0]]),
            )
            for row in cursor.fetchall()
        }


def given_lines(*, actor: Actor, at: datetime, home: HouseholdLine) -> tuple[GivenLine, ...]:
    """Aid promised and delivered in the last months, newest first; the givers as far as the actor may know them.

    Of a protected household whose file the actor does not know nothing is told, as the ledger tells nothing of it.
    """
    if home.is_hidden:
        return ()
    gifts = tuple(
        GivenLine(
            kind=gift.kind,
            quantity=gift.quantity,
            at=gift.at,
            is_delivered=gift.status is HoldStatus.DELIVERED,
            giver=gift.giver if home.is_known else "",
        )
        for gift in aid_trail(actor=actor if home.is_known else SYSTEM, at=at, household_id=home.id)
    )
    return tuple(replace(gift, giver="") for gift in gifts) if home.is_protected else gifts


def _known(actor: Actor, ids: list[int]) -> set[int]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_KNOWN, (ids,))
        return {row[0] for row in cursor.fetchall()}


def _person(told: list[Any]) -> PersonLine:
    return PersonLine(
        id=told[0],
        given_name=told[1],
        family_name=told[2],
        gender=told[3],
        birth_on=told[4],
        relation=told[5],
        died_on=told[6],
        registered_at=told[7],
    )
