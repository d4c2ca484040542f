"""The nation's engine and the embedded one give the same people, byte for byte."""

import csv
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.person_records.writing import Order, write_records


def why_not() -> str:
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark isn't installed: it comes with requirements/bench.txt"
    return "" if shutil.which("java") else "Spark needs Java, which isn't on the path"


def link(records: Path, clusters: Path, engine: str) -> bytes:
    command = [sys.executable, "-m", "sakha.entrypoints.commands", "link", str(records), "--out", str(clusters)]
    ended = subprocess.run([*command, "--engine", engine], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2_000:]
    return clusters.read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_spark_and_duckdb_find_the_same_people(tmp_path: Path):
    made = write_records(Order(records=2_000, seed=11), tmp_path)
    # in two scripts, so that both engines compare by what is heard too
    header = made.records.read_text(encoding="utf-8").partition("\n")[0].split(",")
    with made.records.open("a", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, header, restval="", lineterminator="\n")
        for place, (given, family) in enumerate([("محسن", "رضایی"), ("Mohsen", "Rezaee"), ("محمدرضا", "Mousavi")]):
            told = {"record_id": f"two-scripts-{place}", "source": f"s{place}", "birth_date": "1363/05/12"}
            table.writerow(told | {"given_name": given, "family_name": family})
    embedded = link(made.records, tmp_path / "embedded.csv", "duckdb")
    assert embedded.count(b"\n") == 2_004
    assert b"\ntwo-scripts-1,two-scripts-0," in embedded
    assert link(made.records, tmp_path / "spark.csv", "spark") == embedded
