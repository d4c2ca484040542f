"""Makes the records portion by portion and writes them: RECORDS.csv, TRUTH.csv and, if asked, STORY.csv."""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulation.chance import chance
from simulation.person_records.date_cells import date_cells, gender_cells
from simulation.person_records.listing import CaseFiles, CaseNumbers, Listing, list_people
from simulation.person_records.name_cells import Ground, name_cells
from simulation.person_records.number_cells import case_cells, id_cells, mobile_cells
from simulation.person_records.numbers import NumberStock
from simulation.person_records.offices import RECORDS_OF_ONE, make_offices
from simulation.person_records.people import Homes, Persons, make_people
from simulation.person_records.place_cells import place_cells
from simulation.person_records.recipe import PLAIN, Recipe
from simulation.person_records.story import Story

COLUMNS = (
    "record_id", "source", "given_name", "family_name", "father_name", "national_id", "birth_date", "gender", "mobile",
    "province", "county", "address", "postal_code", "file_no",
)  # fmt: skip
FEWEST_CHARITIES = 8
HOMES_OF_PORTION = 40_000
RECORD_ROOM = 2**31 - 1  # a prime: the walk below meets every number once
RECORD_STEP = 1_103_515_245
RELATIONS = ("head", "spouse", "elder", "child")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: how many records, of which mixture, from how many charities, with or without case numbers."""

    records: int
    seed: int = 1405
    recipe: Recipe = PLAIN
    sources: int = 0
    with_file_no: bool = True
    with_story: bool = False


@dataclass(frozen=True, slots=True)
class RecordPaths:
    """The written files; the story tells what was done to each record."""

    records: Path
    truth: Path
    story: Path


def write_records(order: Order, out: Path, progress: Callable[[int], None] = lambda _written: None) -> RecordPaths:
    """Write the files; `progress` hears after each portion how many records there are."""
    out.mkdir(parents=True, exist_ok=True)
    paths = RecordPaths(out / "RECORDS.csv", out / "TRUTH.csv", out / "STORY.csv")
    with ExitStack() as opened:

        def writer(path: Path, heading: tuple[str, ...]) -> Any:  # csv's writer has no public type
            lines = csv.writer(opened.enter_context(path.open("w", encoding="utf-8", newline="")), lineterminator="\n")
            lines.writerow(heading)
            return lines

        records = writer(paths.records, COLUMNS if order.with_file_no else COLUMNS[:-1])
        truth = writer(paths.truth, ("record_id", "person_id"))
        story = writer(paths.story, ("record_id", "person_id", "household_id", "clan_id", "relation", "born", "story"))
        written = 0
        for portion in make_portions(order):
            rows = portion.columns if order.with_file_no else portion.columns[:-1]
            records.writerows(zip(*rows, strict=True))
            truth.writerows(zip(portion.columns[0], portion.persons, strict=True))
            if order.with_story:
                story.writerows(zip(portion.columns[0], portion.persons, *portion.story, strict=True))
            written += len(portion.persons)
            progress(written)
    if not order.with_story:
        paths.story.unlink()
    return paths


@dataclass(frozen=True, slots=True)
class Portion:
    """Some records, column by column."""

    columns: list[list[str]]
    persons: list[str]
    story: list[list[str]]


def make_portions(order: Order) -> Iterator[Portion]:
    """Make portions until there are as many records as wanted; the last one is cut."""
    charities = order.sources or max(FEWEST_CHARITIES, order.records // RECORDS_OF_ONE)
    offices = make_offices(order.seed, order.recipe, charities)
    stock = NumberStock(order.seed, len(offices.counties))
    numbers = CaseNumbers(chance(order.seed, "case numbers"), len(offices))
    left, number, persons_before, homes_before = order.records, 0, 0, 0
    while left > 0:
        homes_count = max(60, min(HOMES_OF_PORTION, left // 3))
        homes, people = make_people(order.seed, number, order.recipe, offices, stock, homes_count)
        rng = chance(order.seed, f"records {number}")
        files, listing = list_people(rng, order.recipe, offices, homes, people, numbers)
        listing = listing.take(rng.permutation(len(listing.person))[:left])
        before = (order.records - left, persons_before, homes_before)
        yield write_portion(
            rng, Ground(order.recipe, offices, people, listing, Story(len(listing.person))), homes, files, before
        )
        left -= len(listing.person)
        persons_before += len(people)
        homes_before += homes_count
        number += 1


def write_portion(
    rng: np.random.Generator, ground: Ground, homes: Homes, files: CaseFiles, before: tuple[int, int, int]
) -> Portion:
    """Fill all columns of one portion."""
    listing, people = ground.listing, ground.people
    count = len(listing.person)
    ground.story.mark("again", listing.again)
    ground.story.mark("alone", listing.alone)
    ground.story.mark("guest", listing.guest)
    given, family, father = name_cells(rng, ground)
    national_id = id_cells(rng, ground, homes)
    birth, gender = date_cells(rng, ground, homes), gender_cells(rng, ground)
    mobile = mobile_cells(rng, ground, homes, rng.integers(0, 1000, len(files.home)))
    province, county, address, postal = place_cells(rng, ground, homes, files)
    walked = ((np.arange(count, dtype=object) + before[0] + 1) * RECORD_STEP) % RECORD_ROOM
    columns = [
        [f"r{int(value):010d}" for value in walked],
        [f"C{value + 1:05d}" for value in listing.office.tolist()],
        *(cells.tolist() for cells in (given, family, father, national_id, birth, gender, mobile)),
        *(cells.tolist() for cells in (province, county, address, postal, case_cells(ground))),
    ]
    persons = [f"p{value + before[1]:08d}" for value in listing.person.tolist()]
    return Portion(columns, persons, tell(people, listing, homes, ground.story, before[2]))


def tell(people: Persons, listing: Listing, homes: Homes, story: Story, homes_before: int) -> list[list[str]]:
    """Give household, clan, relation, true birth and damage of every record."""
    home = people.home[listing.person]
    return [
        [f"h{value + homes_before:07d}" for value in home.tolist()],
        [f"k{value + homes_before:07d}" for value in homes.clan[home].tolist()],
        [RELATIONS[value] for value in people.relation[listing.person].tolist()],
        [str(value) for value in people.birth[listing.person].tolist()],
        story.texts(),
    ]
