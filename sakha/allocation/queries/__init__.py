"""Reads of the allocation room: needs and funds from files."""

from sakha.allocation.queries.files import (
    AllocationFiles,
    CellInvalid,
    ColumnMissing,
    FileUnreadable,
    NameRepeated,
    open_files,
)

__all__ = ["AllocationFiles", "CellInvalid", "ColumnMissing", "FileUnreadable", "NameRepeated", "open_files"]
