"""Two persons, or two households, found to be one: everything moves to the one that stays, and can be moved back.

The rows are changed one by one through `_Moves`, which keeps what each was before: taking a merge back writes that
again, in the opposite order. The ledger follows by a trigger on the household, in the same transaction.

Locks: persons by id, households by id, as the intake takes them. The merge gives way: it waits for a lock no longer
than `_PATIENCE`, less than the database waits before it looks for deadlocks, so nobody who holds or delivers aid is
ever rolled back for a merge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar

from django.db import IntegrityError, OperationalError, connection
from django.db.models import Q
from psycopg.errors import DeadlockDetected, LockNotAvailable

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.registry.actions.merging import local_date
from sakha.registry.actions.moves import Moves
from sakha.registry.models import Merge, Person
from sakha.registry.rules.homes import Home, HomeOutcome, HomesSettled, settle_homes
from sakha.registry.rules.words import Relation
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.refusal import Refusal

_PATIENCE: Final = "400ms"
_TRIES: Final = 5
_T = TypeVar("_T")


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


def unite_persons(
    *, actor: Actor, at: datetime, person_ids: tuple[int, int], reason: str, question_id: int | None = None
) -> MergeCard:
    """Make one person of two. For actions of this room, which have judged whether the actor may.

    Raises: AlreadyMerged, PeopleBusy.
    """
    return _patiently(lambda: _unite_persons(actor, at, person_ids, reason, question_id))


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


def _unite_persons(
    actor: Actor, at: datetime, person_ids: tuple[int, int], reason: str, question_id: int | None
) -> MergeCard:
    kept, gone = _lock_persons(person_ids)
    homes = {person.pk: _home_of(person.pk) for person in (kept, gone)}
    settled = settle_homes(homes[kept.pk], homes[gone.pk])
    areas = _lock_households([one for one in (settled.stays, settled.goes) if one is not None])
    moves = Moves()
    _settle_memberships(moves, kept.pk, gone.pk, settled, homes, at)
    if settled.outcome is HomeOutcome.JOINED and settled.stays is not None and settled.goes is not None:
        _move_household(moves, settled.stays, settled.goes, at)
    moves.change("registry_record", Q(person_id=gone.pk), person_id=kept.pk)
    moves.change("registry_person", Q(merged_into_id=gone.pk), merged_into_id=kept.pk)
    _fill(moves, kept, gone)
    _withdraw_questions(moves, gone.pk, at, question_id)
    moves.change("registry_person", Q(id=gone.pk), merged_into_id=kept.pk)
    is_joined = settled.outcome is HomeOutcome.JOINED
    merge = Merge.objects.create(
        question_id=question_id,
        person=kept,
        gone_person=gone,
        household_id=settled.stays,
        gone_household_id=settled.goes if is_joined else None,
        reason=reason,
        owner_id=_only_organisation(kept.pk),
        changes=moves.kept,
        merged_by_id=actor.user_id,
        merged_at=at,
        **_area(areas),
    )
    return _card(merge, settled.outcome)


def _unite_households(actor: Actor, at: datetime, household_ids: tuple[int, int], reason: str) -> MergeCard:
    stays, goes = sorted(household_ids)
    areas = _lock_households([stays, goes])
    if stays == goes or len(areas) != len(household_ids) or any(area[3] for area in areas):
        raise AlreadyMerged
    moves = Moves()
    _move_household(moves, stays, goes, at)
    merge = Merge.objects.create(
        household_id=stays,
        gone_household_id=goes,
        reason=reason,
        changes=moves.kept,
        merged_by_id=actor.user_id,
        merged_at=at,
        **_area(areas),
    )
    return _card(merge, HomeOutcome.JOINED)


def _undo(actor: Actor, at: datetime, merge_id: int) -> MergeCard:
    merge = Merge.objects.select_for_update(no_key=True).get(id=merge_id)
    persons = [one for one in (merge.person_id, merge.gone_person_id) if one]
    households = [one for one in (merge.household_id, merge.gone_household_id) if one]
    list(Person.objects.select_for_update(no_key=True).filter(id__in=persons).order_by("id").values_list("id"))
    _lock_households(households)
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
    return _card(merge, "")


def _lock_persons(person_ids: tuple[int, int]) -> tuple[Person, Person]:
    """The one that stays (with the stronger identifier, else the elder) and the one that goes."""
    found = list(Person.objects.select_for_update(no_key=True).filter(id__in=person_ids).order_by("id"))
    if len(found) != len(person_ids) or any(person.merged_into_id for person in found):
        raise AlreadyMerged
    order = [kind.value for kind in (IdKind.NATIONAL, IdKind.FIDA, IdKind.NONE)]
    kept, gone = sorted(found, key=lambda person: (order.index(person.id_kind), person.pk))
    return kept, gone


def _lock_households(household_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Nobody opens a need of theirs, moves a member or merges them until the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, province, county, merged_into_id FROM registry_household WHERE id = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            (list(household_ids),),
        )
        return list(cursor.fetchall())


def _home_of(person_id: int) -> Home | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.household_id, m.relation, (SELECT count(*) - 1 FROM registry_membership n"
            " WHERE n.household_id = m.household_id AND n.to_on IS NULL)"
            " FROM registry_membership m WHERE m.person_id = %s AND m.to_on IS NULL",
            (person_id,),
        )
        row = cursor.fetchone()
    return None if row is None else Home(*row)


def _settle_memberships(
    moves: Moves, kept: int, gone: int, settled: HomesSettled, homes: dict[int, Home | None], at: datetime
) -> None:  # fmt: skip
    """The one membership that goes on is where he lives; others of the two end; all become the one person's."""
    known = [(person, home) for person, home in homes.items() if home is not None]
    stays = next((person for person, home in known if home.household_id == settled.stays), None)
    ended = [person for person, _ in known if person != stays]
    moves.end_memberships(ended, local_date(at))
    moves.change("registry_membership", Q(person_id=gone), person_id=kept)
    is_head = any(home.relation == Relation.HEAD.value for _, home in known)
    if is_head and settled.outcome in {HomeOutcome.SAME, HomeOutcome.JOINED} and not _has_head(settled.stays):
        active = Q(person_id=kept, household_id=settled.stays, to_on__isnull=True)
        moves.change("registry_membership", active, relation=Relation.HEAD.value)


def _has_head(household_id: int | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM registry_membership WHERE household_id = %s AND relation = 'HEAD'"
            " AND to_on IS NULL)",
            (household_id,),
        )
        return bool(cursor.fetchone()[0])


def _move_household(moves: Moves, stays: int, goes: int, at: datetime) -> None:
    """Members, records and facts of the household that goes; a second head becomes a member."""
    if _has_head(stays):
        second = Q(household_id=goes, to_on__isnull=True, relation=Relation.HEAD.value)
        moves.change("registry_membership", second, relation=Relation.OTHER.value)
    moves.change("registry_membership", Q(household_id=goes, to_on__isnull=True), household_id=stays)
    moves.change("registry_record", Q(household_id=goes), household_id=stays)
    moves.move_facts(goes, stays)
    moves.change("registry_household", Q(merged_into_id=goes), merged_into_id=stays)
    moves.fill_household(stays, goes, at)
    # The last: from here on the ledger brings their needs together.
    moves.change("registry_household", Q(id=goes), merged_into_id=stays, changed_at=at)


def _fill(moves: Moves, kept: Person, gone: Person) -> None:
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
    if told:
        moves.change("registry_person", Q(id=kept.pk), **told)


def _withdraw_questions(moves: Moves, gone: int, at: datetime, question_id: int | None) -> None:
    """Whoever was asked about besides is somebody else now; the next comparison asks anew where it must."""
    waiting = Q(person_id=gone) | Q(other_person_id=gone)
    moves.change(
        "registry_identity_question",
        waiting & Q(state="OPEN", kind="PAIR") & ~Q(id=question_id or 0),
        state="WITHDRAWN",
        decided_at=at,
    )


def _only_organisation(person_id: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(organisation_id), count(DISTINCT organisation_id) FROM registry_record WHERE person_id = %s",
            (person_id,),
        )
        organisation_id, count = cursor.fetchone()
    return organisation_id if count == 1 else None


def _area(areas: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    provinces, counties = {area[1] for area in areas}, {area[2] for area in areas}
    province = provinces.pop() if len(provinces) == 1 else ""
    return {"province": province, "county": counties.pop() if province and len(counties) == 1 else ""}


def _card(merge: Merge, outcome: str) -> MergeCard:
    return MergeCard(
        merge.pk, merge.person_id, merge.gone_person_id, merge.household_id, merge.gone_household_id, outcome
    )


def _log(actor: Actor, at: datetime, household_id: int | None, purpose: str) -> None:
    record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=purpose)
