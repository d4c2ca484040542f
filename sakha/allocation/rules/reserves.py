"""What a policy keeps of funds, in words without arrays: whoever states one needs no solver."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reserve:
    """So many thousandths of each fund that asks for no place are kept for needs in provinces, or under a mark."""

    mille: int
    provinces: frozenset[str] = frozenset()
    mark: str = ""
