"""`sakha demo`: the main job on a simulated pilot province, with progress, one page of what happened, then the site.

Runs the simulation as a program of its own and every step through the same actions as the site. Each step may be
repeated: a second run finds everything done and doubles nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sakha.access.actions import acting
from sakha.access.actions.houses import say_house
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import People
from sakha.coordination.actions import (
    CampaignToOpen,
    find_uncovered,
    invite_candidates,
    load_coverage_list,
    record_charity_coverage,
    refresh_statuses,
    send_invitations,
)
from sakha.entrypoints.commands.build_assets import prepare_assets
from sakha.entrypoints.commands.database import analyze_database, home_folder, migrate_database, open_database
from sakha.entrypoints.commands.demo_aid import Giving, Plans, carry_out_plans, read_plan
from sakha.entrypoints.commands.demo_banks import Banks, banks_of_the_province
from sakha.entrypoints.commands.demo_bodies import PROVINCE, Cast, prepare_cast
from sakha.entrypoints.commands.demo_gateway import sandbox_gateway
from sakha.entrypoints.commands.demo_giving import GIVING_STEPS, GiftsTold, let_givers_give
from sakha.entrypoints.commands.demo_identity import count_who_is_who, settle_who_is_who
from sakha.entrypoints.commands.demo_intake import FileLoaded, load_charity_file
from sakha.entrypoints.commands.demo_introductions import introduce_and_take, let_invited_register, tell_directory
from sakha.entrypoints.commands.demo_open import show_in_the_open
from sakha.entrypoints.commands.demo_page import Happened, print_page, print_visit
from sakha.entrypoints.commands.demo_past import moment_of_files, moment_of_help, plans_of_this_month
from sakha.entrypoints.commands.demo_people import let_people_speak
from sakha.entrypoints.commands.demo_truth import compare_with_truth
from sakha.entrypoints.commands.serve import serve_site
from sakha.ledger.actions import verify_counters
from sakha.observatory.queries import read_figures
from sakha.scoring.actions import open_assessed_needs, score_households
from sakha.vocabulary.jalali import TEHRAN

DECILES_MAX: Final = 2
INVITATIONS_MAX: Final = 100_000
ADDRESS: Final = "sakha.example"
_CAMPAIGN_NAME: Final = "دعوت آزمایشی استان البرز"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take where to serve, the size of the pilot, and the survey."""
    parser.add_argument("--no-serve", action="store_true", help="end after the page of what happened")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to serve on (default 8000)")
    parser.add_argument(
        "--survey", type=Path, default=None, help="household survey whose rows the families are drawn from"
    )
    parser.add_argument(
        "--needy", type=int, default=33_000, help="needy people in the charities' files (default 33000)"
    )
    parser.add_argument("--population", type=int, default=2_700_000, help="people of the province (default 2700000)")
    parser.add_argument("--training", action="store_true", help="keep this home for simulated people for ever")


def run(arguments: argparse.Namespace) -> int:
    """Do the main job, print the page, serve."""
    console = Console()
    with commits_that_wait_for_no_disk():
        with pilot_in_the_making(arguments) as pilot:  # a program of its own: all else is made ready meanwhile
            migrate_database(open_database())
            prepare_assets()
            if arguments.training:
                say_house(actor=SYSTEM, at=timezone.now(), people=People.SIMULATED)
        with Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        ) as bars:
            happened = do_main_job(pilot=pilot, bars=bars, at=timezone.now())
    print_page(console, happened)
    if arguments.no_serve:
        return 0
    print_visit(console, happened, f"http://{arguments.host}:{arguments.port}/")
    with sandbox_gateway():
        serve_site(host=arguments.host, port=arguments.port, workers=2)
    return 0


@contextmanager
def commits_that_wait_for_no_disk() -> Iterator[None]:
    """Fill a database that can be filled again: a crash may take back its last moments, and a second run goes on there.

    The site that is served afterwards waits for the disk, as everywhere.
    """
    told = os.environ.get("PGOPTIONS")
    os.environ["PGOPTIONS"] = f"{told or ''} -c synchronous_commit=off".strip()
    try:
        yield
    finally:
        del os.environ["PGOPTIONS"]
        if told is not None:
            os.environ["PGOPTIONS"] = told


@contextmanager
def pilot_in_the_making(arguments: argparse.Namespace) -> Iterator[Path]:
    """Let the simulation make the province's files; they are there at the end. A finished folder is used again."""
    home = home_folder() / f"pilot-{arguments.needy}"
    command = [sys.executable, "-m", "simulation", "--home", str(home)]
    command += ["--needy", str(arguments.needy), "--population", str(arguments.population)]
    if arguments.survey:
        command += ["--survey", str(arguments.survey.resolve())]
    with subprocess.Popen(command) as simulation:
        is_wanted = False
        try:
            yield home
            is_wanted = True
        finally:
            if not is_wanted:  # whoever waited for the files has failed or was interrupted
                simulation.terminate()
    if simulation.returncode:
        raise subprocess.CalledProcessError(simulation.returncode, command)


class _Steps:
    """The bars of the run, one a step."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self._began = time.monotonic()

    @property
    def passed(self) -> timedelta:
        """How long the run has taken so far."""
        return timedelta(seconds=time.monotonic() - self._began)

    def begin(self, words: str, total: int) -> Callable[[int], None]:
        """Open a step's bar; the returned function sets how far it is."""
        task: TaskID = self.bars.add_task(words, total=total)
        return lambda done: self.bars.update(task, completed=done)

    def begin_of_unknown(self, words: str) -> Callable[[int, int], None]:
        """Open a bar whose length is told on the way."""
        task: TaskID = self.bars.add_task(words, total=1)
        return lambda done, whole: self.bars.update(task, completed=done, total=whole)


def do_main_job(*, pilot: Path, bars: Progress, at: datetime) -> Happened:
    """Walk the whole way once: files and a first month of help in the last closed month, all else now."""
    steps = _Steps(bars)
    began = moment_of_files(at)
    tell = steps.begin("Organisations and accounts", 1)
    cast = prepare_cast(pilot=pilot, home=home_folder(), at=began)
    tell(1)
    plans = read_plan(pilot / "aid_plan.csv")
    with banks_of_the_province(pilot, began) as province:
        files = load_files(cast, pilot, began, steps, Banks(province, plans))
    analyze_database(open_database())  # a register that was empty a minute ago misleads the planner
    giving = help_in_the_closed_month(cast, plans, moment_of_help(at), steps)
    analyze_database(open_database())  # as above: the ledger was empty a minute ago
    assess(at, steps)
    search_words = find_and_invite(cast, pilot, at, steps)
    tell = steps.begin("People confirm facts, households object", 1)
    let_people_speak(officer=cast.officer, charities=[body.staff for body in cast.charities], at=at)
    tell(1)
    tell = steps.begin("The invited register, charities take them", 2)
    tell_directory(officer=cast.officer, charities=cast.charities, plans=plans, at=at)
    registered_count = let_invited_register(pilot=pilot, at=at)
    tell(1)
    if registered_count:
        # Found is not yet helped: help has the moment that truly came, and no days are made up.
        introduce_and_take(officer=cast.officer, charities=cast.charities, at=at + steps.passed)
    tell(2)
    giving.add(help_this_month(cast, plans, at, steps))
    gifts = give(cast, pilot, at, steps)
    wrong_count = verify_counters(at=at)
    figures = read_figures(actor=cast.officer, province=PROVINCE)
    told = (count_who_is_who(cast.officer), compare_with_truth(pilot), gifts)
    tell = steps.begin("Figures of the day, blocks of the logs", 1)
    show_in_the_open(province=PROVINCE, at=at + steps.passed)
    tell(1)
    return Happened(cast, tuple(files), province.told, search_words, giving, wrong_count, figures, *told)


def help_in_the_closed_month(cast: Cast, plans: Plans, at: datetime, steps: _Steps) -> Giving:
    """Let every charity carry out its whole plan; what it holds it brings within the month."""
    tell = steps.begin("Charities check, hold and deliver", sum(map(len, plans.values())))
    return carry_out_plans(charities=cast.charities, plans=plans, at=at, on_their_way=False, progress=adding(tell))


def help_this_month(cast: Cast, plans: Plans, at: datetime, steps: _Steps) -> Giving:
    """Let some give again what they give each month; some of it is still on its way."""
    again = plans_of_this_month(plans)
    tell = steps.begin("They give again in this month", sum(map(len, again.values())))
    return carry_out_plans(charities=cast.charities, plans=again, at=at, on_their_way=True, progress=adding(tell))


def adding(tell: Callable[[int], None]) -> Callable[[int], None]:
    """Tell a bar of what came, where it wants to know how far it is."""
    done = 0

    def add(count: int) -> None:
        nonlocal done
        done += count
        tell(done)

    return add


def give(cast: Cast, pilot: Path, at: datetime, steps: _Steps) -> GiftsTold:
    """Let givers give, and their money and goods reach needs."""
    tell = steps.begin("Givers give, bodies reach the needs", GIVING_STEPS)
    gifts = let_givers_give(cast=cast, pilot=pilot, at=at + steps.passed, tell=tell)
    tell(GIVING_STEPS)
    return gifts


def load_files(cast: Cast, pilot: Path, at: datetime, steps: _Steps, banks: Banks) -> list[FileLoaded]:
    """Load the agencies' lists, then every charity's file, the second half with every bank down; score, open needs."""
    tell = steps.begin("Agencies' coverage lists", len(cast.agencies))
    for number, agency in enumerate(cast.agencies, start=1):
        with acting(agency.staff):
            load_coverage_list(
                actor=agency.staff,
                at=at,
                organisation_id=agency.organisation_id,
                path_or_bytes=pilot / agency.file,
                observed_on=at.astimezone(TEHRAN).date(),
            )
        tell(number)
    tell = steps.begin("Charities' files", len(cast.charities))
    files: list[FileLoaded] = []
    for number, body in enumerate(cast.charities):
        if number == len(cast.charities) // 2:
            banks.province.go_down(cast.charities[:number], banks.plans)
        files.append(load_charity_file(body=body, pilot=pilot, at=at, progress=lambda _checked: None))
        tell(number + 1)
    banks.province.told.files_during = len(cast.charities) - len(cast.charities) // 2
    tell = steps.begin("Data banks, after an hour of silence", 1)
    banks.province.come_back(cast.charities[len(cast.charities) // 2 :], banks.plans)
    tell(1)
    bar = steps.begin_of_unknown("Who is who")
    settle_who_is_who(at=at, tell=bar)
    if not is_assessed():  # on a second walk the present's needs stand, and would open in the past too
        assess(at, steps)
    return files


def is_assessed() -> bool:
    """Whether needs stand from a walk before."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM scoring_need)")
        return bool(cursor.fetchone()[0])


def assess(at: datetime, steps: _Steps) -> None:
    """Who is covered, how poor they are, and what they need in this month, as every night does it."""
    tell = steps.begin("Coverage, scores and needs", 3)
    with acting(SYSTEM):
        record_charity_coverage(actor=SYSTEM, at=at)
        tell(1)
        score_households(actor=SYSTEM, at=at)
        tell(2)
        open_assessed_needs(actor=SYSTEM, at=at)
        tell(3)


def find_and_invite(cast: Cast, pilot: Path, at: datetime, steps: _Steps) -> dict[str, int]:
    """Search the welfare extract for the uncovered, invite them, and let the outbox send."""
    tell = steps.begin("Search for the uncovered", 1)
    bar = steps.bars.task_ids[-1]
    search = find_uncovered(
        actor=cast.officer,
        at=at,
        extract=pilot / "welfare.parquet",
        province=PROVINCE,
        deciles_max=DECILES_MAX,
        progress=lambda done, total: steps.bars.update(bar, completed=done, total=total),
    )
    campaign = CampaignToOpen(name=_CAMPAIGN_NAME, province=PROVINCE, address=ADDRESS, limit=INVITATIONS_MAX)
    invited = invite_candidates(actor=cast.officer, at=at, campaign=campaign)
    analyze_database(open_database())  # no invitation was known a moment ago: each report would read all of them
    tell = steps.begin("Invitations by SMS (outbox)", max(1, invited.queued_count))
    sent = send_invitations(actor=SYSTEM, clock=timezone.now, limit=INVITATIONS_MAX)
    refresh_statuses(actor=SYSTEM, at=at, limit=INVITATIONS_MAX)
    tell(max(1, invited.queued_count))
    return {
        "read": search.read_person_count,
        "low": search.low_household_count,
        "covered": search.covered_household_count,
        "found": search.found_count,
        "invited": invited.queued_count,
        "sent": sent.sent_count,
        "without_mobile": invited.without_mobile_count,
    }
