import pytest

from sakha.vocabulary.persian_text import match_key, sort_key
from sakha.vocabulary.places import COUNTIES, PROVINCES, counties_of, find_county, find_province


def test_there_are_31_provinces_and_448_counties_with_fitting_codes() -> None:
    assert sorted(PROVINCES) == [f"{number:02d}" for number in range(31)]
    assert len(COUNTIES) == 448
    assert all(code == county.code and len(code) == 4 for code, county in COUNTIES.items())
    assert {county.province_code for county in COUNTIES.values()} == set(PROVINCES)


def test_no_two_counties_of_a_province_share_a_name() -> None:
    names = [(county.province_code, match_key(county.name)) for county in COUNTIES.values()]

    assert len(set(names)) == len(names)


def test_names_are_persian_and_english() -> None:
    for place in (*PROVINCES.values(), *COUNTIES.values()):
        assert not place.name.isascii()
        assert place.name_en.isascii()
        assert place.name == place.name.strip()


@pytest.mark.parametrize(
    "text", ["البرز", "استان البرز", "البرز ", "ألبرز", "30", "۳۰", "Alborz", "alborz province", "استان‌البرز"]
)
def test_province_is_found_by_any_spelling(text: str) -> None:
    found = find_province(text)

    assert found is not None
    assert found.code == "30"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("کرج", "3001"), ("شهرستان كرج", "3001"), ("Karaj", "3001"), ("۳۰۰۱", "3001"), ("نظر آباد", "3003"),
        ("نظراباد", "3003"),
        ("آستانه اشرفیه", "0102"), ("شهر قدس", "2316"), ("بندر عباس", "2202"), ("بندر انزلی", "0103"),
        ("انزلي", "0103"),
        ("بينالود", "0932"), ("صومعه‌سرا", "0108"), ("راسک", "1108"), ("سرباز", "1123"),
    ],
)  # fmt: skip
def test_county_is_found_by_any_spelling(text: str, code: str) -> None:
    found = find_county(text)

    assert found is not None
    assert found.code == code


def test_county_is_looked_for_inside_its_province() -> None:
    assert find_county("کرج", "30") == COUNTIES["3001"]
    assert find_county("کرج", "23") is None


@pytest.mark.parametrize("text", ["", "استان", "شهرستان", "ناکجاآباد", "خراسان", "31", "9999"])
def test_what_is_no_place_or_no_single_one_is_not_found(text: str) -> None:
    assert find_province(text) is None
    assert find_county(text) is None


@pytest.mark.parametrize("code", PROVINCES)
def test_every_place_is_found_by_its_own_name_and_code(code: str) -> None:
    province = PROVINCES[code]

    assert find_province(province.name) == find_province(province.name_en) == find_province(code) == province
    for county in counties_of(code):
        assert find_county(county.name, code) == find_county(county.name_en, code) == find_county(county.code) == county


def test_counties_of_a_province_come_in_the_order_of_the_alphabet() -> None:
    names = [county.name for county in counties_of("30")]

    assert names == ["اشتهارد", "ساوجبلاغ", "طالقان", "فردیس", "کرج", "نظرآباد"]
    assert names == sorted(names, key=sort_key)
    assert counties_of("99") == ()
