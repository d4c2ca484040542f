"""The rules of the observatory: what a figure is, how evenly help is spread, what of it may be told to anybody."""

from sakha.observatory.rules.daily import (
    AnyFigure,
    Breakdown,
    DailyFigure,
    DayFigure,
    Lorenz,
    MedianFigure,
    Part,
    PartFigures,
    Place,
    PlaceUnknown,
    RatioFigure,
    Reckoned,
)
from sakha.observatory.rules.shapes import (
    Figure,
    FigureDefinition,
    FigureOwner,
    FigureUnit,
)

__all__ = [
    "AnyFigure",
    "Breakdown",
    "DailyFigure",
    "DayFigure",
    "Figure",
    "FigureDefinition",
    "FigureOwner",
    "FigureUnit",
    "Lorenz",
    "MedianFigure",
    "Part",
    "PartFigures",
    "Place",
    "PlaceUnknown",
    "RatioFigure",
    "Reckoned",
]
