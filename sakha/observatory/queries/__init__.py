"""Reads of the observatory."""

from sakha.observatory.queries.figures import FIGURES, read_figures
from sakha.observatory.queries.province import get_province_picture

__all__ = ["FIGURES", "get_province_picture", "read_figures"]
