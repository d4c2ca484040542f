"""The rules of the observatory: what a figure is, how evenly help is spread, what of it may be told to anybody."""

from sakha.observatory.rules.shapes import (
    CountyShare,
    Figure,
    FigureDefinition,
    FigureUnit,
    ProvincePicture,
    ProvinceUnknown,
    WaitingDecision,
    gini_index,
    lorenz_curve,
)

__all__ = [
    "CountyShare",
    "Figure",
    "FigureDefinition",
    "FigureUnit",
    "ProvincePicture",
    "ProvinceUnknown",
    "WaitingDecision",
    "gini_index",
    "lorenz_curve",
]
