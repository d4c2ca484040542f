"""Who covers whom: two agencies, and charities that reach overlapping places without knowing of each other.

Sizes follow published figures for Alborz: Imdad covers about 27,000 households, 55 % headed by women, about two people
each; the pilot registered 33,000 needy people. The 13,000 of Behzisti and all probabilities are assumptions.
"""

from dataclasses import dataclass

import numpy as np

from simulation.chance import Flags, Floats, Ints, chance, draw_without_return
from simulation.households import Households
from simulation.people import EPOCH, PILOT_ON
from simulation.shipped_tables import places

PILOT_NEEDY = 33_000
IMDAD, BEHZISTI, CHARITY = 1, 2, 4
POOR_TO_DECILE = 3
# Shares of client households by how many charities keep a file on them.
FILES_OF_HOUSEHOLD = (0.68, 0.19, 0.08, 0.035, 0.015)
IMDAD_KINDS = ("PENSION", "TEMPORARY", "SERVICE")
BEHZISTI_KINDS = ("DISABILITY_PENSION", "WOMAN_HEADED", "SERVICE")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything a pilot of this many needy people has."""

    needy: int
    population: int

    @property
    def imdad_households(self) -> int:
        """Count the households of Imdad."""
        return round(27_000 * self.needy / PILOT_NEEDY)

    @property
    def behzisti_households(self) -> int:
        """Count the households of Behzisti."""
        return round(13_000 * self.needy / PILOT_NEEDY)

    @property
    def charities(self) -> int:
        """Count the charities."""
        return max(5, round(180 * self.needy / PILOT_NEEDY))


@dataclass(frozen=True, slots=True)
class AgencyCoverage:
    """One agency's households: since when, until when (0 = open), and what they get."""

    household: Ints
    from_day: Ints
    to_day: Ints
    kind: Ints

    def current(self, count: int) -> Flags:
        """Mark the households that are covered on the pilot's day."""
        covered = np.zeros(count, dtype=bool)
        today = (PILOT_ON - EPOCH).days
        covered[self.household[(self.to_day == 0) | (self.to_day >= today)]] = True
        return covered


@dataclass(frozen=True, slots=True)
class Caseload:
    """Which charity keeps a file on which household, sorted by charity."""

    charity: Ints
    household: Ints


@dataclass(frozen=True, slots=True)
class Coverage:
    """Everybody who covers somebody."""

    imdad: AgencyCoverage
    behzisti: AgencyCoverage
    caseload: Caseload

    def covered_by(self, count: int) -> Ints:
        """Give for each household the sum of IMDAD, BEHZISTI and CHARITY that cover it on the pilot's day."""
        bodies = np.zeros(count, dtype=np.int8)
        bodies += self.imdad.current(count) * IMDAD
        bodies += self.behzisti.current(count) * BEHZISTI
        bodies[np.unique(self.caseload.household)] += CHARITY
        return bodies


def agency_coverage(seed: int, households: Households, scale: Scale) -> tuple[AgencyCoverage, AgencyCoverage]:
    """Draw the households of both agencies."""
    rng = chance(seed, "agencies")
    decile = households.true_decile.astype(float)
    female, head_age = households.fact("head_female"), households.fact("head_age")
    citizens = (~households.foreign).astype(float)
    imdad = citizens * np.exp(
        -0.95 * decile - 0.7 * households.size + 2.2 * female + 0.7 * (head_age >= 60) + 0.6 * households.disabled
    )
    behzisti = citizens * np.exp(-0.45 * decile + 3.4 * households.disabled + 0.9 * female)
    return (
        draw_agency(rng, imdad, scale.imdad_households, (0.72, 0.2, 0.08)),
        draw_agency(rng, behzisti, scale.behzisti_households, (0.66, 0.19, 0.15)),
    )


def draw_agency(
    rng: np.random.Generator, weights: Floats, count: int, kind_shares: tuple[float, ...]
) -> AgencyCoverage:
    """Draw one agency's households. Temporary cover ends after a year; a sixteenth has ended already."""
    chosen = np.sort(draw_without_return(rng, weights, count))
    today = (PILOT_ON - EPOCH).days
    kind = rng.choice(len(kind_shares), len(chosen), p=kind_shares)
    from_day = today - rng.integers(30, 365 * 12, len(chosen))
    from_day = np.where(kind == 1, today - rng.integers(10, 360, len(chosen)), from_day)
    ended = rng.random(len(chosen)) < 1 / 16
    to_day = np.where(kind == 1, from_day + 365, 0)
    to_day = np.where(ended, np.maximum(from_day + 5, today - rng.integers(5, 400, len(chosen))), to_day)
    return AgencyCoverage(chosen, from_day, to_day, kind)


def client_order(seed: int, households: Households, agencies: tuple[AgencyCoverage, AgencyCoverage]) -> Ints:
    """Put households in the order in which charities would find them, by hardship and chance."""
    rng = chance(seed, "clients")
    decile = households.true_decile.astype(float)
    with_children = households.fact("n_age0_5") + households.fact("n_age6_14") > 0
    known = agencies[0].current(len(households)) | agencies[1].current(len(households))
    weights = np.exp(
        -0.75 * decile
        + 1.1 * households.fact("head_female")
        + 0.5 * with_children
        + 0.8 * households.disabled
        + 0.9 * known
        + 0.9 * households.foreign
    )
    # Far more than will be needed, so that the caller can stop where the files are full.
    return draw_without_return(rng, weights, len(households) // 3)


def assign_charities(seed: int, homes: Ints, charity_places: Ints, capacities: Floats) -> list[Ints]:
    """Give each household (by its place) one to five charities, near and large ones more often.

    Returns:
        One array of household positions per charity, in the order of `homes`.
    """
    rng = chance(seed, "caseloads")
    counties = np.unique(places().counties, return_inverse=True)[1]
    near = np.where(counties[:, None] == counties[charity_places][None, :], 1.0, 0.03)
    near = np.where(np.arange(len(counties))[:, None] == charity_places[None, :], 9.0, near)
    keys = rng.standard_exponential((len(homes), len(capacities))) / (near * capacities)[homes]
    file_count = 1 + rng.choice(len(FILES_OF_HOUSEHOLD), len(homes), p=FILES_OF_HOUSEHOLD)
    most = min(len(FILES_OF_HOUSEHOLD), len(capacities))
    ranked = np.argsort(keys, axis=1, kind="stable")[:, :most]
    taken = np.arange(most)[None, :] < file_count[:, None]
    position = np.broadcast_to(np.arange(len(homes))[:, None], ranked.shape)[taken]
    charity = ranked[taken]
    return [position[charity == number] for number in range(len(capacities))]
