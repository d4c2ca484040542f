"""Chance that can be repeated: one independent stream of random numbers per seed and name.

Each part of the pilot draws from its own stream, so that changing one part leaves the others as they were.
"""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]


def chance(seed: int, name: str) -> np.random.Generator:
    """Give the stream of this name."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def draw_index(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Draw positions in proportion to the weights; much faster than Generator.choice for many draws."""
    bounds = np.cumsum(weights)
    places = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    return np.asarray(np.minimum(places, len(weights) - 1))


def draw_without_return(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Draw distinct positions in proportion to the weights (exponential keys, Efraimidis and Spirakis 2006)."""
    with np.errstate(divide="ignore"):
        keys = rng.standard_exponential(len(weights)) / weights
    count = min(count, int((weights > 0).sum()))
    if count == len(weights):
        return np.argsort(keys, kind="stable")
    nearest = np.argpartition(keys, count)[:count]
    return nearest[np.argsort(keys[nearest], kind="stable")]
