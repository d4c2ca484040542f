"""How closely a need may be described so that nobody can be recognised: a household stands in a crowd of its like.

Decides the widest description that is still crowded enough; the crowds are counted by `sql/refresh.sql`, which follows
the same order (a test compares the two).
"""

from collections.abc import Sequence
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


# From the closest to the widest; a crowd is counted for each.
STEPS: Final = tuple(
    Shown(has_county=has_county, has_band=has_band) for has_county in (True, False) for has_band in (True, False)
)


def choose_shown(crowds: Sequence[int]) -> Shown | None:
    """The closest description whose crowd is large enough; None where even the province's is too small."""
    return next((shown for shown, crowd in zip(STEPS, crowds, strict=True) if crowd >= CROWD_MIN), None)


def band_of(size: int) -> int:
    """The band of a household's size, from 1."""
    return next(number for number, (most, _) in enumerate(SIZE_BANDS, 1) if size <= most)
