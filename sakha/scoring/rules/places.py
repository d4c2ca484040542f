"""What a score means: tables from score to decile, chances and gap, and the placings that choose among them.

A placing is the policy owner's choice of lines: the nation's, at the province's prices, or of town and country apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# Where it is not known whether a household lives in town or country; also the one table of a placing without strata.
EITHER = 2


@dataclass(frozen=True, slots=True)
class Place:
    """What a score means: decile, chances per mille, gap and middle in rial a month per equivalent adult."""

    decile: int
    poor20_share: int
    poor40_share: int
    expected_gap_rial: int
    middle_rial: int


@dataclass(frozen=True, slots=True)
class Band:
    """Places for households of which about equally much is unknown; `up_to` is the variance in squared points."""

    up_to: int | None
    poor20_shares: tuple[int, ...]
    poor40_shares: tuple[int, ...]
    expected_gaps_rial: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Places by score from `lowest` on; `decile_tops` are the highest scores of deciles 1 to 9."""

    lowest: int
    decile_tops: tuple[int, ...]
    middles_rial: tuple[int, ...]
    bands: tuple[Band, ...]

    @property
    def highest(self) -> int:
        """The last score with a place of its own."""
        return self.lowest + len(self.bands[0].poor20_shares) - 1

    def decile_of(self, score: int) -> int:
        """Our decile, 1 the poorest."""
        return 1 + sum(score > top for top in self.decile_tops)

    def moved_to(self, score: int, decile: int | None) -> int:
        """The nearest score of a decile that a committee decided; the score itself where none did."""
        if decile is None:
            return score
        low, high = self.span_of(decile)
        return min(max(score, low), high)

    def span_of(self, decile: int) -> tuple[int, int]:
        """Lowest and highest score of a decile."""
        ends = (self.lowest - 1, *self.decile_tops, self.highest)
        return ends[decile - 1] + 1, ends[decile]

    def moved_to_sql(self, score: str, decile: str) -> str:
        """The same for PostgreSQL, whose GREATEST and LEAST pass over NULL."""
        spans = [self.span_of(number) for number in range(1, len(self.decile_tops) + 2)]
        lows, highs = (",".join(map(str, ends)) for ends in zip(*spans, strict=True))
        return f"LEAST(GREATEST({score}, ('{{{lows}}}'::int[])[{decile}]), ('{{{highs}}}'::int[])[{decile}])"

    def band_of(self, unknown_variance: int) -> int:
        """Which band a household belongs to, by how much of it is unknown."""
        return sum(band.up_to is not None and unknown_variance > band.up_to for band in self.bands)

    def place_of(self, score: int, band: int) -> Place:
        """The place of a score; beyond the ends the end's place holds."""
        clipped = min(max(score, self.lowest), self.highest)
        row = clipped - self.lowest
        chosen = self.bands[band]
        return Place(
            decile=self.decile_of(clipped),
            poor20_share=chosen.poor20_shares[row],
            poor40_share=chosen.poor40_shares[row],
            expected_gap_rial=chosen.expected_gaps_rial[row],
            middle_rial=self.middles_rial[row],
        )


@dataclass(frozen=True, slots=True)
class Law:
    """Log consumption per equivalent adult given a score is Normal(intercept + unit * score, sigma).

    The chances to live under the two lines have a spread and a cut of their own, in logs: incomes are not quite
    log-normal, and what is uncertain about the poorest is not what is uncertain about the middle.
    """

    intercept: float
    sigma: float
    line20_rial: int
    line40_rial: int
    cut20: float
    sigma20: float
    cut40: float
    sigma40: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """The law and the table of households that are placed together."""

    law: Law
    table: ScoreTable


@dataclass(frozen=True, slots=True)
class Placing:
    """One way to draw the lines: at regional prices or not, for all together or for rural (0) and urban (1) apart."""

    name: str
    is_regional: bool
    strata: Mapping[int, Stratum]

    def stratum_number(self, urban: object) -> int:
        """Which table places a household of town, country, or unknown."""
        number = int(urban >= 1) if isinstance(urban, int) else EITHER
        return number if number in self.strata else EITHER
