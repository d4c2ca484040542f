"""`python -m simulation --home DIR [--survey FILE] [--needy N]`: makes the pilot with a progress bar."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulation.coverage import PILOT_NEEDY
from simulation.pilot import PILOT_POPULATION, PilotPaths, make_pilot

STEPS = {"province": "People and families", "files": "Charities' files", "tables": "Extract, lists and truth"}


def main() -> None:
    """Read the arguments, make the pilot, say where it is."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description="Make the pilot province.")
    parser.add_argument("--home", type=Path, required=True, help="folder to make it in")
    parser.add_argument(
        "--survey", type=Path, help="household survey (iran_hbs_1398.csv.gz); without it, own marginals"
    )
    parser.add_argument("--needy", type=int, default=PILOT_NEEDY, help="different people in the charities' files")
    parser.add_argument("--population", type=int, default=PILOT_POPULATION, help="people of the province")
    parser.add_argument("--seed", type=int, default=1405, help="the same seed makes the same province")
    show(make_with_bars(parser.parse_args()))


def make_with_bars(arguments: argparse.Namespace) -> PilotPaths:
    """Make the pilot, with one bar a step."""
    columns = (TextColumn("{task.description:<26}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        tasks = {step: bars.add_task(label, total=None) for step, label in STEPS.items()}
        return make_pilot(
            home=arguments.home,
            seed=arguments.seed,
            needy_count=arguments.needy,
            population=arguments.population,
            survey=arguments.survey,
            progress=lambda step, done, total: bars.update(tasks[step], completed=done, total=total),
        )


def show(paths: PilotPaths) -> None:
    """Print the manifest's figures."""
    console = Console()
    console.print(f"The pilot is in {paths.home}")
    console.print(paths.manifest.read_text(encoding="utf-8").split('"sha256"')[0].rstrip(" ,\n{"), highlight=False)


if __name__ == "__main__":
    main()
