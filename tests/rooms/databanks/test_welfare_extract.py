"""Reading the welfare data bank's extract."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from sakha.access.queries import key_ring
from sakha.access.rules.sealing import People, PeopleMixed
from sakha.databanks.queries.welfare_extract import ExtractJoin, ExtractUnreadable, LowDecileHousehold, open_extract
from sakha.databanks.rules import subject_indexes
from tests.coordination_cast import Family, write_extract
from tests.ledger_cast import PROVINCE, a_national_id


def loaded(join: ExtractJoin, deciles_max: int = 3) -> int:
    return join.load(ring=key_ring(), province=PROVINCE, deciles_max=deciles_max, progress=lambda _done, _all: None)


def lines_of(national_ids: Iterable[str]) -> list[bytes]:
    return [index.hex().encode() + b"\n" for index in subject_indexes(key_ring(), list(national_ids))]


def people(path: Path, known: Iterable[str], deciles_max: int = 3) -> set[bytes]:
    """Indexes of the low people of the extract among those who are known."""
    with open_extract(path) as join:
        join.learn("known", lines_of(known))
        loaded(join, deciles_max)
        return {index for batch in join.known_people(batch_rows=2) for index, _ in batch}


def households(path: Path, settling: Iterable[str] = ()) -> dict[str, LowDecileHousehold]:
    with open_extract(path) as join:
        join.learn("settling", lines_of(settling))
        loaded(join)
        return {one.head_national_id: one for batch in join.unsettled_households(batch_rows=2) for one in batch}


def test_only_the_low_deciles_of_the_province_are_read(tmp_path: Path) -> None:
    low, third = Family(decile=1), Family(decile=3)
    strangers = [Family(decile=4), Family(decile=None), Family(decile=0), Family(decile=1, province="21")]
    extract = write_extract(tmp_path / "welfare.parquet", [low, third, *strangers])

    everybody = [one for family in (low, third, *strangers) for one in (family.head, *family.others)]
    assert people(extract, everybody) == set(
        subject_indexes(key_ring(), [low.head, *low.others, third.head, *third.others])
    )
    assert people(extract, everybody, deciles_max=1) == set(subject_indexes(key_ring(), [low.head, *low.others]))
    with open_extract(extract) as join:
        assert loaded(join) == 4
        assert join.provinces() == {"21": 2, PROVINCE: 10}


def test_the_index_of_the_extract_is_the_database_s_own(tmp_path: Path) -> None:
    family = Family(head="0013542419", others=["0499370899"])
    extract = write_extract(tmp_path / "welfare.parquet", [family])

    own = subject_indexes(key_ring(), ["0013542419", "0499370899"])
    assert people(extract, ["0013542419", "0499370899"]) == set(own)
    assert people(extract, [a_national_id()]) == set()


def test_one_settled_member_settles_the_household(tmp_path: Path) -> None:
    settled, open_one = Family(decile=1), Family(decile=1)
    extract = write_extract(tmp_path / "welfare.parquet", [settled, open_one])

    assert set(households(extract, settling=settled.others)) == {open_one.head}
    with open_extract(extract) as join:
        join.learn("settling", lines_of(settled.others))
        loaded(join)
        assert join.household_counts() == (2, 1)


def test_the_decile_of_known_people_is_their_household_s(tmp_path: Path) -> None:
    known, other = Family(decile=2), Family(decile=1)
    extract = write_extract(tmp_path / "welfare.parquet", [known, other])

    with open_extract(extract) as join:
        join.learn("known", lines_of(known.others))
        loaded(join)
        assert join.known_deciles() == {known.number: (2, known.decile_on)}


def test_a_folder_of_files_is_one_extract_and_loading_tells_how_far_it_is(tmp_path: Path) -> None:
    here, there = Family(decile=1), Family(decile=1, province="21")
    write_extract(tmp_path / "a.parquet", [here])
    write_extract(tmp_path / "b.parquet", [there])
    told: list[tuple[int, int]] = []

    with open_extract(tmp_path) as join:
        assert join.provinces() == {"21": 2, PROVINCE: 2}
        join.load(
            ring=key_ring(), province="21", deciles_max=3, progress=lambda done, total: told.append((done, total))
        )
        assert [one.head_national_id for batch in join.unsettled_households() for one in batch] == [there.head]
    assert told[-1] == (2, 2)


def test_a_household_is_told_by_its_head(tmp_path: Path) -> None:
    family = Family(decile=2, county="3002")
    extract = write_extract(tmp_path / "welfare.parquet", [family])

    household = households(extract)[family.head]

    assert (household.household_no, household.household_size, household.official_decile) == (family.number, 2, 2)
    assert (household.county, household.mobile, household.decile_on) == ("3002", family.mobile, family.decile_on)


def test_without_a_phone_of_the_head_a_members_phone_is_taken(tmp_path: Path) -> None:
    family = Family(mobile=None, other_mobile="+989901112233")
    silent = Family(mobile=None)
    found = households(write_extract(tmp_path / "welfare.parquet", [family, silent]))

    assert found[family.head].mobile == "+989901112233"
    assert found[silent.head].mobile == ""


def test_a_household_without_a_head_is_left_out(tmp_path: Path) -> None:
    extract = write_extract(tmp_path / "welfare.parquet", [Family(has_head=False)])

    assert households(extract) == {}


def test_numbers_that_lost_their_zeros_get_them_back(tmp_path: Path) -> None:
    extract = tmp_path / "welfare.parquet"
    write_extract(tmp_path / "whole.parquet", [Family(head="0013542419", others=[])])
    duckdb.execute(
        f"COPY (SELECT * REPLACE (national_id::BIGINT AS national_id, province::INT AS province,"
        f" county::INT AS county) FROM '{tmp_path}/whole.parquet') TO '{extract}' (FORMAT PARQUET)"
    )

    assert people(extract, ["0013542419"]) == set(subject_indexes(key_ring(), ["0013542419"]))
    assert households(extract)["0013542419"].county == "3001"


def test_an_extract_of_other_people_than_the_house_s_is_refused(tmp_path: Path) -> None:
    mixed = write_extract(tmp_path / "mixed.parquet", [Family(head="0013542419", others=[a_national_id()])])
    real = write_extract(tmp_path / "real.parquet", [Family(head="0013542419", others=["0499370899"])])

    def count(path: Path, people: People | None) -> int:
        ring = replace(key_ring(), people=people)
        with open_extract(path) as join:
            return join.load(ring=ring, province=PROVINCE, deciles_max=3, progress=lambda *_: None)

    assert (count(real, People.REAL), count(mixed, None)) == (2, 2), "the control: nobody said of whom the house is"
    for path, people in ((mixed, People.REAL), (mixed, People.SIMULATED), (real, People.SIMULATED)):
        with pytest.raises(PeopleMixed):
            count(path, people)


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.parquet"
    text.write_text("national_id\n")
    narrow = tmp_path / "narrow.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS national_id) TO '{narrow}' (FORMAT PARQUET)")

    (tmp_path / "empty").mkdir()

    for path in (text, narrow, tmp_path / "missing.parquet", tmp_path / "empty"):
        with pytest.raises(ExtractUnreadable):
            people(path, [])
