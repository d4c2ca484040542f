"""Check everybody of an Excel file before giving: writes the verdicts beside the national IDs into a new file.

    SAKHA_KEY=sakha_test_... python check_list.py http://127.0.0.1:8000 people.xlsx checked.xlsx

The national IDs stand in the first column, below a heading. Ten thousand people are ten requests.
"""

import os
import sys
from pathlib import Path

from openpyxl import Workbook, load_workbook
from sakha_client import Sakha


def check_file(sakha: Sakha, read_from: Path, write_to: Path, *, kind: str = "FOOD") -> dict[str, int]:
    """Check a file; tell how often each verdict came."""
    book = load_workbook(read_from, read_only=True)
    rows = book.active.iter_rows(min_row=2, max_col=1, values_only=True)
    numbers = [str(row[0] or "").strip() for row in rows]
    book.close()  # a workbook read on the way keeps its file open
    checked = Workbook(write_only=True)
    written = checked.create_sheet("checked")
    written.append(["national_id", "verdict", "open_quantity"])
    counts: dict[str, int] = {}
    for number, line in zip(numbers, sakha.check_many(kind, [one or "-" for one in numbers]), strict=True):
        written.append([number, line.verdict, line.open_quantity])
        counts[line.verdict] = counts.get(line.verdict, 0) + 1
    checked.save(write_to)
    return counts


if __name__ == "__main__":
    address, source, target = sys.argv[1:4]
    with Sakha(address, os.environ["SAKHA_KEY"]) as client:
        for verdict, count in check_file(client, Path(source), Path(target)).items():
            print(verdict, count)
