"""Runs in ordered columns: where each begins, and the places of the elements of some of them. Knows of no needs."""

from __future__ import annotations

import numpy as np

from sakha.allocation.rules.problem import Ints, Numbers


def begin_of_runs(*keys: Numbers) -> Ints:
    """Where runs of equal keys begin, in columns that are ordered by these keys."""
    changes = np.ones(len(keys[0]), dtype=bool)
    if len(changes):
        changes[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(changes)


def places_in_runs(bounds: Ints, chosen: Ints) -> Ints:
    """Places of the elements of some runs, run by run; run `n` lies between `bounds[n]` and `bounds[n + 1]`."""
    return places_between(bounds[chosen], bounds[chosen + 1])


def places_between(begins: Ints, ends: Ints) -> Ints:
    """Places from each beginning up to its end, one stretch after another."""
    lengths = ends - begins
    after = np.cumsum(lengths)
    return np.repeat(begins - (after - lengths), lengths) + np.arange(int(after[-1]) if len(after) else 0)
