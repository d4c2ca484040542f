"""Checking before giving. Each check writes that it was asked, for the ledger's account and for the household."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from psycopg.types.range import DateRange

from sakha.access.actions import record_access, record_access_many
from sakha.access.queries import acting, key_ring, write_list
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import ID_INDEX_KINDS, KeyRing, blind_indexes
from sakha.ledger.queries import aid_trail, current_periods, need_line
from sakha.ledger.rules.results import BriefCheck, Check, PlainCheck
from sakha.ledger.rules.states import Outcome
from sakha.ledger.rules.terms import AidTerms, require_quantity, terms_of
from sakha.ledger.rules.trail import months_matrix
from sakha.ledger.rules.verdict import VERDICT_OF_OUTCOME, AidFacts, NeedLine, decide_verdict, order_needs
from sakha.vocabulary.identifiers import parse_person_identifier
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind

BATCH_SIZE_MAX: Final = 1000  # row locks and answers of more are held for too long (docs/ledger.md)
_NOBODY: Final = b""  # an index of nobody
_CHECK: Final = (
    "SELECT household_id, code, province, county, is_protected, has_record, outcome, target, held, delivered,"
    " similar_on, free_on, needs FROM ledger_check(%s, %s::bytea[], %s, %s::smallint, %s, %s, %s, %s, %s::daterange,"
    " %s::smallint[], %s::int[])"
)
_CHECK_MANY: Final = (
    "SELECT outcome, household_id, open_quantity, free_on FROM ledger_check_many(%s, %s::int[], %s::bytea[],"
    " %s::bigint[], %s::smallint, %s, %s, %s, %s, %s::daterange)"
)


def check_aid(
    *,
    actor: Actor,
    at: datetime,
    kind: NeedKind,
    national_id: str = "",
    household_id: int | None = None,
    quantity: int | None = None,
) -> Check:
    """Tell whether this aid may be given to the household of this person, why, and what it needs instead.

    `national_id` is a national ID or a foreigner's code as typed. By `household_id` only who has a record of the
    household, oversees its area or found it by an identifier within a day gets an answer.

    Raises:
        IdentifierInvalid: no such number can exist.
        PermissionMissing: the role does not check.
    """
    actor.require(Permission.CHECK_AID)
    terms = terms_of(kind, at=at)
    wanted = require_quantity(terms.standard if quantity is None else quantity)
    indexes = _indexes_of(key_ring(), national_id) if national_id or household_id is None else None
    with acting(actor):
        with connection.cursor() as cursor:
            values: list[Any] = [at, indexes, household_id, kind.value, terms.period, wanted, terms.standard]
            values += [terms.unit_worth_rial, span_of(terms), *current_periods(at)]
            cursor.execute(_CHECK, values)
            row = cursor.fetchone()
        found: int | None = row[0]
        if found is not None:
            purpose = f"استعلام پیش از کمک: {NEED_KINDS[kind].name}"
            record_access(actor=actor, at=at, action=AccessAction.CHECK, household_id=found, purpose=purpose)
        return _check(actor, at, terms, wanted, row)


def check_many(  # noqa: PLR0913 -- who, when, what, of whom in three lists, how much
    *,
    actor: Actor,
    at: datetime,
    kind: NeedKind,
    national_ids: Sequence[str] = (),
    household_ids: Sequence[int] = (),
    indexes: Sequence[Sequence[bytes]] = (),
    quantity: int | None = None,
) -> list[BriefCheck]:
    """Answer for many at once: for the identifiers, the households, the indexes of persons, each in the order given."""
    actor.require(Permission.CHECK_AID)
    terms = terms_of(kind, at=at)
    wanted = require_quantity(terms.standard if quantity is None else quantity)
    answers: list[BriefCheck] = []
    purpose = f"استعلام گروهی پیش از کمک: {NEED_KINDS[kind].name}"
    for columns in lines_of(national_ids, household_ids, indexes):
        values: list[Any] = [at, *columns, terms.kind.value, terms.period, wanted, terms.standard]
        values += [terms.unit_worth_rial, span_of(terms)]
        with acting(actor):
            with connection.cursor() as cursor:
                cursor.execute(_CHECK_MANY, values)
                rows = cursor.fetchall()
            seen = [row[1] for row in rows if row[1] is not None]
            record_access_many(actor=actor, at=at, action=AccessAction.CHECK, household_ids=seen, purpose=purpose)
        answers += read_checks(rows)
    return answers


def lines_of(
    national_ids: Sequence[str], household_ids: Sequence[int], indexes: Sequence[Sequence[bytes]]
) -> Iterator[tuple[str, str, str]]:
    """What is asked in batches, each as the lists that the functions for many take: items, indexes, households."""
    ring = key_ring() if national_ids else None
    asked: list[Sequence[bytes] | int] = [] if ring is None else [_indexes_of(ring, one) for one in national_ids]
    asked += household_ids
    asked += [one or (_NOBODY,) for one in indexes]
    for start in range(0, len(asked), BATCH_SIZE_MAX):
        items: list[int] = []
        keys: list[bytes | None] = []
        households: list[int | None] = []
        for item, one in enumerate(asked[start : start + BATCH_SIZE_MAX]):
            found: Sequence[bytes | None] = (None,) if isinstance(one, int) else one
            items += [item] * len(found)
            keys += found
            households += [one if isinstance(one, int) else None] * len(found)
        yield write_list(items), write_list(keys), write_list(households)


def read_checks(rows: Sequence[Sequence[Any]]) -> list[BriefCheck]:
    """The answers from the columns that the functions for many give."""
    return [BriefCheck(VERDICT_OF_OUTCOME[row[0]], *row[1:]) for row in rows]


def span_of(terms: AidTerms) -> DateRange | None:
    """The rolling window that a gift opens, or None."""
    return None if terms.window_until is None else DateRange(terms.on, terms.window_until)


def _indexes_of(ring: KeyRing, text: str) -> list[bytes]:
    id_kind, number = parse_person_identifier(text)
    return blind_indexes(ring, ID_INDEX_KINDS[id_kind], number)


def read_check(terms: AidTerms, wanted: int, row: Sequence[Any]) -> PlainCheck:
    """The answer from the columns that `ledger_check` gives: the verdict is decided here, by the rules."""
    household_id, code, province, county, is_protected, has_record, outcome, *counted = row
    target, held, delivered, similar_on, free_on, needs = counted
    facts = AidFacts(
        kind=terms.kind,
        period=terms.period,
        on=terms.on,
        quantity=wanted,
        standard=terms.standard,
        is_known=outcome != Outcome.UNKNOWN,
        is_hidden=is_protected and not has_record,
        need=None if target is None else NeedLine(terms.kind, terms.period, target, held, delivered),
        similar_on=similar_on,
        free_on=free_on,
        other_needs=order_needs([need_line(need) for need in json.loads(needs)]),
    )
    decision = decide_verdict(facts)
    return PlainCheck(
        verdict=decision.verdict,
        reasons=decision.reasons,
        instead=decision.instead,
        household_id=household_id,
        household_code=code or "",
        province=province or "",
        county=county or "",
        is_protected=is_protected,
        has_record=has_record,
        open_quantity=facts.open_quantity,
        free_on=free_on,
        needs=facts.other_needs,
    )


def _check(actor: Actor, at: datetime, terms: AidTerms, wanted: int, row: tuple[Any, ...]) -> Check:
    plain = read_check(terms, wanted, row)
    gifts = () if plain.household_id is None else aid_trail(actor=actor, at=at, household_id=plain.household_id)
    told = {name: getattr(plain, name) for name in PlainCheck.__slots__}
    return Check(
        at=at,
        kind=terms.kind,
        period=terms.period,
        quantity=wanted,
        recent=gifts,
        matrix=months_matrix(gifts, on=terms.on),
        **told,
    )
