"""How fast households are inquired across all banks: `python -m bench.databanks.inquiries [--households N]`.

The banks' own ceiling is measured in the same run by a bare client. Then everybody is asked about by the product, and
a second time: what is fresh must not be asked again. Rates of the documents are not waited for: the banks take any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.databanks.ground import ceiling, own_database, read_people, side_by_side
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
    with tempfile.TemporaryDirectory(prefix="sakha-banks-") as folder, own_database():
        home = options.pilot or Path(folder) / "pilot"
        if options.pilot is None:
            make_pilot(home=home, seed=1405, needy_count=2_000, population=options.households * PEOPLE_A_HOUSEHOLD)
        people = read_people(home / "bank_people.parquet", options.households)
        return measure(home, people)


def measure(home: Path, people: Sequence[dict[str, Any]]) -> int:
    """Ask without the product, with it, and again."""
    from sakha.databanks.queries import asking_progress  # noqa: PLC0415 -- settings must stand before
    from sakha.entrypoints.commands.demo_banks import banks_of_the_province  # noqa: PLC0415

    with banks_of_the_province(home, datetime.now(UTC)) as province:
        bare = ceiling(province.url, Installation(home / "installation"), people, CEILING_SECONDS)
        httpx.request("DELETE", f"{province.url}/_admin/counts", trust_env=False).raise_for_status()
        began = time.perf_counter()
        queued = queue(people, province.clock())
        queue_seconds = time.perf_counter() - began
        began, worked = time.perf_counter(), time.process_time()
        side_by_side(lambda bank: ask(bank, province.clock), [line.bank for line in asking_progress()])
        while any(line.asking_count for line in asking_progress()):
            time.sleep(0.2)
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        again = queue(people, province.clock())
        counts = httpx.get(f"{province.url}/_admin/counts", trust_env=False).json()["banks"].values()
        left = sum(line.waiting_count + line.asking_count for line in asking_progress())
    answered, twice = sum(one["answered"] for one in counts), sum(one["answered_again"] for one in counts)
    households = len({person["household_id"] for person in people})
    print(f"{households:,} households, {len(people):,} people, {queued:,} questions to all banks")
    print(f"  banks alone, bare client      {bare:>10,.0f} subjects/s")
    print(f"  queueing the questions        {queue_seconds:>10.1f} s {queued / queue_seconds:>12,.0f} /s")
    print(f"  asking, keeping as evidence   {seconds:>10.1f} s {answered / seconds:>12,.0f} /s   "
          f"{answered / seconds / bare:.2f} of the banks' ceiling")  # fmt: skip
    print(f"  of it work of this process    {worked:>10.1f} s {answered / worked:>12,.0f} /s of its processor time")
    print(f"  households a second           {households / (queue_seconds + seconds):>10.0f}")
    print(f"  answered {answered:,}, twice {twice:,}, left {left:,}; asked again at once: {again:,} new questions")
    return 0 if (twice, left, again) == (0, 0, 0) and answered == queued else 1


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
