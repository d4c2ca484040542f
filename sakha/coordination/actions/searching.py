"""The search for the uncovered: low decile, and nobody of the household covered by any agency or charity.

The extract is joined with register and coverage in DuckDB (databanks); only households that nobody covers, and people
whom the register knows, reach the database. How low is low is decided by whoever asks.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeAlias

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import KeyRing
from sakha.coordination.actions import candidates
from sakha.coordination.actions.candidates import FoundHousehold, KnownPerson
from sakha.coordination.actions.renewing import require_current_keys
from sakha.coordination.rules.areas import require_province
from sakha.databanks.actions import record_evidence_many
from sakha.databanks.queries.welfare_extract import ExtractJoin, LowDecileHousehold, open_extract
from sakha.databanks.rules import official_decile, subject_indexes
from sakha.vocabulary.identifiers import MobileInvalid, parse_mobile

Progress: TypeAlias = Callable[[int, int], None]

PURPOSE: Final = "جست‌وجوی خانوارهای بی‌پوشش"


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredCell:
    """How many uncovered households of one official decile live in one county."""

    county: str
    decile: int
    household_count: int
    person_count: int
    with_mobile_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredSearch:
    """What a search read, found and changed. `registered_count` are uncovered households of the register."""

    read_person_count: int
    low_household_count: int
    covered_household_count: int
    found_count: int
    added_count: int
    changed_count: int
    left_count: int
    registered_count: int
    cells: tuple[UncoveredCell, ...]


@dataclass(slots=True)
class _Tally:
    """What is counted while the extract streams by."""

    households: Counter[tuple[str, int]] = field(default_factory=Counter)
    people: Counter[tuple[str, int]] = field(default_factory=Counter)
    with_mobile: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, found: FoundHousehold) -> None:
        """Count one uncovered household."""
        cell = (found.county, found.official_decile)
        self.households[cell] += 1
        self.people[cell] += found.household_size
        self.with_mobile[cell] += bool(found.mobile)

    def cells(self) -> tuple[UncoveredCell, ...]:
        """By county and decile, in their order."""
        return tuple(
            UncoveredCell(
                county=county,
                decile=decile,
                household_count=count,
                person_count=self.people[county, decile],
                with_mobile_count=self.with_mobile[county, decile],
            )
            for (county, decile), count in sorted(self.households.items())
        )


def find_uncovered(
    *, actor: Actor, at: datetime, extract: Path, province: str, deciles_max: int, progress: Progress
) -> UncoveredSearch:
    """Search one province anew and keep its candidates; repeating it with the same extract changes nothing.

    Who is covered now, or no longer low, stops being a candidate. The official deciles of candidates and of people of
    the register are kept as evidence.

    Raises:
        ProvinceNotYours: the actor's area is another or a smaller one.
        KeysInRenewal: the keys are being renewed.
        ExtractUnreadable: the file is no extract of the welfare data bank.
    """
    require_province(actor, province)
    with acting(SYSTEM), connection.cursor() as cursor, open_extract(extract) as join:
        search = _Search(cursor, join, on=timezone.localdate(at))
        return search.keep(actor, at, _Wanted(province, deciles_max, progress))


def find_uncovered_everywhere(
    *, actor: Actor, at: datetime, extract: Path, deciles_max: int, progress: Progress
) -> dict[str, UncoveredSearch]:
    """Search every province of a national extract, a file or a folder; one province after the other is kept.

    Raises:
        ProvinceNotYours: the actor's area is not the nation.
        KeysInRenewal: the keys are being renewed.
        ExtractUnreadable: the files are no extract of the welfare data bank.
    """
    require_province(actor, "")
    found: dict[str, UncoveredSearch] = {}
    with open_extract(extract) as join:
        people = join.provinces()
        done, total = 0, sum(people.values())
        for province, count in people.items():
            with acting(SYSTEM), connection.cursor() as cursor:
                search = _Search(cursor, join, on=timezone.localdate(at))
                found[province] = search.keep(actor, at, _Wanted(province, deciles_max, lambda _done, _all: None))
            done += count
            progress(done, total)
    return found


def count_uncovered(
    *, actor: Actor, at: datetime, extract: Path, province: str, deciles_max: int
) -> tuple[UncoveredCell, ...]:
    """Search without keeping anything: how many would be found, by county and decile."""
    require_province(actor, province)
    with acting(SYSTEM), connection.cursor() as cursor, open_extract(extract) as join:
        search = _Search(cursor, join, on=timezone.localdate(at))
        search.load_people(_Wanted(province, deciles_max, lambda _done, _total: None))
        for _ in search.uncovered(province):
            pass
        cursor.execute("DROP TABLE search_person")
    return search.tally.cells()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Where is searched, and how low."""

    province: str
    deciles_max: int
    progress: Progress


class _Search:
    """One pass through a province of an extract: who is low, whose household is settled, who is known."""

    def __init__(self, cursor: CursorWrapper, join: ExtractJoin, *, on: date) -> None:
        require_current_keys(cursor)
        self.cursor = cursor
        self.join = join
        self.on = on
        self.ring: KeyRing = key_ring()
        self.tally = _Tally()
        self.known: dict[bytes, KnownPerson] = {}
        if not join.has_learnt:
            join.learn("settling", candidates.settling_indexes(cursor, on=on))
            join.learn("known", candidates.wanted_indexes(cursor))

    def keep(self, actor: Actor, at: datetime, wanted: _Wanted) -> UncoveredSearch:
        """Search, and turn what is found into candidates and evidence."""
        province = wanted.province
        read_count = self.load_people(wanted)
        candidates.begin_keeping(self.cursor, province)
        for batch in self.uncovered(province):
            _keep_evidence(actor, at, candidates.stage_found(self.cursor, self.ring, batch))
        _keep_known_evidence(actor, at, self.known, self.join.known_deciles())
        changes = candidates.keep_staged(self.cursor, at=at, province=province)
        registered_count = candidates.keep_registered(
            self.cursor, at=at, on=self.on, province=province, deciles_max=wanted.deciles_max
        )
        low_count, settled_count = self.join.household_counts()
        return UncoveredSearch(
            read_person_count=read_count,
            low_household_count=low_count,
            covered_household_count=settled_count,
            found_count=self.tally.households.total(),
            added_count=changes.added_count,
            changed_count=changes.changed_count,
            left_count=changes.left_count,
            registered_count=registered_count,
            cells=self.tally.cells(),
        )

    def load_people(self, wanted: _Wanted) -> int:
        """Index everybody low beside the extract, and bring those here whom the database knows."""
        count = self.join.load(
            ring=self.ring, province=wanted.province, deciles_max=wanted.deciles_max, progress=wanted.progress
        )
        candidates.begin_search(self.cursor)
        for batch in self.join.known_people():
            candidates.stage_people(self.cursor, batch)
        self.known = candidates.known_people(self.cursor)
        return count

    def uncovered(self, province: str) -> Iterable[list[FoundHousehold]]:
        """The households that nobody covers, in batches; counts them on the way."""
        for batch in self.join.unsettled_households():
            found = self._found(province, batch)
            for one in found:
                self.tally.add(one)
            yield found

    def _found(self, province: str, households: Sequence[LowDecileHousehold]) -> list[FoundHousehold]:
        indexes = subject_indexes(self.ring, [one.head_national_id for one in households])
        found: list[FoundHousehold] = []
        for index, one in zip(indexes, households, strict=True):
            person = self.known.get(index)
            if person is not None and person.is_dead:
                continue
            found.append(
                FoundHousehold(
                    subject_index=index,
                    national_id=one.head_national_id,
                    mobile=_read_mobile(one.mobile),
                    person_id=None if person is None else person.person_id,
                    household_id=None if person is None else person.household_id,
                    province=province,
                    county=one.county,
                    official_decile=one.official_decile,
                    decile_on=one.decile_on,
                    household_size=one.household_size,
                )
            )
        return found


def _read_mobile(text: str) -> str:
    try:
        return parse_mobile(text) if text else ""
    except MobileInvalid:
        return ""


def _keep_evidence(actor: Actor, at: datetime, kept: Sequence[tuple[FoundHousehold, bytes]]) -> None:
    evidence = [
        official_decile(
            subject_index=found.subject_index,
            subject_sealed=sealed,
            decile=found.official_decile,
            decile_on=found.decile_on,
        )
        for found, sealed in kept
    ]
    record_evidence_many(actor=actor, at=at, purpose=PURPOSE, evidence=evidence)


def _keep_known_evidence(
    actor: Actor, at: datetime, known: dict[bytes, KnownPerson], deciles: dict[str, tuple[int, date]]
) -> None:
    evidence = [
        official_decile(
            subject_index=index,
            subject_sealed=person.id_sealed,
            decile=deciles[person.household_no][0],
            decile_on=deciles[person.household_no][1],
        )
        for index, person in known.items()
        if person.household_no in deciles
    ]
    record_evidence_many(actor=actor, at=at, purpose=PURPOSE, evidence=evidence)
