"""How fast households are inquired across all banks: `python -m bench.databanks.inquiries [--households N]`.

The banks' own ceiling is measured in the same run by a bare client. Then everybody is asked about by the product, and
a second time: what is fresh must not be asked again. Rates of the documents are not waited for: the banks take any.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.databanks.ground import ceiling, own_database, processor_seconds, read_people, side_by_side
from sakha.entrypoints.commands.embedded_postgres import Server
from simulation.data_banks.installation import Installation
from simulation.pilot import make_pilot

CEILING_SECONDS = 10.0
PEOPLE_A_HOUSEHOLD = 12  # of the province: about every third household may enter the register


def main() -> int:
    """Measure and print; exit code 1 when anything was asked twice or is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=3_000)
    parser.add_argument("--pilot", type=Path, help="a pilot that is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sakha-banks-") as folder, own_database() as server:
        home = options.pilot or Path(folder) / "pilot"
        if options.pilot is None:
            make_pilot(home=home, seed=1405, needy_count=2_000, population=options.households * PEOPLE_A_HOUSEHOLD)
        people = read_people(home / "bank_people.parquet", options.households)
        return measure(home, people, server)


def measure(home: Path, people: Sequence[dict[str, Any]], server: Server) -> int:
    """Ask without the product, with it, and again."""
    from sakha.databanks.queries import asking_progress  # noqa: PLC0415 -- settings must stand before
    from sakha.entrypoints.commands.demo_banks import banks_of_the_province  # noqa: PLC0415

    with banks_of_the_province(home, datetime.now(UTC)) as province:
        print(f"{len({person['household_id'] for person in people}):,} households, {len(people):,} people")
        installation = Installation(home / "installation")
        with shown("banks alone, bare client", server) as bare:
            bare.count = ceiling(province.url, installation, people, CEILING_SECONDS)
        httpx.request("DELETE", f"{province.url}/_admin/counts", trust_env=False).raise_for_status()
        with shown("queueing the questions", server) as queueing:
            queued = queueing.count = queue(people, province.clock())
        with shown("asking, keeping as evidence", server) as asking:
            side_by_side(lambda bank: ask(bank, province.clock), [line.bank for line in asking_progress()])
            while any(line.asking_count for line in asking_progress()):
                time.sleep(0.2)
            counts = list(httpx.get(f"{province.url}/_admin/counts", trust_env=False).json()["banks"].values())
            answered = asking.count = sum(one["answered"] for one in counts)
        with shown("asking for all of it again", server) as repeated:
            again = repeated.count = queue(people, province.clock())
        left = sum(line.waiting_count + line.asking_count for line in asking_progress())
    twice = sum(one["answered_again"] for one in counts)
    print(f"  of the banks' ceiling {asking.rate / bare.rate:.2f}; with the queueing "
          f"{answered / (asking.seconds + queueing.seconds) / bare.rate:.2f}")  # fmt: skip
    print(f"  answered {answered:,} of {queued:,}, twice {twice:,}, left {left:,}; asked again at once: {again:,}")
    return 0 if (twice, left, again) == (0, 0, 0) and answered == queued else 1


@dataclass
class Stretch:
    """A part of the run: how much was done, and in what time."""

    count: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Questions a second."""
        return self.count / self.seconds


@contextmanager
def shown(label: str, server: Server) -> Iterator[Stretch]:
    """Measure a part; tell whose processor it cost, for the machine may be busy with other things."""
    parts = {"here": os.getpid(), "database": server.postmaster_pid(), "banks": banks_pid()}
    stretch, began = Stretch(), time.perf_counter()
    before = {name: processor_seconds(pid) for name, pid in parts.items()}
    yield stretch
    stretch.seconds = time.perf_counter() - began
    worked = {name: processor_seconds(pid) - before[name] for name, pid in parts.items()}
    worked["here"] -= worked["banks"]  # they are a child of this process
    told = ", ".join(f"{name} {seconds:,.1f}" for name, seconds in worked.items())
    print(f"  {label:<28} {stretch.seconds:>8.1f} s {stretch.rate:>9,.0f} /s   processor seconds: {told}", flush=True)


def banks_pid() -> int:
    """The process of the simulated banks, which this one has started."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            is_child = place.with_name("stat").read_text().rpartition(")")[2].split()[1] == str(os.getpid())
            if is_child and b"simulation.data_banks" in place.read_bytes():
                return int(place.parent.name)
    raise RuntimeError("The simulated banks do not run.")


def queue(people: Sequence[dict[str, Any]], at: datetime) -> int:
    """Put everybody's questions into the queue; tells how many were new."""
    from sakha.access.rules import SYSTEM  # noqa: PLC0415 -- settings must stand before
    from sakha.databanks.actions import PersonToAsk, ask_about  # noqa: PLC0415
    from sakha.databanks.rules.bank import Filling  # noqa: PLC0415
    from sakha.databanks.rules.grounds import Ground, Purpose  # noqa: PLC0415

    names = {
        Filling.IDENTIFIER: "identifier", Filling.MOBILE: "mobile", Filling.BIRTH_ON: "birth_on",
        Filling.GIVEN_NAME: "given_name", Filling.FAMILY_NAME: "family_name", Filling.POSTAL_CODE: "postal_code",
    }  # fmt: skip
    asked = [
        PersonToAsk(
            household_id=person["household_id"],
            fillings={filling: str(person[name]) for filling, name in names.items() if person[name]},
            is_head=person["is_head"],
            is_adult=person["adult"],
        )
        for person in people
    ]
    ground = Ground(purpose=Purpose.AID_ASSESSMENT, level=3, decision="bench")
    return ask_about(actor=SYSTEM, at=at, ground=ground, people=asked).queued_count


def ask(bank: str, clock: Any) -> None:
    """Work off one bank's queue."""
    from django.db import connection  # noqa: PLC0415 -- settings must stand before

    from sakha.access.rules import SYSTEM  # noqa: PLC0415
    from sakha.databanks.actions import ask_bank  # noqa: PLC0415

    try:
        ask_bank(actor=SYSTEM, bank=bank, clock=clock, pause=lambda _seconds: None)
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
