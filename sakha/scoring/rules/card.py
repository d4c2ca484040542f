"""The scoring card: variables with integer points, and the table that gives a score its place.

Decides what a well-formed card is; parsing it from text is left to `document`, using it to `evaluation` and `sql`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PLACE_COLUMNS = ("county", "urban")
PROVINCE_DIGITS = 2
PER_MILLE = 1000
SIGNAL_UNIT = 1_000_000
LOADING_UNIT = 100
NOISE_UNIT = 100

# Points of a place: in the country, in town, and where it is not known which.
PlacePoints = tuple[int, int, int]
EITHER = 2


class VariableKind(StrEnum):
    """How a variable turns a value into points."""

    STEPS = "steps"
    LEVELS = "levels"
    LOOKUP = "lookup"


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on, these points."""

    at: int
    points: int


@dataclass(frozen=True, slots=True)
class Level:
    """These codes have these points."""

    codes: tuple[int, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """How a variable moves with the household's general means, to expect its points where it is unknown.

    `loading` is in hundredths of a point, `signal` in ten-thousandths a point, `noise` in hundredths
    of a squared point.
    """

    loading: int
    signal: int
    noise: int

    @property
    def information(self) -> int:
        """What knowing this variable tells about the general means, in millionths."""
        return self.loading * self.signal


@dataclass(frozen=True, slots=True)
class Wording:
    """How people read a variable: its name, its unit, and the sentence for each direction."""

    label: str
    unit: str
    raises: str
    lowers: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One row of the card. Points are relative to the average household of the survey."""

    name: str
    kind: VariableKind
    wording: Wording
    register: str
    half_life_months: int
    sign: int
    is_price_indexed: bool
    expectation: Expectation
    below: int = 0
    steps: tuple[Step, ...] = ()
    levels: tuple[Level, ...] = ()
    other: int = 0
    counties: Mapping[str, PlacePoints] | None = None
    provinces: Mapping[str, PlacePoints] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The facts that the variable reads."""
        return PLACE_COLUMNS if self.kind is VariableKind.LOOKUP else (self.name,)

    def all_points(self) -> Iterator[int]:
        """Every number of points that the variable can give."""
        if self.kind is VariableKind.STEPS:
            yield self.below
            yield from (step.points for step in self.steps)
        elif self.kind is VariableKind.LEVELS:
            yield self.other
            yield from (level.points for level in self.levels)
        else:
            for pair in [*(self.counties or {}).values(), *(self.provinces or {}).values()]:
                yield from pair


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
class Scale:
    """What the score measures: log consumption per equivalent adult at a score of zero, its spread, the poverty lines.

    The cuts are the lines' logs moved so that the chances of all persons add up to the lines' shares.
    """

    equivalence: str
    unit_per_mille: int
    intercept: float
    sigma: float
    line20_rial: int
    line40_rial: int
    log_cut20: float
    log_cut40: float


@dataclass(frozen=True, slots=True)
class Region:
    """Prices of a province: per mille of the nation's, and the same in points of the score."""

    level_per_mille: int
    points: int


NATION = Region(level_per_mille=PER_MILLE, points=0)


@dataclass(frozen=True, slots=True)
class Card:
    """One version of the scoring model, as a document that never changes once used."""

    id: str
    version: int
    title: str
    source: str
    valid_from: date
    valid_to: date
    scale: Scale
    price_base: int
    price_factors: Mapping[int, int]
    price_source: str
    regions: Mapping[str, Region]
    region_source: str
    variables: tuple[Variable, ...]
    table: ScoreTable
    sha: str

    def price_factor(self, year: int) -> int:
        """Prices of a Jalali year against the survey's, per mille; beyond the list its nearest end holds."""
        years = sorted(self.price_factors)
        return self.price_factors[min(max(year, years[0]), years[-1])]

    def region_of(self, county: object) -> Region:
        """The prices of a county's province; the nation's where the place is unknown."""
        return self.regions.get(county[:PROVINCE_DIGITS], NATION) if isinstance(county, str) else NATION
