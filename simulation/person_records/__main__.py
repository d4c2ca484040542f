"""`python -m simulation.person_records --out DIR --records N --seed S`: writes records of people and who they are."""

import argparse
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulation.person_records.recipe import HARSH, PLAIN
from simulation.person_records.writing import Order, write_records


def main() -> None:
    """Read the arguments, write the files with a bar."""
    parser = argparse.ArgumentParser(prog="python -m simulation.person_records", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for RECORDS.csv and TRUTH.csv")
    parser.add_argument("--records", type=int, default=20_000, help="how many records")
    parser.add_argument("--seed", type=int, default=1405, help="the same seed makes the same records")
    parser.add_argument("--harsh", action="store_true", help="careless charities: about twice the damage")
    parser.add_argument("--sources", type=int, default=0, help="how many charities (one for 400 records if not said)")
    parser.add_argument("--no-file-no", action="store_true", help="leave out the column of case numbers")
    parser.add_argument("--story", action="store_true", help="also STORY.csv: what was done to each record")
    said = parser.parse_args()
    order = Order(
        records=said.records, seed=said.seed, recipe=HARSH if said.harsh else PLAIN, sources=said.sources,
        with_file_no=not said.no_file_no, with_story=said.story,
    )  # fmt: skip
    columns = (TextColumn("Records"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        task = bars.add_task("records", total=said.records)
        write_records(order, said.out, lambda written: bars.update(task, completed=written))


if __name__ == "__main__":
    main()
