"""A program's question or hold, single or a batch: the whole of it in one statement, in no transaction of the caller's.

The same functions judge as for people (`ledger_check`, `ledger_hold` and those for many); who asks and the looks are
told in the same statement. Where the caller holds a transaction already, the actor is told as everywhere.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection

from sakha.access.queries import acting, fetch_alone, key_ring, write_list
from sakha.access.rules import Actor, Permission, Scope
from sakha.ledger.actions.checking import BATCH_SIZE_MAX, lines_of, read_check, read_checks, span_of
from sakha.ledger.queries import current_periods
from sakha.ledger.rules.results import BriefCheck, BriefHold, HoldResult, PlainCheck
from sakha.ledger.rules.states import Outcome
from sakha.ledger.rules.terms import AidTerms, clean_reason, require_quantity, terms_of
from sakha.registry.queries.lookup import require_indexes
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind

_CHECK_AS: Final[LiteralString] = (
    "SELECT household_id, code, province, county, is_protected, has_record, outcome, target, held, delivered,"
    " similar_on, free_on, needs FROM ledger_check_as(%s, %s::text[], %s, %s, %s::bytea[], %s, %s::smallint, %s, %s,"
    " %s, %s, %s::daterange, %s::smallint[], %s::int[])"
)
_HOLD_AS: Final[LiteralString] = (
    "SELECT outcome, hold_id, open_quantity, held_until FROM ledger_hold_as(%s, %s::text[], %s, %s, %s, %s,"
    " %s::smallint, %s, %s, %s, %s, %s, %s::daterange, %s)"
)
_OUTCOMES: Final = {one.value: one for one in Outcome}
_CHECK_MANY_AS: Final[LiteralString] = (
    "SELECT outcome, household_id, open_quantity, free_on FROM ledger_check_many_as(%s, %s::text[], %s, %s, %s::int[],"
    " %s::bytea[], %s::bigint[], %s::smallint, %s, %s, %s, %s, %s::daterange)"
)
_HOLD_MANY_AS: Final[LiteralString] = (
    "SELECT outcome, hold_id, open_quantity FROM ledger_hold_many_as(%s, %s::text[], %s, %s, %s::uuid[], %s::bigint[],"
    " %s::bigint[], %s::smallint, %s, %s, %s, %s, %s::daterange)"
)


def ask_check(  # noqa: PLR0913 -- who, when, for what, of whom, what, how much
    *,
    actor: Actor,
    at: datetime,
    purpose: str,
    kind: NeedKind,
    national_id: str = "",
    household_id: int | None = None,
    indexes: Sequence[bytes] | None = None,
    quantity: int | None = None,
) -> PlainCheck:
    """Answer as `check_aid`, without the trail of gifts. `purpose` is what the household reads of the look.

    Whoever was found in another way than by its number is asked for by the `indexes` of it; none: nobody is known.

    Raises: IdentifierInvalid, QuantityInvalid, PermissionMissing.
    """
    actor.require(Permission.CHECK_AID)
    terms = terms_of(kind, at=at)
    wanted = require_quantity(terms.standard if quantity is None else quantity)
    if indexes is None and (national_id or household_id is None):
        indexes = require_indexes(key_ring(), national_id)
    values: list[Any] = [
        None if indexes is None else list(indexes),
        household_id,
        kind.value,
        terms.period,
        wanted,
        terms.standard,
    ]
    values += [terms.unit_worth_rial, span_of(terms), *_periods(at.astimezone(TEHRAN).date())]
    return read_check(terms, wanted, _one(actor, at, purpose, _CHECK_AS, values))


def ask_hold(  # noqa: PLR0913 -- the promise itself: who, when, for what, to whom, how much, on which request, why
    *,
    actor: Actor,
    at: datetime,
    purpose: str,
    kind: NeedKind,
    household_id: int,
    quantity: int,
    request_id: UUID,
    reason: str = "",
) -> HoldResult:
    """Hold as `hold_aid`; that the program held is written for the household to read.

    Raises: QuantityInvalid, ReasonInvalid, PermissionMissing.
    """
    actor.require(Permission.HOLD_AID)
    terms: AidTerms = terms_of(kind, at=at)
    values: list[Any] = [request_id, household_id, kind.value, terms.period, require_quantity(quantity)]
    values += [terms.standard, terms.unit_worth_rial, terms.expires_at, span_of(terms), clean_reason(reason)]
    outcome, hold_id, open_quantity, held_until = _one(actor, at, purpose, _HOLD_AS, values)
    return HoldResult(
        outcome=Outcome(outcome), kind=kind, hold_id=hold_id, open_quantity=open_quantity or 0, expires_at=held_until
    )


def ask_check_many(  # noqa: PLR0913 -- as ask_check, of whom in three lists
    *,
    actor: Actor,
    at: datetime,
    purpose: str,
    kind: NeedKind,
    national_ids: Sequence[str] = (),
    household_ids: Sequence[int] = (),
    indexes: Sequence[Sequence[bytes]] = (),
    quantity: int | None = None,
) -> list[BriefCheck]:
    """Answer as `check_many`: for the identifiers, the households, the indexes of persons, each in the order given."""
    actor.require(Permission.CHECK_AID)
    terms = terms_of(kind, at=at)
    wanted = require_quantity(terms.standard if quantity is None else quantity)
    rest = [kind.value, terms.period, wanted, terms.standard, terms.unit_worth_rial, span_of(terms)]
    answers: list[BriefCheck] = []
    for columns in lines_of(national_ids, household_ids, indexes):
        answers += read_checks(_all(actor, at, purpose, _CHECK_MANY_AS, [*columns, *rest]))
    return answers


def ask_hold_many(  # noqa: PLR0913 -- as ask_hold, to whom, how much and on which requests in three lists
    *,
    actor: Actor,
    at: datetime,
    purpose: str,
    kind: NeedKind,
    household_ids: Sequence[int],
    quantities: Sequence[int],
    request_ids: Sequence[str],
) -> list[BriefHold]:
    """Hold as `hold_many`, in batches of a thousand; that the program held is written for the households to read.

    Request ids are UUIDs in letters, as nothing is done with them here.
    """
    actor.require(Permission.HOLD_AID)
    terms = terms_of(kind, at=at)
    rest = [kind.value, terms.period, terms.standard, terms.unit_worth_rial, terms.expires_at, span_of(terms)]
    for quantity in set(quantities):
        require_quantity(quantity)
    results: list[BriefHold] = []
    for start in range(0, len(request_ids), BATCH_SIZE_MAX):
        part = slice(start, start + BATCH_SIZE_MAX)
        columns = [write_list(one[part]) for one in (request_ids, household_ids, quantities)]
        rows = _all(actor, at, purpose, _HOLD_MANY_AS, [*columns, *rest])
        results += [BriefHold(_OUTCOMES[outcome], hold_id, left) for outcome, hold_id, left in rows]
    return results


def _one(actor: Actor, at: datetime, purpose: str, statement: LiteralString, values: Sequence[Any]) -> tuple[Any, ...]:
    rows = _all(actor, at, purpose, statement, values)
    if not rows:
        raise LookupError("the statement gives no row")
    return rows[0]


def _all(
    actor: Actor, at: datetime, purpose: str, statement: LiteralString, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    who = [actor.organisation_id, [actor.province, actor.county], purpose, at]
    with _alone(actor):
        return fetch_alone(statement, [*who, *values])


@contextmanager
def _alone(actor: Actor) -> Iterator[None]:
    """One statement of its own where there is no transaction; inside one, the actor is told and the outer one again."""
    actor.require_scope(Scope.ORGANISATION)
    if connection.in_atomic_block:
        with acting(actor):
            yield
    else:
        yield


@lru_cache(maxsize=4)
def _periods(on: date) -> tuple[str, str]:
    """The kinds and their periods as arrays that the server reads: the same all day."""
    kinds, periods = current_periods(datetime(on.year, on.month, on.day, 12, tzinfo=TEHRAN))
    return f"{{{','.join(map(str, kinds))}}}", f"{{{','.join(map(str, periods))}}}"
