"""What only a contest or a life makes: a correction with its steps, a subscription, and a death that is told of."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from django.db import connection

    from sakha.access.queries import acting
    from sakha.access.rules import SYSTEM
    from sakha.databanks.actions import Correction, open_correction, subscribe_to_events
    from sakha.databanks.rules.states import CaseKind
    from sakha.entrypoints.commands.demo_banks import banks_of_the_province
    from tests.journeys.conftest import AT

    def count(table: str) -> int:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0]

    with (walked.pilot / "aid_plan.csv").open(encoding="utf-8") as lines:
        national_id = next(csv.DictReader(lines))["national_id"]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM registry_household")
        household_id = cursor.fetchone()[0]
    correction = Correction(
        kind=CaseKind.WRONG,
        household_id=household_id,
        identifier=national_id,
        fact="CAR_COUNT",
        source="VEHICLES",
        words="این خودرو فروخته شده است.",
    )
    open_correction(actor=SYSTEM, at=AT, correction=correction)
    with banks_of_the_province(walked.pilot, AT) as province:
        subscribe_to_events(actor=SYSTEM, at=province.clock(), bank="civil_registry")
        ends = time.monotonic() + 30
        while not count("databanks_life_event") and time.monotonic() < ends:
            province.let_die(national_id)
            time.sleep(0.2)
