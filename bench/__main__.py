"""Runs every benchmark, or the named ones: `python -m bench [ledger.holds …]`. Each prints its figures and ratios."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
GROUND = {"__init__", "__main__", "ground"}


def benchmarks() -> list[str]:
    """Names of all benchmarks, as `python -m bench` takes them."""
    found = [path for path in sorted(FOLDER.glob("*/*.py")) if path.stem not in GROUND]
    return [f"{path.parent.name}.{path.stem}" for path in found]


def main() -> int:
    """Run them one after the other; the exit code is the worst."""
    wanted = sys.argv[1:] or benchmarks()
    worst = 0
    for name in wanted:
        print(f"\n=== {name}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
