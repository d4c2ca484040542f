"""Decides who stands in which charity's files: case files of households, of persons, opened twice, with a guest in."""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Ints
from simulation.person_records.offices import FILE_EACH, HEAD_ONLY, SOME_MEMBERS, Offices
from simulation.person_records.people import CHILD, ELDER, HEAD, Homes, Persons
from simulation.person_records.recipe import Recipe


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """One entry a visit of a household to a charity; `after` is whether it lived in its later place by then."""

    home: Ints
    office: Ints
    after: Flags


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry a record: the visit, the person, the number of the case file, what is odd about its being there."""

    visit: Ints
    person: Ints
    office: Ints
    case_number: Ints
    again: Flags
    alone: Flags
    guest: Flags

    def take(self, places: Ints) -> "Listing":
        """Give some of the records, in this order."""
        return Listing(
            self.visit[places], self.person[places], self.office[places], self.case_number[places],
            self.again[places], self.alone[places], self.guest[places],
        )  # fmt: skip


class CaseNumbers:
    """Counts the case files of each charity over all portions; the same number may stand at two charities."""

    def __init__(self, rng: np.random.Generator, offices: int) -> None:
        """Let every charity begin at a number of its own."""
        self._next = rng.integers(100, 4000, offices)

    def draw(self, office: Ints) -> Ints:
        """Give the next number of each charity."""
        order = np.argsort(office, kind="stable")
        ordered = office[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        rank = np.empty(len(office), dtype=np.int64)
        rank[order] = np.arange(len(office)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
        numbers = self._next[office] + rank
        np.add.at(self._next, office, 1)
        return np.asarray(numbers)


def open_files(rng: np.random.Generator, recipe: Recipe, offices: Offices, homes: Homes) -> CaseFiles:
    """Let every household go to one to four charities near its home, before or after it moved."""
    shares = np.array(recipe.files_of_household)
    count = 1 + rng.choice(len(shares), len(homes.kind), p=shares / shares.sum())
    home = np.repeat(np.arange(len(homes.kind)), count)
    rank = np.arange(len(home)) - np.repeat(np.cumsum(count) - count, count)
    after = rng.random(len(home)) < np.where(rank == 0, 0.25, 0.75)
    office = offices.draw_in(rng, np.where(after, homes.county_after[home], homes.county[home]))
    key = home * len(offices) + office
    first = np.zeros(len(home), dtype=bool)
    first[np.unique(key, return_index=True)[1]] = True
    anew = np.flatnonzero(first & (rng.random(len(home)) < recipe.reopened))
    kept = np.r_[np.flatnonzero(first), anew]
    after = np.r_[after[first], np.ones(len(anew), dtype=bool)]
    return CaseFiles(home[kept], office[kept], after)


def list_people(
    rng: np.random.Generator, recipe: Recipe, offices: Offices, homes: Homes, people: Persons, numbers: CaseNumbers
) -> tuple[CaseFiles, Listing]:
    """List the members of every file as its charity lists them, then those who apply alone, guests and doubles."""
    files = open_files(rng, recipe, offices, homes)
    size = homes.size[files.home]
    visit = np.repeat(np.arange(len(files.home)), size)
    seat = np.arange(len(visit)) - np.repeat(np.cumsum(size) - size, size)
    person = homes.first[files.home[visit]] + seat
    listing = offices.listing[files.office[visit]]
    draw = rng.random(len(visit))
    kept = (seat == 0) | (listing < SOME_MEMBERS) | ((listing == SOME_MEMBERS) & (draw < 0.55))
    kept |= (listing == FILE_EACH) & (draw < 0.8)
    kept &= (seat == 0) | (listing != HEAD_ONLY)
    visit, person = visit[kept], person[kept]
    guest_visit, guest = draw_guests(rng, recipe, homes, people, files)
    files, alone_visit, alone = add_alone(rng, recipe, offices, homes, people, files)
    again = np.flatnonzero(rng.random(len(visit)) < recipe.again)
    parts = (len(visit), len(guest), len(alone), len(again))
    visit = np.r_[visit, guest_visit, alone_visit, visit[again]]
    person = np.r_[person, guest, alone, person[again]]
    office = files.office[visit]
    number = numbers.draw(files.office)[visit]
    own_file = offices.listing[office] == FILE_EACH
    number[own_file] = numbers.draw(office[own_file])
    kind = np.repeat(np.arange(4), parts)
    number[len(number) - len(again) :] = number[again]
    return files, Listing(visit, person, office, number, kind == 3, kind == 2, kind == 1)


def draw_guests(
    rng: np.random.Generator, recipe: Recipe, homes: Homes, people: Persons, files: CaseFiles
) -> tuple[Ints, Ints]:
    """Draw relatives of the next household of the clan who are listed here too: mostly the old and the heads."""
    neighbour = np.minimum(files.home + 1, len(homes.kind) - 1)
    related = (homes.clan[neighbour] == homes.clan[files.home]) & (neighbour != files.home)
    chosen = np.flatnonzero(related & (rng.random(len(files.home)) < recipe.guest * 2))
    first, size = homes.first[neighbour[chosen]], homes.size[neighbour[chosen]]
    guest = first + np.where(rng.random(len(chosen)) < 0.5, 0, rng.integers(0, 100, len(chosen)) % size)
    old = first + np.minimum(2, size - 1)
    return chosen, np.where(people.relation[old] == ELDER, old, guest)


def add_alone(
    rng: np.random.Generator, recipe: Recipe, offices: Offices, homes: Homes, people: Persons, files: CaseFiles
) -> tuple[CaseFiles, Ints, Ints]:
    """Open files of their own for grown-up members, mostly elsewhere than where the household goes."""
    grown = (people.ages() > 18) & (people.relation != HEAD)
    share = recipe.alone * np.where(people.relation == CHILD, 1.5, 0.8)
    person = np.flatnonzero(grown & (rng.random(len(people)) < share))
    home = people.home[person]
    after = rng.random(len(person)) < 0.6
    office = offices.draw_in(rng, np.where(after, homes.county_after[home], homes.county[home]))
    more = CaseFiles(
        np.r_[files.home, home], np.r_[files.office, office], np.r_[files.after, after]
    )  # fmt: skip
    return more, len(files.home) + np.arange(len(person)), person
