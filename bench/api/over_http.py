"""Check and hold over HTTP beside the very same SQL functions in pgbench: `python -m bench.api.over_http`.

One server of the product (granian, as `sakha serve` runs it) and a plain sender of ready requests; both shares of the
machine, so read the ratios. Asked by household number: making an index of an identifier costs the same either way.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from bench.ledger.ground import Ground, own_ground
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of

CONNECTIONS = 32
BATCH_CONNECTIONS = 8
LINES = 1000
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
TELL = """
SELECT set_config('sakha.scope', 'ORGANISATION', true), set_config('sakha.organisation_id', '1', true),
  set_config('sakha.province', '30', true), set_config('sakha.county', '3001', true);
"""
SOME = f"""(SELECT array_agg(1 + (:h + n * 97) % :households) FROM generate_series(1, {LINES}) n)"""
LOOKS = f"""
INSERT INTO access_entry (at, action, organisation_id, province, county, purpose, person_count, household_id)
SELECT now(), '{{action}}', 1, '30', '3001', 'bench', 1, one FROM unnest({SOME}) AS one;
COMMIT;
"""
CHECK_MANY = f"""
\\set h random(1, :households)
BEGIN;
{TELL}
SELECT count(*) FROM ledger_check_many(now(), (SELECT array_agg(n) FROM generate_series(1, {LINES}) n),
  array_fill(NULL::bytea, ARRAY[{LINES}]), {SOME}, 4::smallint, {RENT}, 1, 1, 1, NULL);
{LOOKS.format(action="CHECK")}
"""
HOLD_MANY = f"""
\\set h random(1, :households)
BEGIN;
{TELL}
SELECT count(*) FROM ledger_hold_many(now(), (SELECT array_agg(gen_random_uuid()) FROM generate_series(1, {LINES})),
  {SOME}, array_fill(1::bigint, ARRAY[{LINES}]), 4::smallint, {RENT}, 1, 1, now() + interval '3 days', NULL);
{LOOKS.format(action="WRITE")}
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second and their times in milliseconds."""

    a_second: float
    p50: float
    p99: float


class Sender:
    """One connection that sends ready requests and reads whole answers."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._line = socket.create_connection(("127.0.0.1", PORT))
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, path: str, body: bytes) -> int:
        """Post and give the status."""
        head = (
            f"POST /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._key}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._line.sendall(head.encode() + body)
        answer = bytearray()
        while b"\r\n\r\n" not in answer:
            answer += self._line.recv(65536)
        top, _, rest = bytes(answer).partition(b"\r\n\r\n")
        length = next(
            int(one.split(b":")[1]) for one in top.split(b"\r\n") if one.lower().startswith(b"content-length")
        )
        left = length - len(rest)
        while left > 0:
            left -= len(self._line.recv(min(left, 1 << 20)))
        return int(top.split(b" ", 2)[1])


def rate_over_http(
    key: str, path: str, make: Callable[[random.Random], bytes], *, connections: int, seconds: int
) -> Rate:
    """Send from so many connections for so long; an answer other than 200 ends the benchmark."""
    times: list[float] = []
    wrong: list[int] = []
    until = time.monotonic() + seconds

    def work(seed: int) -> None:
        sender, chance = Sender(key), random.Random(seed)
        while time.monotonic() < until:
            body, started = make(chance), time.perf_counter()
            status = sender.send(path, body)
            times.append(time.perf_counter() - started)
            if status != 200:
                wrong.append(status)
                return

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{path}: answered {wrong[0]}")
    ordered = sorted(times)
    return Rate(len(times) / seconds, median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000)


@contextmanager
def own_site(ground: Ground) -> Iterator[None]:
    """The product's site on this ground, as `sakha serve` runs it; it logs warnings only."""
    environment = {**ground.environment, "SAKHA_LOG_LEVEL": "WARNING"}
    words = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT), "--workers", "2"]
    words += ["--blocking-threads", "4", "--log-level", "error", "sakha.wsgi:application"]
    site = subprocess.Popen([sys.executable, "-m", *words], env=environment)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
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
    given = parser.parse_args()
    with own_ground(given.households) as ground:
        ground.run(f"UPDATE ledger_need SET period = {RENT} WHERE kind = 4")
        ground.run("VACUUM ANALYZE ledger_need")
        key = make_key(ground)
        with own_site(ground):
            return measure(ground, key, given.seconds)


def measure(ground: Ground, key: str, seconds: int) -> int:
    """Each way beside its function, one after the other."""
    most = ground.household_count

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

    ways = (
        ("check", one, CHECK, CONNECTIONS, 0.30),
        ("holds", one, HOLD, CONNECTIONS, 0.30),
        ("check/batch", many, CHECK_MANY, BATCH_CONNECTIONS, 0.85),
        ("holds/batch", holds, HOLD_MANY, BATCH_CONNECTIONS, 0.85),
    )
    print(f"{most:,} households, {seconds} s each")
    missed = 0
    for path, make, script, connections, wanted in ways:
        rate_over_http(key, path, make, connections=connections, seconds=2)
        bare = ground.pgbench(script, clients=connections, seconds=seconds)
        told = rate_over_http(key, path, make, connections=connections, seconds=seconds)
        again = ground.pgbench(script, clients=connections, seconds=seconds)
        ratio = told.a_second / ((bare + again) / 2)
        missed += ratio < wanted
        print(
            f"{path:<12} {connections:>2} connections: {told.a_second:8.1f}/s, p50 {told.p50:6.1f} ms, p99"
            f" {told.p99:6.1f} ms; pgbench {bare:8.1f} and {again:8.1f}/s; ratio {ratio:.2f} (wanted {wanted})",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
