"""The scoring card: variables with integer points, prices, and the placings that say what a score means.

Decides what a well-formed card is; parsing it from text is left to `document`, using it to `evaluation` and `sql`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sakha.scoring.rules.places import EITHER, Place, Placing, ScoreTable

PLACE_COLUMNS = ("county", "urban")
PROVINCE_DIGITS = 2
PER_MILLE = 1000
SIGNAL_UNIT = 1_000_000
LOADING_UNIT = 100
NOISE_UNIT = 100
CONSUMER_INDEX = "consumer"
# What only a visit or the household itself tells; everything else is in a register of the state.
VISITED = frozenset({"household", "dwelling"})

# Points of a place: in the country, in town, and where it is not known which.
PlacePoints = tuple[int, int, int]


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
    price_index: str
    """The index that its thresholds follow; empty where it counts no money."""
    expectation: Expectation
    below: int = 0
    steps: tuple[Step, ...] = ()
    levels: tuple[Level, ...] = ()
    other: int = 0
    counties: Mapping[str, PlacePoints] | None = None
    provinces: Mapping[str, PlacePoints] | None = None

    @property
    def is_price_indexed(self) -> bool:
        """Whether its thresholds are money."""
        return bool(self.price_index)

    @property
    def is_registered(self) -> bool:
        """Whether a register of the state knows it without anybody visiting the household."""
        return self.register not in VISITED

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
class Scale:
    """What the score measures: log consumption per equivalent adult at a score of zero, spread, poverty lines."""

    equivalence: str
    unit_per_mille: int
    intercept: float
    sigma: float
    line20_rial: int
    line40_rial: int


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
    equivalence: str
    unit_per_mille: int
    price_base: int
    price_factors: Mapping[int, int]
    price_indexes: Mapping[str, Mapping[int, int]]
    price_source: str
    regions: Mapping[str, Region]
    region_source: str
    variables: tuple[Variable, ...]
    placing: str
    placings: Mapping[str, Placing]
    sha: str

    @property
    def active(self) -> Placing:
        """The placing in force."""
        return self.placings[self.placing]

    @property
    def scale(self) -> Scale:
        """Unit, law and lines of the placing in force."""
        law = self.active.strata[EITHER].law
        return Scale(
            equivalence=self.equivalence,
            unit_per_mille=self.unit_per_mille,
            intercept=law.intercept,
            sigma=law.sigma,
            line20_rial=law.line20_rial,
            line40_rial=law.line40_rial,
        )

    @property
    def table(self) -> ScoreTable:
        """The table for all households together of the placing in force."""
        return self.active.strata[EITHER].table

    @property
    def active_regions(self) -> Mapping[str, Region]:
        """The prices of provinces, where the placing counts them."""
        return self.regions if self.active.is_regional else {}

    def placed_by(self, placing: str) -> "Card":
        """The same card with another placing in force."""
        return replace(self, placing=placing) if placing != self.placing else self

    def price_factor(self, year: int, index: str = CONSUMER_INDEX) -> int:
        """An index of a Jalali year against the survey's year, per mille; beyond the list its nearest end holds."""
        factors = self.price_factors if index == CONSUMER_INDEX else self.price_indexes[index]
        years = sorted(factors)
        return factors[min(max(year, years[0]), years[-1])]

    def factor_of(self, variable: Variable, year: int) -> int:
        """What a variable's thresholds are multiplied by, per mille."""
        return self.price_factor(year, variable.price_index) if variable.price_index else PER_MILLE

    def region_of(self, county: object) -> Region:
        """The prices of a county's province that placing counts; the nation's where the place is unknown."""
        return self.active_regions.get(county[:PROVINCE_DIGITS], NATION) if isinstance(county, str) else NATION

    def place_of(self, score: int, band: int, *, county: object, urban: object) -> Place:
        """The place of a household's score by the placing in force."""
        stratum = self.active.strata[self.active.stratum_number(urban)]
        return stratum.table.place_of(score - self.region_of(county).points, band)
