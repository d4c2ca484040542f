"""One household scored and explained in words, in process: `python -m bench.scoring.one [--rounds N]`; target 1 ms.

CPU time of this process, so that what else runs on the machine does not count. The way through the register's database
is not measured here.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from bench.scoring.generated import threshold_columns
from bench.scoring.ground import read_shipped
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.explanation import explain

YEAR = 1405
SEED = 1405
LIMIT_MS = 1.0


def main() -> int:
    """Print the middle and the slowest hundredth; the exit code says whether the target holds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5_000)
    rounds = options.parse_args().rounds
    card = read_shipped()
    columns = threshold_columns(card, rounds, year=YEAR, unknown_share=0.1, seed=SEED)
    names, spent = list(columns), []
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(names, values, strict=True))
        started = time.process_time_ns()
        explain(card, evaluate(card, row, year=YEAR))
        spent.append((time.process_time_ns() - started) / 1e6)
    middle, slow = np.percentile(spent, [50, 99])
    holds = middle <= LIMIT_MS
    print(f"{rounds} households scored and explained: median {middle:.3f} ms, 99th of 100 {slow:.3f} ms of CPU")
    print(f"{'median, ms':<40}{middle:>8.3f} at most {LIMIT_MS:>6.2f}  {'holds' if holds else 'BROKEN'}")
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
