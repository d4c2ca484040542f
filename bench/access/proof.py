"""How fast the closed logs are verified: `python -m bench.access.proof [--events 10000000]`.

Makes events in the ledger's log, closes and verifies them, beside reading the same rows without hashing and beside bare
SHA-256 over the same bytes in the same run; then changes one event and finds it. Read the ratios and CPU seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from bench.ledger.ground import own_ground

PIECE = 1_000_000
EVENTS = """
INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period, quantity,
                          worth_rial, reason, province, county)
SELECT timestamptz '2026-01-01 00:00:00+00' + number * interval '1.7 seconds', 1 + number % 4, 1, number % 180 + 1,
       number % 400 + 1, number % 33000 + 1, CASE WHEN number % 4 > 0 THEN number END, 2 + number % 5, 140508,
       1 + number % 3, 1400000, CASE WHEN number % 50 = 0 THEN 'دلیل نمونه' ELSE '' END, '30', '3001'
  FROM generate_series({first}, {last}) AS number;
"""


def main() -> int:
    """Measure with as many events as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    event_count = parser.parse_args().events
    with own_ground(1) as ground:
        for first in range(1, event_count + 1, PIECE):
            ground.run(EVENTS.format(first=first, last=min(first + PIECE - 1, event_count)))
        ground.run("VACUUM ANALYZE ledger_event")
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        command = [sys.executable, "-m", "bench.access.ground.verifying", str(event_count), ground.superuser_url]
        return subprocess.run(command, env=dict(ground.environment), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
