"""10,000 givers at once at the same 100 needs, and kill -9 under them: `python -m bench.giving.at_once`.

Givers are processes with threads against the sandbox gateway over HTTP; what the gateway itself remembers is what the
books are compared with. Asks for: no need over 100 %, no rial lost or doubled, books that sum to zero.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.ledger.ground import Ground, own_ground
from sakha.entrypoints.commands.embedded_postgres import ServerFailedError
from simulation.payment_gateway import MERCHANT, Gateway, make_server

NEEDS = 100
# So much of each need a giver: together they bring about five thirds of what is missing.
TARGET_A_GIVER_RIAL = 150_000
PROCESSES, THREADS = 2, 16
LISTINGS = """
INSERT INTO giving_publishing_leave (household_id, given_at) SELECT number, now()
  FROM generate_series(1, {needs}) AS number;
INSERT INTO giving_listing (code, household_id, kind, period, province, county, size_band, severity, is_confirmed,
                            target_rial, given_rial, elsewhere_rial, seen_count, listed_at)
SELECT lpad((number - 1)::text, 8, '0'), number, 3, 1405, '30', '3001', 0, 3, true, {target}, 0, 0, 0, now()
  FROM generate_series(1, {needs}) AS number
"""
OVER = "SELECT count(*) FROM giving_listing WHERE given_rial > target_rial"
UNEVEN = """
SELECT count(*) FROM giving_listing l LEFT JOIN (
  SELECT listing_id, sum(counted_rial) AS rial FROM giving_gift GROUP BY 1) g ON g.listing_id = l.id
 WHERE l.given_rial <> coalesce(g.rial, 0)
"""
FILL = "SELECT (100 * sum(given_rial) / sum(target_rial))::int FROM giving_listing"
FULL = "SELECT count(*) FROM giving_listing WHERE target_rial - given_rial < 100000"
BOOKED = "SELECT coalesce(sum(amount_rial), 0)::bigint FROM giving_transfer WHERE key = 'paid'"
TWICE = "SELECT count(*) FROM (SELECT gift_id FROM giving_transfer WHERE key = 'paid' GROUP BY 1 HAVING count(*) > 1) g"


def kill_and_restart(ground: Ground) -> float:
    """Kill the postmaster and its children with -9, as a power cut would; tell the seconds until it answers again."""
    began = time.monotonic()
    postmaster = ground.server.postmaster_pid()
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in [postmaster, *map(int, children)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    while True:
        try:
            ground.server.start()
        except ServerFailedError:  # the last of the killed ones still holds the shared memory
            time.sleep(0.1)
        else:
            return time.monotonic() - began


def run_givers(ground: Ground, gateway: Gateway, *, givers: int) -> tuple[dict[str, int], float, float]:
    """Let all give, kill the database when a third has paid; tell how they ended, and the seconds of both."""
    environment = dict(ground.environment) | {
        "SAKHA_ZARINPAL_URL": gateway.url,
        "SAKHA_ZARINPAL_MERCHANT": MERCHANT,
        "DATABASE_OWNER_URL": "",
        "SAKHA_LOG_LEVEL": "ERROR",
    }
    each = givers // PROCESSES
    began = time.monotonic()
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.giving.ground.givers", "give", str(n * each), str(each), str(THREADS)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    while sum(one.is_paid for one in list(gateway.sessions.values())) < givers // 5 and started[0].poll() is None:
        time.sleep(0.2)
    dead = kill_and_restart(ground)
    ends: dict[str, int] = {}
    for process in started:
        said, _ = process.communicate()
        for end, count in json.loads(said).items():
            ends[end] = ends.get(end, 0) + count
    seconds = time.monotonic() - began
    settled = subprocess.run(
        [sys.executable, "-m", "bench.giving.ground.givers", "settle"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ends | json.loads(settled.stdout), seconds, dead


def report(ground: Ground, gateway: Gateway, told: dict[str, int]) -> bool:
    """Print what is in the books beside what the gateway took; tell whether it holds."""
    taken = sum(one.amount_rial for one in gateway.sessions.values() if one.is_paid)
    paid_count = sum(one.is_paid for one in gateway.sessions.values())
    booked, over, uneven, twice = (ground.count(one) for one in (BOOKED, OVER, UNEVEN, TWICE))
    print(f"  {paid_count:,} payments of {taken:,} rial taken by the gateway; booked {booked:,} rial")
    print(f"  found afterwards by asking the gateway: {told['found']}; promises that lapsed: {told['lapsed']}")
    print(f"  needs over 100 %: {over}; whose givers' sums differ: {uneven}; payments booked twice: {twice}")
    print(f"  needs full: {ground.count(FULL)} of {NEEDS}; all needs together {ground.count(FILL)} %")
    print(f"  balances that differ: {told['differing']}; sum of all accounts: {told['sum']}")
    return (taken, 0, 0, 0, 0, 0) == (booked, over, uneven, twice, told["differing"], told["sum"])


def main() -> int:
    """Measure and print; exit code 1 when a rial is lost or a need is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--givers", type=int, default=10_000)
    chosen = parser.parse_args()
    gateway = Gateway()
    with own_ground(NEEDS) as ground, make_server(gateway) as server:
        ground.run(LISTINGS.format(target=chosen.givers * TARGET_A_GIVER_RIAL // NEEDS, needs=NEEDS))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            told, seconds, dead = run_givers(ground, gateway, givers=chosen.givers)
        finally:
            server.shutdown()
            thread.join()
        ends = ", ".join(f"{end} {told[end]:,}" for end in sorted(told) if end not in {"sum", "differing"})
        print(f"{chosen.givers:,} givers, {PROCESSES * THREADS} at a time, {NEEDS} needs: {seconds:.0f} s")
        print(f"  the database was killed with -9 under them and answered again after {dead:.1f} s")
        print(f"  {ends}")
        holds = report(ground, gateway, told)
    print("  holds" if holds else "  DOES NOT HOLD")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
