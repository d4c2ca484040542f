"""A tiny pilot for tests and journeys: the same code, some sixty client households, five charities."""

from pathlib import Path

from simulation.pilot import PilotPaths, make_pilot

SMALL_NEEDY = 180
SMALL_POPULATION = 6_000
SMALL_SEED = 56


def make_small_pilot(home: Path, *, seed: int = SMALL_SEED) -> PilotPaths:
    """Make the tiny pilot from the shipped marginals."""
    return make_pilot(home=home, seed=seed, needy_count=SMALL_NEEDY, population=SMALL_POPULATION, survey=None)
