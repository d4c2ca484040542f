"""Fills households with people: who is head, spouse, child, parent; sex, birth date. Names and numbers come later."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulation.chance import Flags, Ints, chance
from simulation.households import Households
from simulation.survey_rows import SurveyRows

# The day on which the pilot stands still (10 Aban 1405).
PILOT_ON = date(2026, 11, 1)
EPOCH = date(1970, 1, 1)
HEAD, SPOUSE, CHILD, PARENT, OTHER = range(5)
RELATIONS = ("HEAD", "SPOUSE", "CHILD", "PARENT", "OTHER")
# How the sex of a member is drawn.
DRAWN, MALE, FEMALE = -1, 0, 1


@dataclass(frozen=True, slots=True)
class People:
    """One entry a person, household by household, the head first. `first` holds each household's first person."""

    household: Ints
    first: Ints
    relation: Ints
    female: Flags
    birth: Ints  # days since 1970

    def __len__(self) -> int:
        """Count the people."""
        return len(self.household)


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the survey row implies one: ages from and to, sex fixed or drawn."""

    relation: int
    sex: int
    age_from: int
    age_to: int


def row_members(columns: dict[str, Ints], row: int) -> list[Member]:
    """Say who lives in a household of this row."""
    left = {name: int(values[row]) for name, values in columns.items() if name.startswith("n_age")}
    size, head_age = int(columns["hhsize"][row]), max(int(columns["head_age"][row]), 18)
    female = int(columns["head_female"][row])
    members = [Member(HEAD, female, head_age, head_age)]
    left["n_age65p"] -= head_age >= 65
    if columns["head_marital"][row] == 1 and not female and size > 1:
        low, high = max(head_age - 9, 17), max(head_age, 18)
        old = left["n_age65p"] > 0 and head_age >= 60
        members.append(Member(SPOUSE, FEMALE, 65, max(65, high)) if old else Member(SPOUSE, FEMALE, low, high))
        left["n_age65p"] -= old
    for name, low, high in (("n_age0_5", 0, 5), ("n_age6_14", 6, 14), ("n_age15_18", 15, 18)):
        relation = CHILD if head_age - high >= 16 and head_age - low <= 62 else OTHER
        members += [Member(relation, DRAWN, low, high)] * left[name]
    for _ in range(max(left["n_age65p"], 0)):
        members.append(Member(PARENT if head_age < 60 else OTHER, DRAWN, 65, 86))
    grown_to = min(head_age - 17, 45)
    grown = Member(CHILD, DRAWN, 19, grown_to) if grown_to >= 20 else Member(OTHER, DRAWN, 19, 45)
    members += [grown] * (size - len(members))
    return members[:size]


def make_people(seed: int, households: Households) -> People:
    """Fill every household."""
    rng = chance(seed, "people")
    template, starts = member_templates(households.rows)
    size = households.size.astype(np.int64)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    household = np.repeat(np.arange(len(size), dtype=np.int32), size)
    within = np.arange(len(household)) - np.repeat(first, size)
    place = np.repeat(starts[households.row], size) + within
    relation, sex, low, high = (template[:, index][place] for index in range(4))
    count = len(household)
    female = np.where(sex == DRAWN, rng.random(count) < 0.495, sex == FEMALE)
    shift = np.repeat(rng.integers(-1, 2, len(size)), size)  # the same year or two for head and spouse
    age = low + rng.random(count) * (high - low + 1) + np.where(relation <= SPOUSE, shift, 0)
    birth = (PILOT_ON - EPOCH).days - (np.maximum(age, 0.02) * 365.2425).astype(np.int32)
    return People(
        household=household,
        first=first,
        relation=relation.astype(np.int8),
        female=female,
        birth=birth.astype(np.int32),
    )


def member_templates(rows: SurveyRows) -> tuple[Ints, Ints]:
    """Lay the members of all rows end to end, and say where each row begins."""
    members = [row_members(rows.columns, row) for row in range(len(rows))]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in members])[:-1]])
    flat = [(one.relation, one.sex, one.age_from, one.age_to) for row in members for one in row]
    return np.array(flat, dtype=np.int16), starts


def ages_on(people: People, chosen: Ints | slice) -> Ints:
    """Give ages in whole years on the pilot's day."""
    days = (PILOT_ON - EPOCH).days - people.birth[chosen]
    return (days // 365.2425).astype(np.int16)
