"""Check and hold over HTTP beside the very same SQL functions in pgbench: `python -m bench.api.over_http`.

One server of the product (granian, as `sakha serve` runs it) and a plain sender of ready requests; both shares of the
machine, so read the ratios. Asked by household number: making an index of an identifier costs the same either way.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.request import urlopen

from bench.api.sender import Target, rate_over_http
from bench.api.spent import spending
from bench.ledger.ground import Ground, own_ground
from sakha.entrypoints.commands.serve import BLOCKING_THREADS
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of

CONNECTIONS = 32
BATCH_CONNECTIONS = 8
LINES = 1000
READY_BODIES = 300
PORT = 8791
TODAY = datetime.now(UTC).date()
PERIODS = ",".join(str(period_of(kind, TODAY)) for kind in NeedKind)
KINDS = ",".join(str(kind.value) for kind in NeedKind)
RENT = period_of(NeedKind.RENT, TODAY)
WHO = "1, ARRAY['30', '3001'], 'bench', now()"
CHECK = f"""
\\set h random(1, :households)
SELECT * FROM ledger_check_as({WHO}, NULL, :h, 4::smallint, {RENT}, 1, 1, 1, NULL,
  '{{{KINDS}}}'::smallint[], '{{{PERIODS}}}'::int[]);
"""
HOLD = f"""
\\set h random(1, :households)
SELECT * FROM ledger_hold_as({WHO}, gen_random_uuid(), :h, 4::smallint, {RENT}, 1, 1, 1,
  now() + interval '3 days', NULL, '');
"""
SOME = f"""(SELECT array_agg(1 + (:h + n * 97) % :households) FROM generate_series(1, {LINES}) n)"""
CHECK_MANY = f"""
\\set h random(1, :households)
SELECT * FROM ledger_check_many_as({WHO}, (SELECT array_agg(n) FROM generate_series(1, {LINES}) n),
  array_fill(NULL::bytea, ARRAY[{LINES}]), {SOME}, 4::smallint, {RENT}, 1, 1, 1, NULL);
"""
HOLD_MANY = f"""
\\set h random(1, :households)
SELECT * FROM ledger_hold_many_as({WHO}, (SELECT array_agg(gen_random_uuid()) FROM generate_series(1, {LINES})),
  {SOME}, array_fill(1::bigint, ARRAY[{LINES}]), 4::smallint, {RENT}, 1, 1, now() + interval '3 days', NULL);
"""
WAYS = (
    ("check", CHECK, CONNECTIONS, 0.30),
    ("holds", HOLD, CONNECTIONS, 0.30),
    ("check/batch", CHECK_MANY, BATCH_CONNECTIONS, 0.85),
    ("holds/batch", HOLD_MANY, BATCH_CONNECTIONS, 0.85),
)


@contextmanager
def own_site(ground: Ground, threads: int) -> Iterator[int]:
    """The product's site on this ground, as `sakha serve` runs it, by its process number; it logs warnings only."""
    environment = {**ground.environment, "SAKHA_LOG_LEVEL": "WARNING"}
    words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT), "--workers", "2"]
    words += ["--blocking-threads", str(threads), "--log-level", "error", "sakha.wsgi:application"]
    site = subprocess.Popen([sys.executable, "-m", *words], env=environment)
    try:
        for _ in range(900):
            try:
                with urlopen(f"http://127.0.0.1:{PORT}/alive", timeout=5):  # it listens long before it answers
                    break
            except OSError:
                time.sleep(0.1)
        yield site.pid
    finally:
        site.terminate()
        site.wait(timeout=30)


def make_key(ground: Ground) -> str:
    """A client of charity 1 without a limit that matters."""
    words = ["issue-client", "bench", "--organisation", "1", "--level", "3", "--minute-limit", "100000000"]
    words += ["--scope", "aid.check", "--scope", "aid.hold"]
    told = subprocess.run(
        [sys.executable, "-m", "sakha.entrypoints.commands", *words, "--day-limit", "1000000000"],
        env=ground.environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return next(line.split()[1] for line in told.stdout.splitlines() if line.startswith("key"))


def main() -> int:
    """Measure, print, and tell by the exit code whether the ratios hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument(
        "--threads", type=int, default=BLOCKING_THREADS, help="threads of each of the two web processes"
    )
    given = parser.parse_args()
    began = time.perf_counter()
    with own_ground(given.households, rent_period=RENT) as ground:
        print(f"{given.households:,} households loaded in {time.perf_counter() - began:.0f} s", flush=True)
        key = make_key(ground)
        with own_site(ground, given.threads) as web:
            return measure(ground, key, given.seconds, web)


def bodies(most: int) -> dict[str, Callable[[random.Random], bytes]]:
    """What each way is asked, of households up to this number; batches are made beforehand, for a sender sends."""

    def some(chance: random.Random) -> list[int]:
        start = chance.randint(1, most)
        return [1 + (start + place * 97) % most for place in range(1, LINES + 1)]

    def one(chance: random.Random) -> bytes:
        return json.dumps({"kind": "RENT", "household_id": chance.randint(1, most), "quantity": 1}).encode()

    def many(chance: random.Random) -> bytes:
        return json.dumps({"kind": "RENT", "household_ids": some(chance), "quantity": 1}).encode()

    def holds(chance: random.Random) -> bytes:
        lines = [{"household_id": number, "quantity": 1} for number in some(chance)]
        return json.dumps({"kind": "RENT", "holds": lines}).encode()

    def ready(make: Callable[[random.Random], bytes]) -> Callable[[random.Random], bytes]:
        made = [make(random.Random(number)) for number in range(READY_BODIES)]
        return lambda chance: chance.choice(made)

    return {"check": one, "holds": one, "check/batch": ready(many), "holds/batch": ready(holds)}


def measure(ground: Ground, key: str, seconds: int, web: int) -> int:
    """Each way beside its function, one after the other."""
    make, database = bodies(ground.household_count), ground.server.postmaster_pid()
    print(f"{ground.household_count:,} households, {seconds} s each, load of the machine {os.getloadavg()[0]:.1f}")
    missed = 0
    for path, script, connections, wanted in WAYS:
        target = Target(PORT, key, path, make[path])
        rate_over_http(target, connections=connections, seconds=2)
        with spending(web, database) as bare_spent:
            bare = ground.pgbench(script, clients=connections, seconds=seconds)
        with spending(web, database) as spent:
            told = rate_over_http(target, connections=connections, seconds=seconds)
        with spending(web, database) as slow_spent:
            slow = ground.pgbench(script, clients=connections, seconds=seconds, rate=told.a_second)
        again = ground.pgbench(script, clients=connections, seconds=seconds)
        ratio = told.a_second / ((bare + again) / 2)
        share = bare_spent.each(bare * seconds) / spent.each(told.a_second * seconds)
        missed += ratio < wanted
        print(
            f"{path:<12} {connections:>2} connections: {told.a_second:8.1f}/s, p50 {told.p50:6.1f} ms, p99"
            f" {told.p99:6.1f} ms; pgbench {bare:8.1f} and {again:8.1f}/s; ratio {ratio:.2f} (wanted {wanted}), by"
            f" processors {share:.2f}; load {os.getloadavg()[0]:.1f}\n"
            f"    over HTTP {spent.show(told.a_second * seconds)}\n"
            f"    pgbench {bare_spent.show(bare * seconds)}\n"
            f"    pgbench as slowly as HTTP {slow_spent.show(slow * seconds)}",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
