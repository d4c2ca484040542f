"""Reads of the allocation room: needs and funds from files."""

from sakha.allocation.queries.files import AllocationFiles, open_files
from sakha.allocation.queries.tables import (
    CellInvalid,
    ColumnMissing,
    ColumnRepeated,
    FileUnreadable,
    NameRepeated,
    RowUnreadable,
    SumTooLarge,
)

__all__ = [
    "AllocationFiles",
    "CellInvalid",
    "ColumnMissing",
    "ColumnRepeated",
    "FileUnreadable",
    "NameRepeated",
    "RowUnreadable",
    "SumTooLarge",
    "open_files",
]
