"""The desk's finder: from any part of a name, a number or a birth date to the person, while it is typed.

One code path for every channel. Everybody is looked up as the system, by keys that each have an end; whom the actor may
see is then the policies' answer. Of anybody else he learns only that such a person is registered elsewhere, and that
only when he knows enough to stand before that person. Every search is logged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Scope
from sakha.access.rules.sealing import IndexKind, KeyRing, blind_indexes, open_sealed
from sakha.linkage.rules.desk_keys import name_skeleton
from sakha.linkage.rules.desk_question import DeskQuestion
from sakha.linkage.rules.desk_ranking import ELSEWHERE_POINTS, DeskJudge, DeskPerson, DeskRank
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.refusal import Refusal

PEOPLE_MAX: Final = 10
SEARCHES_A_MINUTE: Final = 120
_CANDIDATES_MAX: Final = 100
_EACH: Final = 40  # people a key brings at most (linkage study: .979 of true persons at 40)
_FIDA_LENGTH: Final = 12
_SHOWN_DIGITS: Final = 4
_MASK: Final = "••••"
_EXACT, _NEAR, _TAIL, _MOBILE, _NEAR_MOBILE = 1, 2, 4, 8, 16

_FIND: Final = """
SELECT * FROM registry_find_persons(
    %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[], %s::text[], %s::text[], %s,
    %s::date[], %s, %s, %s, %s
)
"""
_SEEN: Final = """
SELECT p.id, h.id, h.code, h.county, h.is_protected, p.given_name, p.family_name, p.father_name, p.birth_on,
    p.birth_precision, p.id_kind, p.id_sealed, m.relation
FROM registry_person p JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
JOIN registry_household h ON h.id = m.household_id
WHERE p.id = ANY(%s)
"""
_RECENT: Final = """
SELECT count(*) FROM access_entry
WHERE organisation_id IS NOT DISTINCT FROM %s AND user_id IS NOT DISTINCT FROM %s AND action = 'SEARCH' AND at > %s
"""


class SearchTooOften(Refusal):
    """More searches within a minute than a desk has visitors."""

    code: ClassVar[str] = "SEARCH_TOO_OFTEN"
    sentence: ClassVar[str] = "جست‌وجوها پشت سر هم زیاد شد؛ یک دقیقه بعد دوباره بپرسید."


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """Somebody whom the actor may see. `features` name what agrees and differs, with points."""

    person_id: int
    household_id: int
    household_code: str
    county: str
    given_name: str
    family_name: str
    father_name: str
    birth_on: date | None
    birth_precision: str
    identifier: str
    relation: str
    points: int
    features: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The people found, the nearest first, and how many more are registered where the actor does not see them."""

    people: tuple[FoundPerson, ...]
    elsewhere_count: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom some key brought, and how near it is."""

    person_id: int
    rank: DeskRank


def find_people(
    *, actor: Actor, at: datetime, question: DeskQuestion, limit: int = PEOPLE_MAX, purpose: str = "search by name"
) -> FoundPeople:
    """Find who is meant; `linkage.rules.desk_question` makes the question, from one line or from a form's fields.

    Raises: PermissionMissing, SearchTooOften.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    ring = key_ring()
    with acting(actor), connection.cursor() as cursor:
        if not actor.is_system:
            cursor.execute(_RECENT, (actor.organisation_id, actor.user_id, at - timedelta(minutes=1)))
            if cursor.fetchone()[0] >= SEARCHES_A_MINUTE:
                raise SearchTooOften(field="text")
        own = actor.organisation_id if actor.scope is Scope.ORGANISATION else None
        candidates = find_candidates(question, ring, organisation_id=own)[:_CANDIDATES_MAX]
        cursor.execute(_SEEN, ([one.person_id for one in candidates],))
        seen = {row[0]: row for row in cursor.fetchall()}
        people = tuple(_found(seen[one.person_id], one.rank, ring) for one in candidates if one.person_id in seen)[
            :limit
        ]
        elsewhere = [one for one in candidates if one.person_id not in seen and one.rank.points >= ELSEWHERE_POINTS]
        record_access(
            actor=actor,
            at=at,
            action=AccessAction.SEARCH,
            household_id=people[0].household_id if len(people) == 1 else None,
            purpose=purpose,
            person_count=max(len(people), 1),
        )
    return FoundPeople(people, len(elsewhere))


def find_candidates(
    question: DeskQuestion, ring: KeyRing, *, organisation_id: int | None = None, each: int = _EACH
) -> list[Candidate]:
    """Everybody whom a key brings, the nearest first, whoever may see them; for use inside this room.

    With an organisation its own people are looked for by the beginning of both names as well.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FIND, [*_keys(question, ring), organisation_id, each])
        rows = cursor.fetchall()
    judge = DeskJudge(question)
    best: dict[int, DeskRank] = {}
    for kept_id, ways, *told in rows:
        rank = judge.rank(_person(ways, told))
        if kept_id not in best or rank.points > best[kept_id].points:
            best[kept_id] = rank
    found = [Candidate(person_id, rank) for person_id, rank in best.items() if rank.points > 0]
    return sorted(found, key=lambda one: (-one.rank.points, one.person_id))


def _keys(question: DeskQuestion, ring: KeyRing) -> list[Any]:
    names = [(name_skeleton(given), name_skeleton(family)) for given, family in question.names]
    if question.given_name and question.family_name:  # the two fields of a form, changed over
        names.append((names[0][1], names[0][0]))
    is_named = bool(names) or question.birth is not None
    span = question.birth_span
    return [
        _identifier_indexes(ring, question.identifiers),
        _identifier_indexes(ring, question.near_identifiers),
        _indexes(ring, IndexKind.DIGEST, [tail_text(question.id_tail)] if question.id_tail else []),
        _indexes(ring, IndexKind.MOBILE, question.mobiles),
        # Without a name beside it a slip in a telephone leads to ninety strangers.
        _indexes(ring, IndexKind.MOBILE, question.near_mobiles if is_named else ()),
        [given for given, _ in names],
        [family for _, family in names],
        name_skeleton(question.father),
        list(question.birth_days),
        span[0] if span else None,
        span[1] if span else None,
    ]


def tail_text(tail: str) -> str:
    """What the end of a national ID is digested as; apart from everything else that is digested."""
    return f"tail\x1f{tail}"


def _identifier_indexes(ring: KeyRing, texts: Sequence[str]) -> list[bytes]:
    national = [text for text in texts if len(text) != _FIDA_LENGTH]
    codes = [text for text in texts if len(text) == _FIDA_LENGTH]
    return _indexes(ring, IndexKind.NATIONAL_ID, national) + _indexes(ring, IndexKind.FIDA, codes)


def _indexes(ring: KeyRing, kind: IndexKind, texts: Sequence[str]) -> list[bytes]:
    return [index for text in texts for index in blind_indexes(ring, kind, text)]


def _person(ways: int, told: Sequence[Any]) -> DeskPerson:
    given, family, father, birth_on, precision, gender = told
    return DeskPerson(
        given_name=given,
        family_name=family,
        father_name=father,
        birth_on=birth_on,
        birth_precision=precision,
        gender=gender,
        is_id_exact=bool(ways & _EXACT),
        is_id_near=bool(ways & _NEAR),
        is_id_tail=bool(ways & _TAIL),
        is_mobile_exact=bool(ways & _MOBILE),
        is_mobile_near=bool(ways & _NEAR_MOBILE),
    )


def _found(row: tuple[Any, ...], rank: DeskRank, ring: KeyRing) -> FoundPerson:
    has_identifier = row[10] != IdKind.NONE.value and row[11] is not None
    return FoundPerson(
        person_id=row[0],
        household_id=row[1],
        household_code=row[2],
        county="" if row[4] else row[3],
        given_name=row[5],
        family_name=row[6],
        father_name=row[7],
        birth_on=row[8],
        birth_precision=row[9],
        identifier=_MASK + open_sealed(ring, row[11])[-_SHOWN_DIGITS:] if has_identifier else "",
        relation=row[12],
        points=rank.points,
        features=rank.features,
    )
