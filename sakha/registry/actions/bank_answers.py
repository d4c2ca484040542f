"""Taking what the banks said of members over into the facts of their household, beside what was declared.

Set by set. A contradiction opens a case with a deadline; nothing that was declared is changed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import create_organisation
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, OrganisationKind, Permission
from sakha.databanks.actions import (
    PRIORITY_USUAL,
    Asked,
    Contradiction,
    ask_about,
    mark_applied,
    open_contradictions,
)
from sakha.databanks.banks.catalogue import banks
from sakha.databanks.queries import UpheldValue, looked_again, unapplied_household_ids
from sakha.databanks.rules import BankSource
from sakha.databanks.rules.grounds import Ground
from sakha.databanks.rules.household import (
    HouseholdFound,
    HouseholdMeaning,
    MemberSaid,
    contradicts,
    household_fact,
    household_meanings,
)
from sakha.databanks.rules.states import CORRECTION_COUNTS_FOR
from sakha.registry.queries.bank_evidence import ADULT_YEARS, people_to_ask
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.jalali import TEHRAN

CHUNK_HOUSEHOLDS: Final = 2000
# The body in whose name the banks' answers stand among a household's facts: found by this licence, made once.
_ISSUER: Final = "SAKHA"
_LICENCE: Final = "NATIONAL-DATA-BANKS"
_NAME: Final = "بانک‌های دادهٔ ملی"

# Every member with the newest answer of each fact; one who has none is there too, as unknown. What people had corrected
# counts as of its day.
_SAID: Final = """
    SELECT m.household_id, m.relation = 'HEAD', coalesce(p.birth_on <= %(adult_before)s, true), one.bank_fact,
           one.source, told.status, told.value, told.observed_on, told.expires_on
      FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
     CROSS JOIN unnest(%(facts)s::text[], %(sources)s::text[]) AS one(bank_fact, source)
      LEFT JOIN LATERAL (
           SELECT e.status, e.value, e.observed_on, e.expires_on FROM databanks_evidence e
            WHERE e.subject_index = p.id_index AND e.fact = one.bank_fact AND e.source IN (one.source, 'CORRECTION')
            ORDER BY e.observed_on DESC, e.id DESC LIMIT 1) AS told ON true
     WHERE m.household_id = ANY(%(households)s) AND m.to_on IS NULL AND p.died_on IS NULL
"""
_DECLARED: Final = """
    SELECT DISTINCT ON (f.household_id, f.name) f.household_id, f.name, f.value FROM registry_fact f
     WHERE f.household_id = ANY(%s) AND f.name = ANY(%s) AND f.organisation_id <> %s
     ORDER BY f.household_id, f.name, f.observed_on DESC, f.submitted_at DESC, f.id DESC
"""
_WRITE: Final = """
    WITH told AS (
        SELECT * FROM unnest(%(households)s::bigint[], %(names)s::text[], %(values)s::bigint[], %(days)s::date[])
            AS one(household_id, name, value, observed_on)
    ), newest AS (
        SELECT DISTINCT ON (f.household_id, f.name) f.household_id, f.name, f.value FROM registry_fact f
          JOIN told ON told.household_id = f.household_id AND told.name = f.name
         ORDER BY f.household_id, f.name, f.observed_on DESC, f.submitted_at DESC, f.id DESC
    ), written AS (
        INSERT INTO registry_fact AS kept (household_id, organisation_id, name, value, observed_on, submitted_at)
        SELECT household_id, %(organisation)s, name, value, observed_on, %(at)s FROM told
         ORDER BY household_id, name
        ON CONFLICT (household_id, name, organisation_id, observed_on)
        DO UPDATE SET value = excluded.value, submitted_at = excluded.submitted_at
            WHERE kept.value <> excluded.value
        RETURNING household_id, name, value
    ), changed AS (
        SELECT DISTINCT written.household_id FROM written
          LEFT JOIN newest ON newest.household_id = written.household_id AND newest.name = written.name
         WHERE newest.value IS DISTINCT FROM written.value
    )
    UPDATE registry_household h SET changed_at = greatest(h.changed_at, %(at)s)
      FROM changed WHERE h.id = changed.household_id
"""
# While people look again at what a bank said, its fact counts for nobody; afterwards it counts again, or stands behind
# the newer one that was upheld.
_DISPUTE: Final = """
    WITH wanted AS (
        SELECT * FROM unnest(%(households)s::bigint[], %(names)s::text[]) AS one(household_id, name)
    ), turned AS (
        UPDATE registry_fact AS kept
           SET disputed_at = CASE WHEN kept.disputed_at IS NULL THEN %(at)s::timestamptz END
         WHERE kept.organisation_id = %(organisation)s AND kept.household_id = ANY(%(looked)s)
           AND (kept.disputed_at IS NULL)
               = EXISTS (SELECT FROM wanted WHERE (wanted.household_id, wanted.name) = (kept.household_id, kept.name))
        RETURNING kept.household_id
    )
    UPDATE registry_household SET changed_at = greatest(changed_at, %(at)s)
     WHERE id IN (SELECT household_id FROM turned)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedAnswers:
    """What a run took over: households looked at, changed ones, and contradictions that opened a case."""

    household_count: int = 0
    changed_count: int = 0
    case_count: int = 0


def ask_banks_about(
    *, actor: Actor, at: datetime, ground: Ground, household_ids: Sequence[int], priority: int = PRIORITY_USUAL
) -> Asked:
    """Queue questions about the members of these households to all banks that may be asked on this ground.

    Raises: PermissionMissing, PurposeMissing.
    """
    people = people_to_ask(household_ids=household_ids, at=at)
    return ask_about(actor=actor, at=at, ground=ground, people=people, priority=priority)


def apply_bank_answers(*, actor: Actor, at: datetime, limit: int = CHUNK_HOUSEHOLDS) -> AppliedAnswers:
    """Take over the answers about up to `limit` households; 0 households when nothing is left."""
    actor.require(Permission.INVITE)
    household_ids = unapplied_household_ids(limit=limit)
    if not household_ids:
        return AppliedAnswers()
    with acting(SYSTEM):
        # first, so that an answer that comes in between is taken over by the next run
        mark_applied(household_ids=household_ids)
        organisation_id = banks_organisation(at=at)
        again = looked_again(household_ids=household_ids, since=at - CORRECTION_COUNTS_FOR)
        found = _with_upheld(_found(household_ids, at), again.upheld)
        changed_count = _write(found, organisation_id, at)
        changed_count += _dispute(household_ids, again.in_review, organisation_id, at)
        doubtful = {key: one for key, one in found.items() if (key[0], key[1].value) not in again.upheld}
        case_count = open_contradictions(
            actor=SYSTEM, at=at, contradictions=_contradictions(household_ids, doubtful, organisation_id)
        )
    return AppliedAnswers(household_count=len(household_ids), changed_count=changed_count, case_count=case_count)


def banks_organisation(*, at: datetime) -> int:
    """The body in whose name the banks' answers stand among the facts."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LICENCE])
        cursor.execute(
            "SELECT id FROM access_organisation WHERE licence_issuer = %s AND licence_number = %s", [_ISSUER, _LICENCE]
        )
        row = cursor.fetchone()
        if row is not None:
            return int(row[0])
        body = NewOrganisation(
            kind=OrganisationKind.AGENCY, name=_NAME, licence_issuer=_ISSUER, licence_number=_LICENCE
        )
        return create_organisation(actor=SYSTEM, at=at, organisation=body)


_Found = Mapping[tuple[int, FactName], tuple[HouseholdFound, str]]


def _found(household_ids: Sequence[int], at: datetime) -> _Found:
    meanings = household_meanings(list(banks().values()))
    today = at.astimezone(TEHRAN).date()
    said = _said(household_ids, meanings, today)
    found: dict[tuple[int, FactName], tuple[HouseholdFound, str]] = {}
    for household_id in household_ids:
        for meaning in meanings:
            fact = household_fact(meaning, said.get((household_id, meaning.bank_fact, meaning.source), []))
            if fact is not None:
                found[household_id, fact.fact] = (fact, meaning.source)
    return found


def _with_upheld(found: _Found, upheld: Mapping[tuple[int, str], UpheldValue]) -> _Found:
    """What people found counts instead of what the bank had said, also where the bank repeats it."""
    names = {name.value for name in FactName}
    whole = dict(found)
    for (household_id, fact), one in upheld.items():
        if fact not in names:
            continue
        key = household_id, FactName(fact)
        said = found.get(key)
        if said is None or said[0].value == one.instead_of or said[0].observed_on < one.settled_on:
            told = HouseholdFound(fact=key[1], value=one.value, observed_on=one.settled_on)
            whole[key] = told, BankSource.CORRECTION.value
    return whole


def _dispute(
    household_ids: Sequence[int], in_review: Collection[tuple[int, str, str]], organisation_id: int, at: datetime
) -> int:
    """Take what is in review out of what counts, and back what no longer is; tells how many households it changes."""
    meanings = {(one.bank_fact, one.source): one.fact.value for one in household_meanings(list(banks().values()))}
    wanted = sorted({(home, meanings.get((fact, source), fact)) for home, fact, source in in_review})
    with connection.cursor() as cursor:
        cursor.execute(
            _DISPUTE,
            {
                "households": [home for home, _ in wanted],
                "names": [name for _, name in wanted],
                "looked": list(household_ids),
                "organisation": organisation_id,
                "at": at,
            },
        )
        return int(cursor.rowcount)


def _said(
    household_ids: Sequence[int], meanings: Sequence[HouseholdMeaning], today: date
) -> dict[tuple[int, str, str], list[MemberSaid]]:
    said: dict[tuple[int, str, str], list[MemberSaid]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID,
            {
                "adult_before": date(today.year - ADULT_YEARS, today.month, min(today.day, 28)),
                "facts": [meaning.bank_fact for meaning in meanings],
                "sources": [meaning.source for meaning in meanings],
                "households": list(household_ids),
            },
        )
        for household_id, is_head, is_adult, fact, source, *told in cursor.fetchall():
            member = _member(told, today, is_head=is_head, is_adult=is_adult)
            said.setdefault((household_id, fact, source), []).append(member)
    return said


def _member(told: Sequence[Any], today: date, *, is_head: bool, is_adult: bool) -> MemberSaid:
    status, value, observed_on, expires_on = told
    is_believed = status == "KNOWN" and (expires_on is None or today < expires_on)
    return MemberSaid(
        is_head=is_head,
        is_adult=is_adult,
        value=value if is_believed else None,
        observed_on=observed_on if is_believed else None,
    )


def _write(found: _Found, organisation_id: int, at: datetime) -> int:
    facts: dict[str, Any] = {
        "households": [household_id for household_id, _ in found],
        "names": [name.value for _, name in found],
        "values": [fact.value for fact, _ in found.values()],
        "days": [fact.observed_on for fact, _ in found.values()],
        "organisation": organisation_id,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, facts)
        return int(cursor.rowcount)


def _contradictions(household_ids: Sequence[int], found: _Found, organisation_id: int) -> list[Contradiction]:
    names = sorted({name.value for _, name in found})
    with connection.cursor() as cursor:
        cursor.execute(_DECLARED, [list(household_ids), names, organisation_id])
        declared = {(household_id, FactName(name)): value for household_id, name, value in cursor.fetchall()}
    return [
        Contradiction(
            household_id=household_id,
            fact=name.value,
            source=source,
            declared_value=declared[household_id, name],
            found_value=fact.value,
        )
        for (household_id, name), (fact, source) in found.items()
        if (household_id, name) in declared
        and contradicts(name, declared=declared[household_id, name], found=fact.value)
    ]
