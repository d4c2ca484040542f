"""Two persons, or two households, found to be one: everything moves to the one that stays, and can be moved back.

Many pairs are united by the same few statements as one. `Moves` keeps what each row was before: taking a merge back
writes that again, in the opposite order. The ledger follows by a trigger on the household, in the same transaction.

Locks: persons by id, households by id, as the intake takes them. The merge gives way: it waits for a lock no longer
than `_PATIENCE`, less than the database waits before it looks for deadlocks, so nobody who holds or delivers aid is
ever rolled back for a merge.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, TypeVar

from django.db import IntegrityError, OperationalError, connection
from django.db.models import Q
from psycopg.errors import DeadlockDetected, LockNotAvailable

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.registry.actions.following import follow_people
from sakha.registry.actions.moves import Moves, Told
from sakha.registry.actions.unions import (
    Union,
    lock_households,
    move_households,
    move_persons,
    only_organisations,
    settle_memberships,
    shared_area,
    take_pairs,
    withdraw_questions,
)
from sakha.registry.models import Merge, Person
from sakha.registry.rules.homes import HomeOutcome
from sakha.vocabulary.refusal import Refusal

_PATIENCE: Final = "400ms"
_TRIES: Final = 5
_T = TypeVar("_T")
# Of pairs of households those whose aid would come together; the ledger's knowledge, asked under their locks.
AidJudge = Callable[[Sequence[tuple[int, int]]], Collection[tuple[int, int]]]


class MergeUnknown(Refusal):
    """No such merge, or none that the actor sees."""

    code: ClassVar[str] = "MERGE_UNKNOWN"
    sentence: ClassVar[str] = "چنین یکی‌کردنی پیدا نشد."


class AlreadyMerged(Refusal):
    """One of the two was found to be somebody else meanwhile, or both are one already."""

    code: ClassVar[str] = "ALREADY_MERGED"
    sentence: ClassVar[str] = "این پرونده پیش‌تر با پروندهٔ دیگری یکی شده است؛ صفحه را تازه کنید."


class MergeNotUndoable(Refusal):
    """Something was built on the merge."""

    code: ClassVar[str] = "MERGE_NOT_UNDOABLE"
    sentence: ClassVar[str] = "پس از آن چیز دیگری با این پرونده یکی شده یا جابه‌جا شده است؛ نخست همان را برگردانید."


class PeopleBusy(Refusal):
    """Somebody else works on these people or their aid at this moment."""

    code: ClassVar[str] = "PEOPLE_BUSY"
    sentence: ClassVar[str] = "همین حالا کسی روی این پرونده کار می‌کند؛ چند لحظه بعد دوباره بزنید."


@dataclass(frozen=True, slots=True)
class MergeCard:
    """What became one. `outcome` says what became of the households of a person."""

    id: int
    person_id: int | None
    gone_person_id: int | None
    household_id: int | None
    gone_household_id: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class PairsUnited:
    """What became of pairs: the merges made, the pairs that touch one of them and wait, the pairs that were one.

    `helped` are left as they were: the aid of two households would have come together.
    """

    cards: list[MergeCard]
    waiting: list[tuple[int, int]]
    gone: list[tuple[int, int]]
    helped: list[tuple[int, int]]

    @property
    def followed(self) -> list[tuple[int, int]]:
        """Of each merge the person who stays and the one who goes."""
        return [
            (card.person_id, card.gone_person_id)
            for card in self.cards
            if card.person_id is not None and card.gone_person_id is not None
        ]


@dataclass(frozen=True, slots=True)
class _Why:
    """Why people are united: the words, the question that somebody answered, or who keeps helped households apart."""

    reason: str
    question_id: int | None = None
    joins_aid: AidJudge | None = None


def unite_persons(
    *, actor: Actor, at: datetime, person_ids: tuple[int, int], reason: str, question_id: int | None = None
) -> MergeCard:
    """Make one person of two. For actions of this room, which have judged whether the actor may.

    Raises: AlreadyMerged, PeopleBusy.
    """
    united = _patiently(lambda: _unite_pairs(actor, at, [person_ids], _Why(reason, question_id)))
    if not united.cards:
        raise AlreadyMerged
    return united.cards[0]


def unite_pairs(
    *, actor: Actor, at: datetime, pairs: Sequence[tuple[int, int]], reason: str, joins_aid: AidJudge
) -> PairsUnited:
    """Make one person of the two of each pair, all in one transaction, but where the aid of two households would join.

    Pairs that share a person or a household with an earlier one wait: the caller unites them afterwards.

    Raises: PeopleBusy, with none united.
    """
    return _patiently(lambda: _unite_pairs(actor, at, pairs, _Why(reason, joins_aid=joins_aid)))


def merge_households(*, actor: Actor, at: datetime, household_ids: tuple[int, int], reason: str) -> MergeCard:
    """Make one household of two that share nobody; both must be of the actor's area.

    Raises: PermissionMissing, MergeUnknown, AlreadyMerged, PeopleBusy.
    """
    actor.require(Permission.DECIDE_IDENTITY)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM registry_household WHERE id = ANY(%s) AND access_sees_area(province, county)",
            (list(household_ids),),
        )
        if cursor.fetchone()[0] != len(set(household_ids)):
            raise MergeUnknown(field="household_ids")
        card = _patiently(lambda: _unite_households(actor, at, household_ids, reason))
        _log(actor, at, card.household_id, "households merged")
    return card


def undo_merge(*, actor: Actor, at: datetime, merge_id: int) -> MergeCard:
    """Take a merge back: every row is again what it was; what came since stays where it came.

    Raises: PermissionMissing, MergeUnknown, MergeNotUndoable, PeopleBusy.
    """
    actor.require(Permission.DECIDE_IDENTITY)
    with acting(actor):
        seen = Merge.objects.filter(id=merge_id, undone_at__isnull=True).first()
        if seen is None:
            raise MergeUnknown(field="merge_id")
        card = _patiently(lambda: _undo(actor, at, merge_id))
        _log(actor, at, card.household_id, "merge taken back")
    return card


def _patiently(work: Callable[[], _T]) -> _T:
    """Do the work as the system, giving way to whoever holds a lock of it."""
    for _ in range(_TRIES):
        try:
            with acting(SYSTEM), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", (_PATIENCE,))
                done = work()
                cursor.execute("SELECT set_config('lock_timeout', '0', true)")
                return done
        except OperationalError as fault:
            if not isinstance(fault.__cause__, LockNotAvailable | DeadlockDetected):
                raise
    raise PeopleBusy


def _unite_pairs(actor: Actor, at: datetime, pairs: Sequence[tuple[int, int]], why: _Why) -> PairsUnited:
    unions, waiting, gone = take_pairs(pairs)
    areas = lock_households([one for union in unions for one in (union.settled.stays, union.settled.goes) if one])
    unions, helped = _part_helped(unions, why)
    moves = Moves()
    settle_memberships(moves, unions, at)
    joined = [(union.number, *union.joins) for union in unions if union.joins is not None]
    move_households(moves, joined, at)
    move_persons(moves, unions)
    withdraw_questions(moves, unions, at, why.question_id)
    moves.change(
        "registry_person", "pk", {one.gone.pk: Told(one.number, {"merged_into_id": one.kept.pk}) for one in unions}
    )
    owners = only_organisations([one.kept.pk for one in unions])
    merges = [
        Merge(
            question_id=why.question_id,
            person=one.kept,
            gone_person=one.gone,
            household_id=one.settled.stays,
            gone_household_id=one.joins[0] if one.joins else None,
            reason=why.reason,
            owner_id=owners.get(one.kept.pk),
            changes=moves.kept[one.number],
            merged_by_id=actor.user_id,
            merged_at=at,
            **shared_area([areas[home] for home in (one.settled.stays, one.settled.goes) if home]),
        )
        for one in unions
    ]
    made = Merge.objects.bulk_create(merges)
    follow_people(at=at, household_ids=areas)
    cards = [_card(merge, one.settled.outcome) for merge, one in zip(made, unions, strict=True)]
    return PairsUnited(cards, waiting, gone, helped)


def _part_helped(unions: list[Union], why: _Why) -> tuple[list[Union], list[tuple[int, int]]]:
    """Those to unite, and the pairs to leave because aid would come together without a second person's look."""
    if why.joins_aid is None:
        return unions, []
    homes = {one.number: tuple(sorted({home.household_id for home in one.homes.values()})) for one in unions}
    apart = [(both[0], both[1]) for both in homes.values() if len(both) > 1]
    helped = set(why.joins_aid(apart)) if apart else set()
    left = [one for one in unions if homes[one.number] in helped]
    return [one for one in unions if homes[one.number] not in helped], [(one.kept.pk, one.gone.pk) for one in left]


def _unite_households(actor: Actor, at: datetime, household_ids: tuple[int, int], reason: str) -> MergeCard:
    stays, goes = sorted(household_ids)
    areas = lock_households([stays, goes])
    if stays == goes or len(areas) != len(household_ids) or any(area.merged_into_id for area in areas.values()):
        raise AlreadyMerged
    moves = Moves()
    move_households(moves, [(0, goes, stays)], at)
    merge = Merge.objects.create(
        household_id=stays,
        gone_household_id=goes,
        reason=reason,
        changes=moves.kept[0],
        merged_by_id=actor.user_id,
        merged_at=at,
        **shared_area(list(areas.values())),
    )
    follow_people(at=at, household_ids=areas)
    return _card(merge, HomeOutcome.JOINED)


def _undo(actor: Actor, at: datetime, merge_id: int) -> MergeCard:
    merge = Merge.objects.select_for_update(no_key=True).get(id=merge_id)
    persons = [one for one in (merge.person_id, merge.gone_person_id) if one]
    households = [one for one in (merge.household_id, merge.gone_household_id) if one]
    list(Person.objects.select_for_update(no_key=True).filter(id__in=persons).order_by("id").values_list("id"))
    lock_households(households)
    later = Merge.objects.filter(id__gt=merge.pk, undone_at__isnull=True).filter(
        Q(person_id__in=persons)
        | Q(gone_person_id__in=persons)
        | Q(household_id__in=households)
        | Q(gone_household_id__in=households)
    )
    if merge.undone_at is not None or later.exists():
        raise MergeNotUndoable(field="merge_id")
    try:
        Moves.restore(merge.changes)
    except IntegrityError:
        raise MergeNotUndoable(field="merge_id") from None
    merge.undone_by_id, merge.undone_at = actor.user_id, at
    merge.save(update_fields=["undone_by_id", "undone_at"])
    follow_people(at=at, household_ids=households)
    return _card(merge, "")


def _card(merge: Merge, outcome: str) -> MergeCard:
    return MergeCard(
        merge.pk, merge.person_id, merge.gone_person_id, merge.household_id, merge.gone_household_id, outcome
    )


def _log(actor: Actor, at: datetime, household_id: int | None, purpose: str) -> None:
    record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=purpose)
