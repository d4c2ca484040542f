"""How closely a need may be described so that nobody can be recognised: a household stands in a crowd of its like.

Decides the closest description that is still crowded enough, for those described and for those left over; the crowds
are counted by `sql/refresh.sql`, which follows the same order (a test compares the two).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# No description fits fewer registered households than this. Eleven is what health data are published by
# (CMS cell size policy: no cell below 11).
CROWD_MIN: Final = 11
# Upper ends of the bands of household size; what is larger falls in the last.
SIZE_BANDS: Final = ((1, "یک نفر"), (3, "۲ تا ۳ نفر"), (5, "۴ تا ۵ نفر"), (999, "۶ نفر و بیشتر"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What of place and size is shown."""

    has_county: bool
    has_band: bool


def tells_parts(crowds: Iterable[int]) -> bool:
    """Whether parts of a place may be told: those too small to be told are together nobody or a crowd again.

    Otherwise whoever is not described would be recognised by being left over.
    """
    rest = sum(crowd for crowd in crowds if crowd < CROWD_MIN)
    return rest == 0 or rest >= CROWD_MIN


def choose_shown(households: Sequence[tuple[str, int]]) -> list[Shown | None]:
    """Of all of one kind in one province, by county and band: what is shown of each; None where they are too few."""
    counties = Counter(county for county, _ in households)
    may_place = tells_parts(counties.values())
    placed = [(county if may_place and counties[county] >= CROWD_MIN else "", band) for county, band in households]
    sizes, places = Counter(placed), Counter(county for county, _ in placed)
    may_size = {
        place: tells_parts(crowd for (county, _), crowd in sizes.items() if county == place) for place in places
    }
    return [
        Shown(has_county=bool(one[0]), has_band=may_size[one[0]] and sizes[one] >= CROWD_MIN)
        if places[one[0]] >= CROWD_MIN
        else None
        for one in placed
    ]


def band_of(size: int) -> int:
    """The band of a household's size, from 1."""
    return next(number for number, (most, _) in enumerate(SIZE_BANDS, 1) if size <= most)
