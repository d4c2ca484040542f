"""Invitations by two workers over a provider that fails: `python -m bench.coordination.invitations --people N`.

Queues N, lets two workers send and one take reports, kills each sender once with -9, and compares what we know at the
end with what the provider knows: every person at most once, all ends known, and the same ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from bench.ledger.ground import own_ground


def main() -> int:
    """Make a ground and run the campaign on it; 1 where a promise broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    people = parser.parse_args().people
    with own_ground(0) as ground:
        told = os.environ | dict(ground.environment)
        told |= {"DJANGO_SETTINGS_MODULE": "sakha.settings", "SAKHA_LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "bench.coordination.ground.campaign", str(people)]
        return subprocess.run(command, env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
