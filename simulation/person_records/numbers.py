"""Numbers that nobody is given, each used once: national IDs (twins are neighbours), foreigners' codes, mobiles.

The prefixes of the IDs are in none of the published lists of issue: 779 to 985, 987 to 999, and, so that leading zeros
can be lost, 095 and 099. The mobiles begin with 096, which no operator has.
"""

import numpy as np

from simulation.chance import Ints, chance
from simulation.identities import FIDA, NATIONAL, NONE, check_digits

__all__ = ["FIDA", "NATIONAL", "NONE", "NumberStock", "check_digits"]

PREFIXES = (*range(987, 1000), *range(779, 986))
ZERO_PREFIXES, ZERO_SHARE = (95, 99), 0.12
SLOTS_OF_PREFIX = 499_999
PREFIXES_OF_COUNTY = 3
STEP = 190_717  # has no common factor with the slots
MOBILE_FROM, MOBILE_ROOM, MOBILE_STEP = 9_600_000_000, 10**8, 38_196_601
FIDA_FROM, FIDA_ROOM, FIDA_STEP = 999_000_000_000, 10**9, 381_966_011


class NumberStock:
    """Hands out numbers over all portions, none of them twice."""

    def __init__(self, seed: int, counties: int) -> None:
        """Give every county its prefixes: people of one town share them."""
        rng = chance(seed, "prefixes")
        order = rng.permutation(len(PREFIXES))
        self._of_county = order[np.arange(counties * PREFIXES_OF_COUNTY) % len(PREFIXES)].reshape(counties, -1)
        self._used = np.zeros(len(PREFIXES) + len(ZERO_PREFIXES), dtype=np.int64)
        self._codes = np.array((*PREFIXES, *ZERO_PREFIXES), dtype=np.int64)
        self._mobiles = 0
        self._fidas = 0
        self._shift = int(rng.integers(SLOTS_OF_PREFIX))

    def draw_ids(self, rng: np.random.Generator, county: Ints, foreign: Ints, twin: Ints) -> tuple[Ints, Ints]:
        """Give kind and number to each; a twin stands right after the first born and gets the next number."""
        count = len(county)
        prefix = self._of_county[county, rng.integers(0, PREFIXES_OF_COUNTY, count)]
        zero = rng.random(count) < ZERO_SHARE
        prefix = np.where(zero, len(PREFIXES) + rng.integers(0, len(ZERO_PREFIXES), count), prefix)
        first = (self._codes[prefix] * 10**6) + 1 + 2 * self._slots(prefix)
        first_born = np.maximum.accumulate(np.where(twin, 0, np.arange(count)))
        first = np.where(twin, first[first_born] + (np.arange(count) - first_born), first)
        number = first * 10 + check_digits(first)
        fida = FIDA_FROM + ((np.arange(count) + self._fidas) * FIDA_STEP) % FIDA_ROOM
        self._fidas += count
        return np.where(foreign, FIDA, NATIONAL), np.where(foreign, fida, number)

    def _slots(self, prefix: Ints) -> Ints:
        order = np.argsort(prefix, kind="stable")
        ordered = prefix[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        lengths = np.diff(np.r_[starts, len(ordered)])
        rank = np.empty(len(prefix), dtype=np.int64)
        rank[order] = np.arange(len(prefix)) - np.repeat(starts, lengths)
        slots = ((self._used[prefix] + rank) * STEP + self._shift) % SLOTS_OF_PREFIX
        np.add.at(self._used, prefix, 1)
        if self._used.max() > SLOTS_OF_PREFIX:
            raise OverflowError(
                "more people than one prefix has numbers: take more charities, they bring more counties"
            )
        return np.asarray(slots)

    def draw_mobiles(self, count: int) -> Ints:
        """Give mobiles that nobody has got yet."""
        numbers = MOBILE_FROM + ((np.arange(count, dtype=np.int64) + self._mobiles) * MOBILE_STEP) % MOBILE_ROOM
        self._mobiles += count
        return numbers
