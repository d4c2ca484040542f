"""`sakha link` as it is typed: files in, clusters and a report out, a sentence when something is wrong."""

import csv
import json

import pytest

from sakha.entrypoints.commands.main import EXIT_REFUSED, main

HEADER = "record_id,source,given_name,family_name,father_name,national_id,birth_date,mobile\n"
ROWS = (
    "a,x,سید رضا,احمدی,حسن,9990000018,1360/01/02,09123214567\n"
    "b,y,رضا,احمدي,حسن,9990000018,۶۰/۱/۲,\n"
    "c,y,مریم,کریمی,علی,,1371,\n"
)


def read(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def records(tmp_path):
    path = tmp_path / "records.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


def test_records_are_linked_measured_and_reported(records, tmp_path, capsys):
    truth, out, report = tmp_path / "truth.csv", tmp_path / "out.csv", tmp_path / "report"
    truth.write_text("record_id,person_id\na,1\nb,1\nc,2\n", encoding="utf-8")
    words = ["link", str(records), "--out", str(out), "--truth", str(truth), "--report", str(report)]
    assert main(words) == 0
    rows = read(out)
    assert [row["cluster_id"] for row in rows] == ["a", "a", "c"]
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)
    assert "precision 1.0000, recall 1.0000, F1 1.0000; clusters" in capsys.readouterr().out
    figures = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert figures["accuracy"]["pair_f1"] == 1
    (link,) = read(report / "links.csv")
    parts = [part.rsplit(":", 1)[1] for part in link["reasons"].split()]
    assert sum(map(float, parts)) == pytest.approx(float(link["weight"]), abs=0.1)
    before = out.read_bytes()
    assert main(words) == 0
    assert out.read_bytes() == before


def test_a_register_is_kept_and_new_records_are_linked_to_it(records, tmp_path):
    kept, out, new = tmp_path / "kept", tmp_path / "out.csv", tmp_path / "new.csv"
    new.write_text(HEADER + "d,z,رضا,احمدی,حسن,9990000018,1360/01/02,\ne,z,نو,تازه,,,,\n", encoding="utf-8")
    assert main(["link", str(records), "--out", str(out), "--keep", str(kept)]) == 0
    assert main(["link", str(new), "--out", str(out), "--against", str(kept), "--keep", str(kept)]) == 0
    rows = read(out)
    assert [(row["record_id"], row["cluster_id"]) for row in rows] == [("d", "a"), ("e", "e")]


def test_a_wrong_file_gets_a_sentence_with_row_and_column(tmp_path, capsys):
    path = tmp_path / "records.csv"
    path.write_text("record_id,given_name\n1,علی\n1,رضا\n", encoding="utf-8")
    assert main(["link", str(path), "--out", str(tmp_path / "out.csv")]) == EXIT_REFUSED
    said = capsys.readouterr().err
    assert "LINK_RECORD_ID_WRONG" in said
    assert "record_id" in said
    assert "۳" in said


def test_what_is_missing_is_told_before_the_long_work(records, tmp_path, capsys):
    bad_truth = tmp_path / "truth.csv"
    bad_truth.write_text("record_id,who\na,1\n", encoding="utf-8")
    for words, code in (
        (["--out", str(tmp_path / "nowhere" / "out.csv")], "LINK_FOLDER_MISSING"),
        (["--out", str(tmp_path / "out.csv"), "--model", str(tmp_path / "none.toml")], "LINK_FILE_MISSING"),
        (["--out", str(tmp_path / "out.csv"), "--truth", str(bad_truth)], "LINK_COLUMN_MISSING"),
    ):
        assert main(["link", str(records), *words]) == EXIT_REFUSED
        said = capsys.readouterr().err
        assert code in said
        assert "Link records" not in said
