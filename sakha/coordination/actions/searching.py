"""The search for the uncovered: low decile, and nobody of the household covered by any agency or charity.

Everybody low in the extract is indexed in batches and compared in the database with the register and with the coverage
of the whole country; only the households that nobody covers stay. How low is low is decided by whoever asks.
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
from sakha.databanks.queries import welfare_extract
from sakha.databanks.queries.welfare_extract import LowDecileHousehold
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

    low: int = 0
    covered: int = 0
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
    with acting(SYSTEM), connection.cursor() as cursor:
        search = _Search(cursor, on=timezone.localdate(at), province=province)
        read_count = search.load_people(extract, deciles_max, progress)
        candidates.begin_keeping(cursor, province)
        for batch in search.uncovered(extract, deciles_max):
            new = candidates.stage_found(cursor, search.ring, batch)
            _keep_evidence(actor, at, new)
        _keep_known_evidence(actor, at, search)
        changes = candidates.keep_staged(cursor, at=at, province=province)
        registered_count = candidates.keep_registered(
            cursor, at=at, on=search.on, province=province, deciles_max=deciles_max
        )
    return UncoveredSearch(
        read_person_count=read_count,
        low_household_count=search.tally.low,
        covered_household_count=search.tally.covered,
        found_count=search.tally.households.total(),
        added_count=changes.added_count,
        changed_count=changes.changed_count,
        left_count=changes.left_count,
        registered_count=registered_count,
        cells=search.tally.cells(),
    )


def count_uncovered(
    *, actor: Actor, at: datetime, extract: Path, province: str, deciles_max: int
) -> tuple[UncoveredCell, ...]:
    """Search without keeping anything: how many would be found, by county and decile."""
    require_province(actor, province)
    with acting(SYSTEM), connection.cursor() as cursor:
        search = _Search(cursor, on=timezone.localdate(at), province=province)
        search.load_people(extract, deciles_max, lambda _done, _total: None)
        for _ in search.uncovered(extract, deciles_max):
            pass
        cursor.execute("DROP TABLE search_person")
    return search.tally.cells()


class _Search:
    """One pass through an extract: who is low, whose household is covered, who is known to the register."""

    def __init__(self, cursor: CursorWrapper, *, on: date, province: str) -> None:
        require_current_keys(cursor)
        self.cursor = cursor
        self.on = on
        self.province = province
        self.ring: KeyRing = key_ring()
        self.tally = _Tally()
        self.settled: set[str] = set()
        self.known: dict[bytes, KnownPerson] = {}
        self.deciles: dict[str, tuple[int, date]] = {}

    def load_people(self, extract: Path, deciles_max: int, progress: Progress) -> int:
        """Index everybody low and learn from the database whose household is settled and who is known."""
        total = welfare_extract.low_decile_count(extract, province=self.province, deciles_max=deciles_max)
        done = 0
        candidates.begin_search(self.cursor)
        for batch in welfare_extract.low_decile_people(extract, province=self.province, deciles_max=deciles_max):
            indexes = subject_indexes(self.ring, [national_id for national_id, _ in batch])
            candidates.stage_people(self.cursor, zip(indexes, (number for _, number in batch), strict=True))
            done += len(batch)
            progress(done, total)
        self.settled = candidates.settled_households(self.cursor, on=self.on)
        self.known = candidates.known_people(self.cursor)
        return done

    def uncovered(self, extract: Path, deciles_max: int) -> Iterable[list[FoundHousehold]]:
        """The households that nobody covers, in batches; counts all of them on the way."""
        known_numbers = {person.household_no for person in self.known.values()}
        for batch in welfare_extract.low_decile_households(extract, province=self.province, deciles_max=deciles_max):
            self.tally.low += len(batch)
            self.deciles.update(
                (one.household_no, (one.official_decile, one.decile_on))
                for one in batch
                if one.household_no in known_numbers
            )
            open_ones = [one for one in batch if one.household_no not in self.settled]
            self.tally.covered += len(batch) - len(open_ones)
            found = self._found(open_ones)
            for one in found:
                self.tally.add(one)
            yield found

    def _found(self, households: Sequence[LowDecileHousehold]) -> list[FoundHousehold]:
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
                    province=self.province,
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


def _keep_known_evidence(actor: Actor, at: datetime, search: _Search) -> None:
    evidence = [
        official_decile(
            subject_index=index,
            subject_sealed=person.id_sealed,
            decile=search.deciles[person.household_no][0],
            decile_on=search.deciles[person.household_no][1],
        )
        for index, person in search.known.items()
        if person.household_no in search.deciles
    ]
    record_evidence_many(actor=actor, at=at, purpose=PURPOSE, evidence=evidence)
