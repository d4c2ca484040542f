"""Puts the province together: people in households, who covers whom, names, numbers, charities and their habits."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from simulation.chance import Flags, Ints
from simulation.charities import Charity, charity_places, make_charities
from simulation.coverage import (
    AgencyCoverage,
    Caseload,
    Coverage,
    Scale,
    agency_coverage,
    assign_charities,
    client_order,
)
from simulation.households import Households, draw_households
from simulation.identities import Identities, give_identities
from simulation.marginal_rows import marginal_rows
from simulation.names import Names, name_people
from simulation.people import People, make_people
from simulation.styles import Style, make_styles
from simulation.survey_rows import read_survey

# Told after each step: what is being done, how much of it is done, how much there is.
Progress: TypeAlias = Callable[[str, int, int], None]
STEPS = 6


@dataclass(frozen=True, slots=True)
class Province:
    """Everything that is true in the pilot."""

    seed: int
    scale: Scale
    households: Households
    people: People
    names: Names
    identities: Identities
    coverage: Coverage
    charities: list[Charity]
    styles: list[Style]
    register: Flags
    """Households whose members may enter the register."""


def make_province(seed: int, scale: Scale, survey: Path | None, progress: Progress) -> Province:
    """Make the whole province in memory."""
    progress("province", 0, STEPS)
    rows = read_survey(survey) if survey else marginal_rows(seed)
    progress("province", 1, STEPS)
    households = draw_households(seed, rows, scale.population)
    progress("province", 2, STEPS)
    people = make_people(seed, households)
    progress("province", 3, STEPS)
    agencies = agency_coverage(seed, households, scale)
    charities = make_charities(seed, scale.charities, round(scale.needy * 0.42))
    styles = make_styles(seed, [charity.capacity for charity in charities])
    caseload = draw_caseload(seed, households, agencies, (scale, charities, styles))
    coverage = Coverage(*agencies, caseload)
    progress("province", 4, STEPS)
    identities = give_identities(seed, households, people, ever_covered(households, coverage))
    progress("province", 5, STEPS)
    names = name_people(seed, households, people)
    progress("province", 6, STEPS)
    return Province(
        seed=seed,
        scale=scale,
        households=households,
        people=people,
        names=names,
        identities=identities,
        coverage=coverage,
        charities=charities,
        styles=styles,
        register=identities.register[people.first],
    )


def draw_caseload(
    seed: int,
    households: Households,
    agencies: tuple[AgencyCoverage, AgencyCoverage],
    charity_side: tuple[Scale, list[Charity], list[Style]],
) -> Caseload:
    """Fill the charities' files until they list the wanted number of different people."""
    scale, charities, styles = charity_side
    order = client_order(seed, households, agencies)[: scale.needy]
    shares = assign_charities(
        seed,
        households.place[order],
        charity_places(charities),
        np.array([charity.capacity for charity in charities], dtype=float),
    )
    with_members = np.zeros(len(order), dtype=bool)
    for positions, style in zip(shares, styles, strict=True):
        with_members[positions] |= style.lists_members
    listed = np.cumsum(np.where(with_members, households.size[order], 1))
    last = int(np.searchsorted(listed, scale.needy))
    kept = [positions[positions <= last] for positions in shares]
    return Caseload(
        charity=np.repeat(np.arange(len(charities)), [len(positions) for positions in kept]),
        household=order[np.concatenate(kept)],
    )


def ever_covered(households: Households, coverage: Coverage) -> Flags:
    """Mark households that anybody covers or has covered."""
    marked = np.zeros(len(households), dtype=bool)
    for chosen in (coverage.imdad.household, coverage.behzisti.household, coverage.caseload.household):
        marked[chosen] = True
    return marked


def register_households(province: Province) -> Ints:
    """Give the households whose members may enter the register."""
    return np.flatnonzero(province.register)
