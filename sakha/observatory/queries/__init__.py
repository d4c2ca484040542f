"""Reads of the observatory."""

from sakha.observatory.queries.daily import DAILY_FIGURES
from sakha.observatory.queries.daily_people import FUNNEL
from sakha.observatory.queries.figures import FIGURES, read_figures
from sakha.observatory.queries.picture import PlacePicture, find_place_picture
from sakha.observatory.queries.reading import (
    find_first_counted,
    find_reckoned,
    get_breakdown,
    get_figures,
    get_lorenz,
    get_series,
    require_place,
)
from sakha.observatory.queries.sources import SOURCES

__all__ = [
    "DAILY_FIGURES",
    "FIGURES",
    "FUNNEL",
    "SOURCES",
    "PlacePicture",
    "find_first_counted",
    "find_place_picture",
    "find_reckoned",
    "get_breakdown",
    "get_figures",
    "get_lorenz",
    "get_series",
    "read_figures",
    "require_place",
]
