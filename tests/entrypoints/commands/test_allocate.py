"""`sakha allocate`: from two files to a file, with clear refusals and an answer to why."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sakha.allocation.queries import tables
from sakha.allocation.rules.sharing import Sharing, share_funds
from sakha.entrypoints.commands import allocate
from sakha.entrypoints.commands.main import main

NEEDS = """need_id,household_id,province,county,category,types,tier,amount,already,divisible,score,registered_on
n1,h1,البرز,کرج,food,,1,1000,0,1,5,2026-01-01
n2,h2,البرز,نظرآباد,food,orphan|student,1,1000,500,1,5,2026-01-02
n3,h3,تهران,ری,surgery,,1,300,0,0,9,2026-01-03
n5,h5,تهران,ری,surgery,,1,300,0,0,1,2026-01-03
n4,h4,تهران,ری,food,,2,1000,0,1,1,2026-01-04
"""
FUNDS = """fund_id,amount,provinces,counties,categories,types_any,types_all,types_none,max_tier,need_ids,\
max_per_household,received_on,expires_on
f1,900,البرز,,,,,,,,,2026-01-01,
f2,500,,,,,,,,,,2026-01-01,2026-12-01
f3,50,,,food,student,,,,,,2026-01-01,
"""


def share(folder: Path, *words: str, needs: str = NEEDS, funds: str = FUNDS) -> int:
    (folder / "needs.csv").write_text(needs, encoding="utf-8")
    (folder / "funds.csv").write_text(funds, encoding="utf-8")
    return main(
        ["allocate", "--funds", str(folder / "funds.csv"), "--needs", str(folder / "needs.csv"),
         "--out", str(folder / "out.csv"), *words]
    )  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_money_reaches_the_worst_off_and_the_whole_case(tmp_path: Path) -> None:
    assert share(tmp_path) == 0

    given: dict[str, int] = {}
    for row in rows(tmp_path / "out.csv"):
        given[row["need_id"]] = given.get(row["need_id"], 0) + int(row["amount"])
    assert given == {"n1": 825, "n2": 325, "n3": 300}


def test_report_holds_figures_levels_and_the_certificate(tmp_path: Path) -> None:
    assert share(tmp_path, "--report", str(tmp_path / "report")) == 0

    summary = json.loads((tmp_path / "report" / "summary.json").read_text(encoding="utf-8"))
    assert summary["certificate"] == {"broken_rules": [], "complaint": 0.0}
    assert summary["paid"] + summary["unspent"] == summary["money"] == 1450
    assert [row["need_id"] for row in rows(tmp_path / "report" / "levels.csv")] == ["n1", "n2", "n3", "n5", "n4"]
    assert {row["name"] for row in rows(tmp_path / "report" / "provinces.csv")} == {"البرز", "تهران"}


def test_it_says_why_this_need_and_not_that_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert share(tmp_path, "--explain", "n4", "--instead-of", "n1") == 0

    printed = capsys.readouterr().out
    assert "may be paid by f2: 0 rials left" in printed
    assert "f1 paid n1 and may not pay n4: place" in printed


def test_it_says_where_one_more_gift_would_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert share(tmp_path, "--suggest", "f1", "--rials", "60") == 0
    assert share(tmp_path, "--suggest", "nobody") == 0

    printed = capsys.readouterr().out
    assert "60 rials more under the conditions of f1: to 2 needs, 0 find none" in printed
    assert "  n1: 30" in printed
    assert "no fund is named nobody" in printed


def test_twice_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    share(tmp_path)
    first = (tmp_path / "out.csv").read_bytes()
    share(tmp_path)

    assert (tmp_path / "out.csv").read_bytes() == first


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("orphan|student,1,1000", ",1,12.5", "ALLOCATION_CELL_INVALID", "ردیف ۳"),
        ("n3,h3,تهران,ری,surgery,,1", "n3,h3,تهران,ری,surgery,,0", "ALLOCATION_CELL_INVALID", "«tier»"),
        ("n4,", "n1,", "ALLOCATION_NAME_REPEATED", "ردیف ۶"),
        ("need_id,", "name,", "ALLOCATION_COLUMN_MISSING", "«need_id»"),
        ("need_id,household_id", "need_id,tier", "ALLOCATION_COLUMN_REPEATED", "«tier»"),
        ("n2,h2,", "n2,", "ALLOCATION_ROW_UNREADABLE", "ردیف ۳"),
        ("n2,h2,", '"n2,h2,', "ALLOCATION_ROW_UNREADABLE", "ردیف ۳"),
        ("1,1000,500", "1,1e3,500", "ALLOCATION_CELL_INVALID", "«amount»"),
        ("1,1000,500", f"1,{2**53},500", "ALLOCATION_CELL_INVALID", "«amount»"),
        ("2026-01-03", "2026-13-03", "ALLOCATION_CELL_INVALID", "«registered_on»"),
        ("0,9,", "0,high,", "ALLOCATION_CELL_INVALID", "«score»"),
        ("n3,", " ,", "ALLOCATION_CELL_INVALID", "«need_id»"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_row_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str, place: str
) -> None:
    assert old in NEEDS

    assert share(tmp_path, needs=NEEDS.replace(old, new)) == 2

    told = capsys.readouterr().err
    assert code in told
    assert place in told
    assert not (tmp_path / "out.csv").exists()


def test_a_wrong_fund_and_a_file_that_is_no_table_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert share(tmp_path, funds=FUNDS.replace("f1,900", "f1,-5")) == 2
    assert "ALLOCATION_CELL_INVALID" in capsys.readouterr().err
    (tmp_path / "needs.csv").write_bytes(b"\x00\xff\xfe\x00")
    words = ["allocate", "--funds", str(tmp_path / "funds.csv"), "--needs", str(tmp_path / "needs.csv")]
    assert main([*words, "--out", str(tmp_path / "out.csv")]) == 2
    assert main([*words[:2], str(tmp_path / "nowhere.csv"), *words[3:], "--out", str(tmp_path / "out.csv")]) == 2


def test_the_dress_of_a_file_changes_nothing(tmp_path: Path) -> None:
    share(tmp_path)
    plain = (tmp_path / "out.csv").read_bytes()

    def dressed(text: str) -> str:
        quoted = [",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()]
        return "\ufeff" + "\r\n".join(quoted)

    assert share(tmp_path, needs=dressed(NEEDS), funds=dressed(FUNDS)) == 0
    assert (tmp_path / "out.csv").read_bytes() == plain
    spread = NEEDS.replace(",1000,", ",1000.0,").replace("2026-01-02", "2026/1/2")
    assert share(tmp_path, needs=spread, funds=FUNDS.replace("\n", ",note\n").replace(",,", ", ,")) == 0
    assert (tmp_path / "out.csv").read_bytes() == plain


def test_texts_that_come_late_in_a_file_count_like_early_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share(tmp_path)
    plain = (tmp_path / "out.csv").read_bytes()
    monkeypatch.setattr(tables, "_FIRST_ROWS", 1)

    assert share(tmp_path) == 0
    assert (tmp_path / "out.csv").read_bytes() == plain


def test_files_with_little_in_them_are_answered(tmp_path: Path) -> None:
    header = NEEDS.splitlines()[0]
    limited = "fund_id,amount,max_per_household,need_ids\nf1,900,5,\nf2,900,,nobody\n"

    assert share(tmp_path, needs=header, funds=limited) == 0
    assert rows(tmp_path / "out.csv") == []
    short = "need_id,tier,amount\nn1,1,0\nn2,2,1000000000000000\n"
    assert share(tmp_path, needs=short, funds=limited) == 0  # each need a household of its own
    assert rows(tmp_path / "out.csv") == [{"fund_id": "f1", "need_id": "n2", "amount": "5"}]
    many = "need_id,tier,amount\n" + "".join(f"n{one},1,{2**53 - 1}\n" for one in range(445))
    assert share(tmp_path, needs=many, funds=limited) == 2


LIMITED = FUNDS.replace("f2,500,,,,,,,,,,2026-01-01,2026-12-01", "f2,500,,,,,,,,,250,2026-01-01,2026-12-01")
DIVISIBLE = NEEDS.replace(",300,0,0,", ",300,0,1,")


def test_where_part_of_the_needs_is_offered_the_gap_is_proved_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(allocate, "share_funds", partial(share_funds, most_pairs=0))

    assert share(tmp_path, "--report", str(tmp_path / "report"), needs=DIVISIBLE, funds=LIMITED) == 0

    summary = json.loads((tmp_path / "report" / "summary.json").read_text(encoding="utf-8"))
    assert not summary["is_exact"]
    assert summary["gap"] == 0
    assert summary["bound"] == summary["paid"] == 1450
    printed = capsys.readouterr().out
    assert "nobody can complain" in printed
    assert "lawful, not proved exact" in printed


def test_control_a_bound_that_is_too_low_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def share_and_boast(*files: Any, tell: Any) -> Sharing:
        found = share_funds(*files, tell=tell, most_pairs=0)
        return replace(found, bound=found.bound - 1)

    monkeypatch.setattr(allocate, "share_funds", share_and_boast)

    assert share(tmp_path, needs=DIVISIBLE, funds=LIMITED) == allocate.EXIT_REFUSED
    assert "BOUND_NOT_PROVED" in capsys.readouterr().out
