"""What the national data banks know of everybody who may enter the register: one row a person with an identifier.

Household facts are laid on single members (a wage on who works, a car on the head), so that every bank tells of one and
the same province. Shares that are not in the facts are assumptions, named here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sakha.vocabulary.fact_names import FactName
from simulation.chance import Flags, Ints, chance
from simulation.coverage import BEHZISTI_KINDS, IMDAD_KINDS, POOR_TO_DECILE, AgencyCoverage
from simulation.identities import ID_KINDS, NATIONAL, NONE
from simulation.names import families, given_texts
from simulation.people import CHILD, EPOCH, HEAD, OTHER, PARENT, PILOT_ON, RELATIONS, SPOUSE, ages_on
from simulation.province import Province
from simulation.shipped_tables import places
from simulation.tables_out import DECILE_DAYS, PROVINCE_CODE, write_parquet

TODAY = (PILOT_ON - EPOCH).days
# Assumptions: who of them died within the last year, by age; whose SIM card stands in a relative's name; who draws
# the subsidy in another household than the one that is lived in.
DIED_OLD, DIED_OTHER = 0.012, 0.0008
SIM_OF_A_RELATIVE = 0.08
SUBSIDY_APART = 0.2
# Postal codes are made of the household's number, as in the charities' files.
POSTAL_PREFIX = 31
POSTAL_DIGITS = np.array([1, 3, 4, 5, 6, 7, 8, 9])
POSTAL_PLACES = 8
# Cash subsidy of one person a month: four million rial for the lowest deciles, three for the others.
SUBSIDY_POOR, SUBSIDY = 4_000_000, 3_000_000
RESIDENCES, RESIDENCE_SHARES = ("NONE", "CENSUS", "CARD", "PASSPORT", "REFUGEE"), (0.0, 0.45, 0.35, 0.12, 0.08)


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody of the register's households, in the province's order: position, household, place in the facts."""

    person: Ints
    household: Ints
    line: Ints
    age: Ints
    relation: Ints

    @property
    def head(self) -> Flags:
        """Mark the heads."""
        return np.asarray(self.relation == HEAD)


def write_bank_people(province: Province, register: Ints, facts: dict[FactName, Ints], path: Path) -> None:
    """Write what the banks know, sorted by identifier."""
    members = register_members(province, register)
    columns = {
        **civil_columns(province, members),
        **home_columns(province, members),
        **money_columns(province, members, facts),
        **coverage_columns(province, members),
    }
    identities = province.identities
    order = np.argsort(identities.number[members.person], kind="stable")
    order = order[identities.id_kind[members.person[order]] != NONE]
    write_parquet(path, {name: values[order] for name, values in columns.items()}, SELECT)


def register_members(province: Province, register: Ints) -> Members:
    """Lay out the members of the register's households."""
    people = province.people
    person = np.flatnonzero(province.register[people.household])
    household = people.household[person]
    return Members(
        person=person,
        household=household,
        line=np.searchsorted(register, household),
        age=ages_on(people, person),
        relation=people.relation[person],
    )


def civil_columns(province: Province, members: Members) -> dict[str, Any]:
    """Who is who: names, birth, death, family."""
    rng = chance(province.seed, "bank civil")
    people, identities, names = province.people, province.identities, province.names
    person, head = members.person, province.people.first[members.household]
    chance_of_death = np.where(members.age >= 70, DIED_OLD, DIED_OTHER)
    died = rng.random(len(person)) < chance_of_death
    died_day = TODAY - rng.integers(5, 360, len(person))
    spouse = spouse_of_head(province, members)
    child = members.relation == CHILD
    head_female = people.female[head]
    number = identities.number
    children = np.bincount(members.line, weights=child, minlength=int(members.line[-1]) + 1).astype(np.int64)
    parent = members.head | (members.relation == SPOUSE)
    partner = np.where(members.head, spouse, np.where(members.relation == SPOUSE, number[head], 0))
    father = np.where(child, np.where(head_female, 0, number[head]), 0)
    mother = np.where(child, np.where(head_female, number[head], spouse), 0)
    given, family = np.array(given_texts(), dtype=object), np.array(families().names, dtype=object)
    return {
        "number": number[person],
        "kind": np.array([kind.value for kind in ID_KINDS], dtype=object)[identities.id_kind[person]],
        "person": person,
        "relation": np.array(RELATIONS, dtype=object)[members.relation],
        "given": given[names.given[person]],
        "family": family[names.family[person]],
        "father_name": given[names.father[person]],
        "birth": people.birth[person],
        "female": people.female[person],
        "died": np.where(died & (died_day > people.birth[person]), died_day, 0),
        "marital": marital_letters(members, partner, children),
        "children": np.where(parent, children[members.line], 0),
        "spouse": partner,
        "father": father,
        "mother": mother,
    }


def marital_letters(members: Members, partner: Ints, children: Ints) -> Any:
    """Give the letter of everybody's marital status: single, married, widowed, divorced."""
    alone_with_children = members.head & (partner == 0) & (children[members.line] > 0)
    old = members.age >= 60
    letters = np.where(alone_with_children | (members.head & old), np.where(old, "W", "D"), "S")
    letters = np.where(members.relation == PARENT, "W", letters)
    return np.where((partner > 0) | (members.relation == SPOUSE), "M", letters).astype(object)


def spouse_of_head(province: Province, members: Members) -> Ints:
    """Give for each member the number of the head's spouse, 0 where there is none."""
    numbers = np.zeros(len(province.households), dtype=np.int64)
    spouses = members.person[members.relation == SPOUSE]
    numbers[province.people.household[spouses]] = province.identities.number[spouses]
    return numbers[members.household]


def home_columns(province: Province, members: Members) -> dict[str, Any]:
    """Where they live, whose telephone they use, with whom they draw the subsidy."""
    rng = chance(province.seed, "bank home")
    people, identities, households = province.people, province.identities, province.households
    head = people.first[members.household]
    head_number = identities.number[head]
    own = identities.number[members.person]
    mobile = identities.mobile[members.person]
    owner = np.where(mobile == identities.mobile[head], head_number, own)
    borrowed = rng.random(len(owner)) < SIM_OF_A_RELATIVE
    spouse = spouse_of_head(province, members)
    owner = np.where(borrowed & (spouse > 0) & members.head, spouse, np.where(borrowed, head_number, owner))
    apart = np.isin(members.relation, (PARENT, OTHER)) & (members.age >= 18)
    apart &= rng.random(len(apart)) < SUBSIDY_APART
    spot = households.place[members.household]
    table = places()
    return {
        "household": members.household,
        "head": head_number,
        "is_head": members.head,
        "size": households.size[members.household],
        "decile": households.official_decile[members.household],
        "county": np.array([int(code) for code in table.counties], dtype=np.int16)[spot],
        "place": np.array(table.names, dtype=object)[spot],
        "mobile": mobile,
        "mobile_owner": np.where(mobile > 0, np.where(owner > 0, owner, own), 0),
        "subsidy_head": np.where(apart, own, head_number),
        "subsidy_household": np.where(apart, members.person + 5_000_000, members.household),
        "subsidy_size": np.where(apart, 1, households.size[members.household]),
        "postal": postal_codes(members.household),
        "house": 1 + members.household % 97,
    }


def postal_codes(households: Ints) -> Ints:
    """Give the postal code of each household."""
    left, codes = households.astype(np.int64) + 8 ** (POSTAL_PLACES - 1), np.zeros(len(households), dtype=np.int64)
    for place in range(POSTAL_PLACES):
        left, digit = np.divmod(left, 8)
        codes += POSTAL_DIGITS[digit] * 10**place
    return np.asarray(codes + POSTAL_PREFIX * 10**POSTAL_PLACES)


def first_of_each(members: Members, may: Flags, count: Ints) -> Flags:
    """Mark the first `count` of those who may, household by household."""
    starts = np.flatnonzero(np.diff(members.household, prepend=-1))
    sizes = np.diff(np.append(starts, len(members.household)))
    running: Ints = np.cumsum(may)
    before: Ints = np.repeat(running[starts] - may[starts], sizes)
    return np.asarray(may & (running - before <= count))


def split(amount: Ints, members: Members, bearers: Flags) -> Ints:
    """Lay a household's amount on its bearers in equal parts; on the head when there is none."""
    count = np.bincount(members.line, weights=bearers, minlength=int(members.line[-1]) + 1)[members.line]
    bearers = np.where(count > 0, bearers, members.head)
    return np.where(bearers, amount // np.maximum(count, 1).astype(np.int64), 0)


def money_columns(province: Province, members: Members, facts: dict[FactName, Ints]) -> dict[str, Any]:
    """Work, pension, insurance, cars, houses, and what goes through their accounts."""
    rng = chance(province.seed, "bank money")
    of = {name: facts[name][members.line] for name in facts}
    may_work = (members.age >= 15) & (members.age < 70)
    works = first_of_each(members, may_work, of[FactName.N_EMPLOYED])
    anybody = np.ones(len(may_work), dtype=bool)
    owns = np.isin(of[FactName.TENURE], (1, 2)) * members.head
    adult = members.age >= 18
    decile = province.households.true_decile[members.household].astype(np.int64)
    turnover = np.clip((decile + rng.integers(-1, 2, len(decile)) + 1) // 3, 0, 4)
    cars = (of[FactName.HAS_CAR] > 0) & members.head
    return {
        "wage_public": split(of[FactName.WAGE_PUBLIC_ANNUAL], members, works),
        "wage_private": split(of[FactName.WAGE_PRIVATE_ANNUAL], members, works),
        "pension": split(of[FactName.PENSION_ANNUAL], members, members.head),
        "interest": split(of[FactName.INTEREST_ANNUAL], members, members.head),
        "insured": first_of_each(members, anybody, of[FactName.N_HEALTH_INSURED]),
        "pays_pension": first_of_each(members, adult, of[FactName.N_PENSION_INSURED]),
        "cars": cars.astype(np.int8),
        "motorcycles": ((of[FactName.HAS_MOTORCYCLE] > 0) & members.head).astype(np.int8),
        "car_year": np.where(cars, 2001 + decile * 2 + rng.integers(0, 5, len(decile)), 0),
        "dwellings": owns,
        "properties": owns + ((of[FactName.RENT_INCOME_ANNUAL] > 0) & members.head),
        "turnover": np.where(adult, turnover, 0),
        "subsidy": np.where(decile <= POOR_TO_DECILE, SUBSIDY_POOR, SUBSIDY),
        "residence": rng.choice(RESIDENCES, len(decile), p=RESIDENCE_SHARES).astype(object),
        "permit_ends": TODAY + rng.integers(30, 700, len(decile)),
    }


def coverage_columns(province: Province, members: Members) -> dict[str, Any]:
    """Since when, until when and how the two agencies cover the household (0 = open, or nobody)."""
    columns: dict[str, Any] = {}
    citizen = province.identities.id_kind[members.person] == NATIONAL
    for name, agency, kinds in (
        ("imdad", province.coverage.imdad, IMDAD_KINDS),
        ("behzisti", province.coverage.behzisti, BEHZISTI_KINDS),
    ):
        since, until, kind = spread_agency(agency, len(province.households))
        columns[f"{name}_from"] = np.where(citizen, since[members.household], 0)
        columns[f"{name}_to"] = until[members.household]
        columns[f"{name}_kind"] = np.array(kinds, dtype=object)[kind[members.household]]
    return columns


def spread_agency(agency: AgencyCoverage, count: int) -> tuple[Ints, Ints, Ints]:
    """Lay an agency's list on all households."""
    since, until, kind = (np.zeros(count, dtype=np.int64) for _ in range(3))
    since[agency.household], until[agency.household], kind[agency.household] = (
        agency.from_day,
        agency.to_day,
        agency.kind,
    )
    return since, until, kind


def _day(name: str) -> str:
    return f"CASE WHEN {name} <> 0 THEN DATE '1970-01-01' + {name}::INTEGER END"


def _permit() -> str:
    return "CASE WHEN kind = 'FIDA' THEN DATE '1970-01-01' + permit_ends::INTEGER END"


def _number(name: str) -> str:
    return f"CASE WHEN {name} > 0 THEN {name}::VARCHAR END"


def _kind(agency: str) -> str:
    return f"CASE WHEN {agency}_from <> 0 THEN {agency}_kind END AS {agency}_kind"


FRESH, STALE = DECILE_DAYS
SELECT = ", ".join(
    (
        "number::VARCHAR AS identifier, kind AS id_kind, person::INTEGER AS person_no",
        "given AS given_name, family AS family_name, father_name",
        f"DATE '1970-01-01' + birth::INTEGER AS birth_on, {_day('died')} AS died_on",
        "CASE WHEN female THEN 'F' ELSE 'M' END AS gender, relation, marital",
        "children::SMALLINT AS child_count",
        f"{_number('spouse')} AS spouse, {_number('father')} AS father, {_number('mother')} AS mother",
        f"'H' || lpad(household::VARCHAR, 7, '0') AS household_no, {_number('head')} AS head, is_head",
        "size::SMALLINT AS household_size, decile::SMALLINT AS official_decile",
        f"CASE WHEN household % 10 = 3 THEN DATE '{STALE}' ELSE DATE '{FRESH}' END AS decile_on",
        f"'{PROVINCE_CODE}' AS province, lpad(county::VARCHAR, 4, '0') AS county, place",
        f"CASE WHEN mobile > 0 THEN '+98' || mobile::VARCHAR END AS mobile, {_number('mobile_owner')} AS mobile_owner",
        "'Y' || lpad(subsidy_household::VARCHAR, 7, '0') AS subsidy_household",
        f"{_number('subsidy_head')} AS subsidy_head, subsidy_size::SMALLINT AS subsidy_size",
        "postal::VARCHAR AS postal_code, house::SMALLINT AS house",
        "wage_public::BIGINT AS wage_public_annual, wage_private::BIGINT AS wage_private_annual",
        "pension::BIGINT AS pension_annual, interest::BIGINT AS interest_annual",
        "insured AS health_insured, pays_pension AS pension_insured",
        "cars::SMALLINT AS car_count, motorcycles::SMALLINT AS motorcycle_count, car_year::SMALLINT AS car_year",
        "dwellings::SMALLINT AS dwelling_count, properties::SMALLINT AS property_count",
        "turnover::SMALLINT AS turnover_class, (subsidy * subsidy_size)::BIGINT AS subsidy_monthly",
        f"CASE WHEN kind = 'FIDA' THEN residence END AS residence_status, {_permit()} AS permit_ends_on",
        f"{_day('imdad_from')} AS imdad_from, {_day('imdad_to')} AS imdad_to, {_kind('imdad')}",
        f"{_day('behzisti_from')} AS behzisti_from, {_day('behzisti_to')} AS behzisti_to, {_kind('behzisti')}",
    )
)
