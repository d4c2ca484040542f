"""What the walk leaves empty: each module here has `fill(walked)`, which makes rows by the product's own actions.

A table with row-level security that is empty would prove nothing to a stranger who sees nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill_all(walked: Walk) -> None:
    """Let every module fill its tables, in the order of their names."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        importlib.import_module(f"{__name__}.{module.name}").fill(walked)
