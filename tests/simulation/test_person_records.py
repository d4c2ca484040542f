"""Records of people for linkage: the same bytes each time, a truth for every record, numbers that nobody has."""

import csv
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.identifiers import parse_national_id
from simulation.person_records.numbers import NATIONAL, PREFIXES, ZERO_PREFIXES, NumberStock
from simulation.person_records.recipe import HARSH, PLAIN
from simulation.person_records.spelling import HOMOPHONES, exchange, other_spellings, parts_of, slip
from simulation.person_records.writing import COLUMNS, Order, RecordPaths, write_records


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> RecordPaths:
    return write_records(Order(records=3_000, seed=5, with_story=True), tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def rows(made: RecordPaths) -> list[dict[str, str]]:
    stories = {row["record_id"]: row for row in read(made.story)}
    return [row | stories[row["record_id"]] for row in read(made.records)]


def test_the_same_order_gives_the_same_bytes_and_another_seed_others(made: RecordPaths, tmp_path: Path):
    again = write_records(Order(records=3_000, seed=5), tmp_path / "again")
    other = write_records(Order(records=3_000, seed=6), tmp_path / "other")
    assert again.records.read_bytes() == made.records.read_bytes()
    assert again.truth.read_bytes() == made.truth.read_bytes()
    assert other.records.read_bytes() != made.records.read_bytes()
    assert not again.story.exists()


def test_every_record_has_an_id_of_its_own_and_a_person(made: RecordPaths, rows: list[dict[str, str]]):
    truth = {row["record_id"]: row["person_id"] for row in read(made.truth)}
    assert len(truth) == len(rows) == 3_000
    assert tuple(read(made.records)[0]) == COLUMNS
    assert {row["record_id"]: row["person_id"] for row in rows} == truth
    assert 1.15 < len(rows) / len(set(truth.values())) < 2


def test_the_column_of_case_numbers_can_be_left_out(tmp_path: Path):
    paths = write_records(Order(records=200, with_file_no=False), tmp_path)
    assert tuple(read(paths.records)[0]) == COLUMNS[:-1]


def test_one_case_file_holds_one_record_a_person_unless_the_story_says_again(rows: list[dict[str, str]]):
    seen: Counter[tuple[str, ...]] = Counter(
        (row["source"], row["file_no"], row["person_id"]) for row in rows if "again" not in row["story"].split()
    )
    assert max(seen.values()) == 1


def test_a_case_file_holds_people_of_one_clan(rows: list[dict[str, str]]):
    clans = defaultdict(set)
    for row in rows:
        clans[row["source"], row["file_no"]].add(row["clan_id"])
    assert max(len(clan) for clan in clans.values()) == 1


def test_ids_are_valid_different_of_prefixes_that_are_not_issued_and_twins_are_neighbours():
    rng = np.random.default_rng(1)
    stock = NumberStock(1, 9)
    county = rng.integers(0, 9, 5_000)
    twin = np.arange(5_000) % 50 == 1
    numbers = []
    for _portion in range(2):
        kinds, some = stock.draw_ids(rng, county, np.zeros(5_000, dtype=bool), twin)
        assert (kinds == NATIONAL).all()
        assert (some[1::50] // 10 - some[0::50] // 10 == 1).all()
        numbers += some.tolist()
    assert len(set(numbers)) == 10_000
    assert {number // 10**7 for number in numbers} <= {*PREFIXES, *ZERO_PREFIXES}
    for number in numbers[::97]:
        text = str(number).zfill(10)
        assert parse_national_id(text) == text


def test_no_mobile_is_of_an_operator(rows: list[dict[str, str]]):
    digits = ("".join(letter for letter in fold_digits(row["mobile"]) if letter.isdigit()) for row in rows)
    whole = [number for number in digits if len(number) == 11 and number.startswith("09")]
    shares = Counter(number[:3] for number in whole)
    assert shares["096"] / len(whole) > 0.97


def test_undamaged_ids_tell_people_apart_and_damaged_ones_do_not(rows: list[dict[str, str]]):
    owners, claimed = defaultdict(set), defaultdict(set)
    for row in rows:
        number = "".join(filter(str.isdigit, fold_digits(row["national_id"]))).lstrip("0")
        story = set(row["story"].split())
        if number and not story & {"id_mistyped", "id_of_other", "id_missing"}:
            owners[number].add(row["person_id"])
        if number and "id_missing" not in story:
            claimed[number].add(row["person_id"])
    assert max(len(people) for people in owners.values()) == 1
    assert max(len(people) for people in claimed.values()) > 1


def test_harsh_charities_do_about_twice_the_damage(tmp_path: Path):
    def damage(recipe, name: str) -> float:
        paths = write_records(Order(records=3_000, seed=2, recipe=recipe, with_story=True), tmp_path / name)
        words = [row["story"].split() for row in read(paths.story)]
        return sum(len(set(word) - {"moved"}) for word in words) / len(words)

    plain, harsh = damage(PLAIN, "plain"), damage(HARSH, "harsh")
    assert 1.5 < harsh / plain < 3


def test_records_of_one_person_are_seldom_the_same_text(rows: list[dict[str, str]]):
    people = defaultdict(list)
    for row in rows:
        people[row["person_id"]].append(row)
    pairs = [pair for records in people.values() for pair in combinations(records, 2)]
    same = sum(
        one["given_name"] == two["given_name"] and one["family_name"] == two["family_name"] for one, two in pairs
    )
    assert 0.2 < same / len(pairs) < 0.8


def test_slips_and_sound_alikes_change_one_letter_or_two():
    rng = np.random.default_rng(3)
    for _ in range(200):
        assert abs(len(slip("محمدی", rng)) - 5) <= 1
        assert exchange("صغری", rng, HOMOPHONES) != "صغری"
    assert exchange("نیلی", rng, ("تط",)) == "نیلی"


def test_compounds_are_parted_at_spaces_and_at_fore_words():
    known = frozenset({"رضا", "حسین"})
    assert parts_of("محمدرضا", known) == ("محمد", "رضا")
    assert parts_of("فاطمه زهرا", known) == ("فاطمه", "زهرا")
    assert parts_of("محمدی", known) == ("محمدی",)
    assert "اسمعیل" in other_spellings("اسماعیل")
