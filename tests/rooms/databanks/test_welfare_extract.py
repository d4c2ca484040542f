"""Reading the welfare data bank's extract."""

from pathlib import Path

import duckdb
import pytest

from sakha.databanks.queries import welfare_extract
from sakha.databanks.queries.welfare_extract import ExtractUnreadable
from tests.coordination_cast import Family, write_extract
from tests.ledger_cast import PROVINCE


def people(path: Path, deciles_max: int = 3) -> set[str]:
    batches = welfare_extract.low_decile_people(path, province=PROVINCE, deciles_max=deciles_max, batch_rows=2)
    return {national_id for batch in batches for national_id, _ in batch}


def households(path: Path) -> dict[str, welfare_extract.LowDecileHousehold]:
    batches = welfare_extract.low_decile_households(path, province=PROVINCE, deciles_max=3, batch_rows=2)
    return {one.head_national_id: one for batch in batches for one in batch}


def test_only_the_low_deciles_of_the_province_are_read(tmp_path: Path) -> None:
    low, third = Family(decile=1), Family(decile=3)
    strangers = [Family(decile=4), Family(decile=None), Family(decile=0), Family(decile=1, province="21")]
    extract = write_extract(tmp_path / "welfare.parquet", [low, third, *strangers])

    assert people(extract) == {low.head, *low.others, third.head, *third.others}
    assert people(extract, deciles_max=1) == {low.head, *low.others}
    assert welfare_extract.low_decile_count(extract, province=PROVINCE, deciles_max=3) == 4


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

    assert people(extract) == {"0013542419"}
    assert households(extract)["0013542419"].county == "3001"


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.parquet"
    text.write_text("national_id\n")
    narrow = tmp_path / "narrow.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS national_id) TO '{narrow}' (FORMAT PARQUET)")

    for path in (text, narrow, tmp_path / "missing.parquet"):
        with pytest.raises(ExtractUnreadable):
            people(path)
