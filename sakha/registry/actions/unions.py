"""The steps of making one of two, for many pairs by the same few statements.

Locks persons, then households, each by id; says what moves where. When it is done and who may is `uniting`'s, keeping
what was before is `moves`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from sakha.registry.actions.merging import local_date
from sakha.registry.actions.moves import Moves, Told
from sakha.registry.models import Person
from sakha.registry.rules.homes import Home, HomeOutcome, HomesSettled, settle_homes
from sakha.registry.rules.words import Relation
from sakha.vocabulary.identifiers import IdKind


@dataclass(frozen=True, slots=True)
class HouseholdArea:
    """Where a household lives, and the one that it was found to be."""

    province: str
    county: str
    merged_into_id: int | None


@dataclass(frozen=True, slots=True)
class Union:
    """One pair under lock: who stays, who goes, where each lives, and what becomes of their households."""

    number: int
    kept: Person
    gone: Person
    homes: dict[int, Home]
    settled: HomesSettled

    @property
    def joins(self) -> tuple[int, int] | None:
        """The household that goes and the one that stays, where they become one."""
        settled = self.settled
        if settled.outcome is not HomeOutcome.JOINED or settled.stays is None or settled.goes is None:
            return None
        return settled.goes, settled.stays


def take_pairs(
    pairs: Sequence[tuple[int, int]],
) -> tuple[list[Union], list[tuple[int, int]], list[tuple[int, int]]]:
    """The pairs that can be united together, those that touch one of them, and those of which one is gone."""
    persons = _lock_persons({person_id for pair in pairs for person_id in pair})
    homes = _homes_of(list(persons))
    unions: list[Union] = []
    waiting: list[tuple[int, int]] = []
    gone: list[tuple[int, int]] = []
    taken: set[tuple[str, int]] = set()
    for number, pair in enumerate(pairs):
        if len(persons.keys() & set(pair)) != len(pair):
            gone.append(pair)
            continue
        lived = {person_id: homes[person_id] for person_id in pair if person_id in homes}
        touched = {("person", one) for one in pair} | {("household", one.household_id) for one in lived.values()}
        if touched & taken:
            waiting.append(pair)
            continue
        taken |= touched
        kept, other = sorted((persons[one] for one in pair), key=_strength)
        unions.append(Union(number, kept, other, lived, settle_homes(lived.get(kept.pk), lived.get(other.pk))))
    return unions, waiting, gone


def _lock_persons(person_ids: set[int]) -> dict[int, Person]:
    """Those of them who stand for themselves, by id."""
    found = Person.objects.select_for_update(no_key=True).filter(id__in=person_ids).order_by("id")
    return {person.pk: person for person in found if person.merged_into_id is None}


def _strength(person: Person) -> tuple[int, int]:
    """The first of two stays: the one with the stronger identifier, else the elder."""
    order = [kind.value for kind in (IdKind.NATIONAL, IdKind.FIDA, IdKind.NONE)]
    return order.index(person.id_kind), person.pk


def lock_households(household_ids: Sequence[int]) -> dict[int, HouseholdArea]:
    """Nobody opens a need of theirs, moves a member or merges them until the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, province, county, merged_into_id FROM registry_household WHERE id = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            (list(household_ids),),
        )
        return {pk: HouseholdArea(*area) for pk, *area in cursor.fetchall()}


def _homes_of(person_ids: list[int]) -> dict[int, Home]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.person_id, m.household_id, m.relation, (SELECT count(*) - 1 FROM registry_membership n"
            " WHERE n.household_id = m.household_id AND n.to_on IS NULL)"
            " FROM registry_membership m WHERE m.person_id = ANY(%s) AND m.to_on IS NULL",
            (person_ids,),
        )
        return {person_id: Home(*home) for person_id, *home in cursor.fetchall()}


def settle_memberships(moves: Moves, unions: list[Union], at: datetime) -> None:
    """The one membership that goes on is where he lives; others of the two end; all become the one person's."""
    ended: dict[int, int] = {}
    for union in unions:
        stays = [person for person, home in union.homes.items() if home.household_id == union.settled.stays][:1]
        ended |= {person: union.number for person in union.homes if person not in stays}
    moves.end_memberships(ended, local_date(at))
    moves.change(
        "registry_membership",
        "person_id",
        {one.gone.pk: Told(one.number, {"person_id": one.kept.pk}) for one in unions},
    )
    heads = [
        (union, union.settled.stays)
        for union in unions
        if union.settled.stays is not None
        and union.settled.outcome in {HomeOutcome.SAME, HomeOutcome.JOINED}
        and any(home.relation == Relation.HEAD.value for home in union.homes.values())
    ]
    headed = _headed([stays for _, stays in heads])
    moves.change(
        "registry_membership",
        "person_id",
        {
            union.kept.pk: Told(union.number, {"relation": Relation.HEAD.value})
            for union, stays in heads
            if stays not in headed
        },
        Q(to_on__isnull=True),
    )


def _headed(household_ids: list[int]) -> set[int]:
    """Those of the households that have a head."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id FROM registry_membership WHERE household_id = ANY(%s) AND relation = 'HEAD'"
            " AND to_on IS NULL",
            (household_ids,),
        )
        return {row[0] for row in cursor.fetchall()}


def move_households(moves: Moves, pairs: list[tuple[int, int, int]], at: datetime) -> None:
    """Members, records and facts of each household that goes; a second head becomes a member."""
    if not pairs:
        return
    headed = _headed([stays for _, _, stays in pairs])
    second = {
        goes: Told(number, {"relation": Relation.OTHER.value}) for number, goes, stays in pairs if stays in headed
    }
    moves.change("registry_membership", "household_id", second, Q(to_on__isnull=True, relation=Relation.HEAD.value))
    moved = {goes: Told(number, {"household_id": stays}) for number, goes, stays in pairs}
    moves.change("registry_membership", "household_id", moved, Q(to_on__isnull=True))
    moves.change("registry_record", "household_id", moved)
    moves.move_facts(pairs)
    followed = {goes: Told(number, {"merged_into_id": stays}) for number, goes, stays in pairs}
    moves.change("registry_household", "merged_into_id", followed)
    moves.fill_households(pairs, at)
    # The last: from here on the ledger brings their needs together.
    gone = {goes: Told(number, {"merged_into_id": stays, "changed_at": at}) for number, goes, stays in pairs}
    moves.change("registry_household", "pk", gone)


def move_persons(moves: Moves, unions: list[Union]) -> None:
    """Records of those who go, whoever was merged into them before, and what only they are known by."""
    moves.change(
        "registry_record", "person_id", {one.gone.pk: Told(one.number, {"person_id": one.kept.pk}) for one in unions}
    )
    moves.change(
        "registry_person",
        "merged_into_id",
        {one.gone.pk: Told(one.number, {"merged_into_id": one.kept.pk}) for one in unions},
    )
    filled = {one.kept.pk: Told(one.number, _only_known(one.kept, one.gone)) for one in unions}
    moves.change("registry_person", "pk", {pk: told for pk, told in filled.items() if told.columns})


def _only_known(kept: Person, gone: Person) -> dict[str, Any]:
    """What only the one that goes is known by. Both keep their names: the other's stay with him, for looking him up."""
    told: dict[str, Any] = {}
    if not kept.father_name and gone.father_name:
        told |= {"father_name": gone.father_name, "father_skeleton": gone.father_skeleton}
    if not kept.gender and gone.gender:
        told["gender"] = gone.gender
    if kept.birth_on is None and gone.birth_on is not None:
        told |= {"birth_on": gone.birth_on, "birth_precision": gone.birth_precision}
    if kept.mobile_index is None and gone.mobile_index is not None:
        told |= {"mobile_index": gone.mobile_index, "mobile_sealed": gone.mobile_sealed}
    return told


def withdraw_questions(moves: Moves, unions: list[Union], at: datetime, question_id: int | None) -> None:
    """Whoever was asked about besides is somebody else now; the next comparison asks anew where it must."""
    waiting = Q(state="OPEN", kind="PAIR") & ~Q(id=question_id or 0)
    told = {one.gone.pk: Told(one.number, {"state": "WITHDRAWN", "decided_at": at}) for one in unions}
    moves.change("registry_identity_question", "person_id", told, waiting)
    moves.change("registry_identity_question", "other_person_id", told, waiting)


def only_organisations(person_ids: list[int]) -> dict[int, int]:
    """Whose record each person is where only one organisation knows him."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, min(organisation_id) FROM registry_record WHERE person_id = ANY(%s)"
            " GROUP BY person_id HAVING count(DISTINCT organisation_id) = 1",
            (person_ids,),
        )
        return dict(cursor.fetchall())


def shared_area(areas: Sequence[HouseholdArea]) -> dict[str, str]:
    """Province and county that all of them share; empty where they differ."""
    provinces, counties = {area.province for area in areas}, {area.county for area in areas}
    province = provinces.pop() if len(provinces) == 1 else ""
    return {"province": province, "county": counties.pop() if province and len(counties) == 1 else ""}
