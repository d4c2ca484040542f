"""The people: numbers that are valid and belong to nobody, shares that are those of the province."""

import ast
from pathlib import Path

import numpy as np
import pytest

from sakha.vocabulary.identifiers import (
    NationalIdInvalid,
    national_id_check_digit,
    parse_fida_code,
    parse_legal_id,
    parse_mobile,
    parse_national_id,
)
from simulation.identities import FIDA, NATIONAL, OTHER_PREFIXES, REGISTER_PREFIX, check_digits
from simulation.names import families, given_texts
from simulation.people import CHILD, HEAD, SPOUSE, ages_on
from simulation.province import Province
from simulation.shipped_tables import places

SIMULATION = Path(__file__).resolve().parents[2] / "simulation"


def test_every_national_id_is_valid_different_and_of_a_prefix_that_is_not_issued(province: Province):
    numbers = province.identities.number[province.identities.id_kind == NATIONAL]
    assert len(np.unique(numbers)) == len(numbers)
    assert set((numbers // 10**7).tolist()) <= {REGISTER_PREFIX, *OTHER_PREFIXES}
    for number in numbers[::37].tolist():
        assert parse_national_id(str(number)) == str(number)


def test_check_digits_in_arrays_are_the_vocabulary_s():
    first_nine = np.random.default_rng(0).integers(10**8, 10**9, 500)
    expected = [national_id_check_digit(str(number)) for number in first_nine.tolist()]
    assert check_digits(first_nine).astype(str).tolist() == expected


def test_a_wrong_check_digit_would_be_seen():
    right = 9991234561
    with pytest.raises(NationalIdInvalid):
        parse_national_id(str(right + 1))


def test_whoever_may_enter_the_register_has_prefix_999_and_nobody_else_has(province: Province):
    identities = province.identities
    known = identities.id_kind == NATIONAL
    assert np.array_equal(identities.number[known] // 10**7 == REGISTER_PREFIX, identities.register[known])
    covered = province.coverage.covered_by(len(province.households)) > 0
    low = np.minimum(province.households.official_decile, province.households.true_decile) <= 4
    assert province.register[covered | low].all()


def test_no_message_can_reach_anybody_and_other_codes_are_made_up_too(province: Province):
    mobiles = province.identities.mobile[province.identities.mobile > 0]
    assert (mobiles // 10**8 == 96).all()
    assert parse_mobile(f"0{mobiles[0]}") == f"+98{mobiles[0]}"
    codes = province.identities.number[province.identities.id_kind == FIDA]
    assert len(codes)
    assert all(parse_fida_code(str(code)).startswith("999") for code in codes.tolist())
    assert all(parse_legal_id(charity.legal_id).startswith("999") for charity in province.charities)


def test_the_shares_are_those_of_the_province(province: Province):
    people, households = province.people, province.households
    ages = ages_on(people, slice(None))
    town = places().urban[households.place]
    assert len(people) / len(households) == pytest.approx(3.15, abs=0.2)
    assert people.female.mean() == pytest.approx(0.5, abs=0.02)
    assert (ages < 15).mean() == pytest.approx(0.19, abs=0.03)
    assert (ages >= 65).mean() == pytest.approx(0.095, abs=0.03)
    assert np.average(town, weights=households.size) == pytest.approx(0.926, abs=0.02)
    in_karaj = np.array([county == "3001" for county in places().counties])[households.place]
    assert in_karaj.mean() == pytest.approx(0.73, abs=0.04)
    assert np.average(households.true_decile <= 4, weights=households.size) == pytest.approx(0.25, abs=0.05)


def test_a_household_has_one_head_and_parents_are_older_than_their_children(province: Province):
    people = province.people
    heads = np.bincount(people.household[people.relation == HEAD], minlength=len(province.households))
    assert (heads == 1).all()
    head = people.first[people.household]
    years = (people.birth - people.birth[head]) / 365.2425
    assert (years[people.relation == CHILD] > 14).all()
    assert (people.female[people.relation == SPOUSE] != people.female[head[people.relation == SPOUSE]]).all()


def test_names_are_those_of_the_generation_and_of_the_family(province: Province):
    people, names = province.people, province.names
    ages = ages_on(people, slice(None))
    given = np.array(given_texts(), dtype=object)[names.given]
    old, new = people.female & (ages >= 70), people.female & (ages < 15)
    for name, older in (("سکینه", True), ("خدیجه", True), ("ستایش", False), ("حلما", False)):
        shares = (given[old] == name).mean(), (given[new] == name).mean()
        assert bool(shares[0] > shares[1]) is older
    top = np.array(families().names, dtype=object)[names.family] == "محمدی"
    assert top.mean() == pytest.approx(0.0086, abs=0.003)
    sayyid = np.array([name.startswith("سید ") for name in given])
    assert 0.02 < sayyid[~people.female].mean() < 0.08
    head = people.first[people.household]
    of_fathers = (people.relation == CHILD) & ~people.female[head]
    assert (names.family[of_fathers] == names.family[head[of_fathers]]).all()


def test_the_official_decile_follows_the_truth_but_not_closely(province: Province):
    households = province.households
    correlation = np.corrcoef(households.true_decile, households.official_decile)[0, 1]
    assert 0.6 < correlation < 0.85
    assert np.array_equal(np.bincount(households.true_decile), np.bincount(households.official_decile))


def foreign_imports(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [name for name in names if name.startswith("sakha") and not name.startswith("sakha.vocabulary")]
    return found


def test_the_simulation_knows_only_the_vocabulary():
    assert foreign_imports("from sakha.registry.queries import x\nimport sakha.access\n") == [
        "sakha.registry.queries",
        "sakha.access",
    ]
    for path in SIMULATION.glob("*.py"):
        assert foreign_imports(path.read_text(encoding="utf-8")) == [], path.name
