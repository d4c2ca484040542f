"""The search for the uncovered."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Scope
from sakha.access.rules.sealing import add_keys, open_sealed, parse_key_ring
from sakha.coordination.actions import (
    KeysInRenewal,
    ProvinceNotYours,
    count_uncovered,
    find_uncovered_everywhere,
    load_coverage_list,
    record_charity_coverage,
    renewing,
)
from sakha.coordination.queries import is_covered, uncovered_by_county
from sakha.databanks.queries import evidence_history
from sakha.databanks.rules import subject_indexes
from sakha.registry.actions.uniting import unite_persons
from tests.coordination_cast import (
    NOON,
    Family,
    a_list,
    candidate_states,
    given_agency,
    rows,
    score,
    search,
    write_extract,
)
from tests.ledger_cast import PROVINCE, KnownHousehold, an_officer, given_charity, given_household

pytestmark = pytest.mark.django_db


def cover(*people: str) -> None:
    agency = given_agency()
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(*people),
        observed_on=NOON.date(),
    )


def candidates() -> set[str]:
    sealed = rows("SELECT subject_sealed FROM coordination_candidate WHERE state = 'OPEN'")
    return {open_sealed(key_ring(), bytes(value)) for (value,) in sealed if value is not None}


def test_a_low_household_that_nobody_covers_is_found(tmp_path: Path) -> None:
    family, rich = Family(decile=2, county="3002"), Family(decile=7)

    found = search(write_extract(tmp_path / "w.parquet", [family, rich]))

    assert (found.read_person_count, found.low_household_count, found.found_count, found.added_count) == (2, 1, 1, 1)
    assert [(cell.county, cell.decile, cell.household_count, cell.person_count) for cell in found.cells] == [
        ("3002", 2, 1, 2)
    ]
    assert candidates() == {family.head}
    assert rows("SELECT reasons, household_size, decile_on FROM coordination_candidate") == [
        (["LOW_OFFICIAL_DECILE", "COVERED_BY_NOBODY"], 2, family.decile_on)
    ]


def test_a_household_with_any_member_covered_is_not_found(tmp_path: Path) -> None:
    by_head, by_child, alone = Family(), Family(), Family()
    cover(by_head.head, by_child.others[0])

    found = search(write_extract(tmp_path / "w.parquet", [by_head, by_child, alone]))

    assert found.covered_household_count == 2
    assert candidates() == {alone.head}


def test_coverage_that_has_ended_covers_nobody(tmp_path: Path) -> None:
    family, agency = Family(), given_agency()
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(family.head, until=str(NOON.date())),
        observed_on=NOON.date(),
    )
    extract = write_extract(tmp_path / "w.parquet", [family])

    assert search(extract, at=NOON - timedelta(days=1)).found_count == 0
    assert search(extract).found_count == 1


def test_a_charitys_client_is_covered(tmp_path: Path) -> None:
    household = given_household(given_charity("مهر"))
    record_charity_coverage(actor=SYSTEM, at=NOON)

    assert search(write_extract(tmp_path / "w.parquet", [Family(head=household.national_id)])).found_count == 0


def test_covered_relatives_in_the_register_cover_the_household(tmp_path: Path) -> None:
    household, other = given_household(), given_household()
    cover(other.national_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_membership SET household_id = %s, relation = 'CHILD' WHERE household_id = %s",
            [household.id, other.id],
        )
    record_charity_coverage(actor=SYSTEM, at=NOON)
    family = Family(head=household.national_id, others=[])

    assert search(write_extract(tmp_path / "w.parquet", [family])).found_count == 0


def merged() -> tuple[KnownHousehold, KnownHousehold]:
    """Two households of one person each that were found to be one: the one that stays and the one that went."""
    stays, goes = given_household(), given_household()
    persons = dict(rows("SELECT household_id, person_id FROM registry_membership"))
    unite_persons(actor=SYSTEM, at=NOON, person_ids=(persons[stays.id], persons[goes.id]), reason="test")
    assert rows("SELECT merged_into_id FROM registry_household WHERE id = %s", goes.id) == [(stays.id,)]
    return stays, goes


def test_whoever_is_listed_under_a_merged_number_covers_the_household_of_the_one_person(tmp_path: Path) -> None:
    stays, goes = merged()
    cover(goes.national_id)
    relative = Family(head=stays.national_id, others=[])

    assert rows("SELECT household_id FROM coordination_coverage") == [(stays.id,)]
    assert is_covered(actor=SYSTEM, on=NOON.date(), household_id=stays.id)
    assert search(write_extract(tmp_path / "w.parquet", [relative])).found_count == 0


@pytest.mark.parametrize("was_moved", [True, False])
def test_coverage_from_before_the_merge_covers_the_household_of_the_one_person(
    tmp_path: Path, *, was_moved: bool
) -> None:
    before = given_household(), given_household()
    cover(before[1].national_id)
    persons = dict(rows("SELECT household_id, person_id FROM registry_membership"))
    stays = before[0].id
    unite_persons(actor=SYSTEM, at=NOON, person_ids=(persons[stays], persons[before[1].id]), reason="test")
    if was_moved:
        record_charity_coverage(actor=SYSTEM, at=NOON)
        assert rows("SELECT household_id FROM coordination_coverage") == [(stays,)]
    score(stays, 2)

    assert is_covered(actor=SYSTEM, on=NOON.date(), household_id=stays)
    assert search(write_extract(tmp_path / "w.parquet", [])).registered_count == 0


def test_a_merged_number_in_the_extract_is_the_household_of_the_one_person(tmp_path: Path) -> None:
    stays, goes = merged()

    assert search(write_extract(tmp_path / "w.parquet", [Family(head=goes.national_id, others=[])])).found_count == 1
    assert rows("SELECT household_id FROM coordination_candidate") == [(stays.id,)]


def test_a_protected_household_is_never_a_candidate(tmp_path: Path) -> None:
    household = given_household(is_protected=True)

    assert search(write_extract(tmp_path / "w.parquet", [Family(others=[household.national_id])])).found_count == 0


def test_nobody_who_died_is_a_candidate(tmp_path: Path) -> None:
    household = given_household()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_person SET died_on = %s", [NOON.date()])

    assert search(write_extract(tmp_path / "w.parquet", [Family(head=household.national_id)])).found_count == 0


def test_searching_again_changes_nothing(tmp_path: Path) -> None:
    extract = write_extract(tmp_path / "w.parquet", [Family(), Family(mobile=None), Family(decile=3)])
    search(extract)
    before = rows("SELECT * FROM coordination_candidate ORDER BY id")

    again = search(extract, at=NOON + timedelta(days=1))

    assert (again.found_count, again.added_count, again.changed_count, again.left_count) == (3, 0, 0, 0)
    assert rows("SELECT * FROM coordination_candidate ORDER BY id") == before


def test_a_newer_extract_changes_what_it_says_anew(tmp_path: Path) -> None:
    family = Family(decile=3)
    search(write_extract(tmp_path / "old.parquet", [family]))
    family.decile, family.decile_on, family.mobile = 1, date(2026, 11, 1), "09901112233"

    again = search(write_extract(tmp_path / "new.parquet", [family]))

    assert (again.added_count, again.changed_count) == (0, 1)
    assert rows("SELECT official_decile, decile_on FROM coordination_candidate") == [(1, date(2026, 11, 1))]


def test_whoever_is_covered_or_no_longer_low_stops_being_a_candidate(tmp_path: Path) -> None:
    covered, risen, stays = Family(), Family(), Family()
    search(write_extract(tmp_path / "old.parquet", [covered, risen, stays]))
    cover(covered.others[0])
    risen.decile = 6

    again = search(write_extract(tmp_path / "new.parquet", [covered, risen, stays]))

    assert again.left_count == 2
    assert candidate_states() == {"OPEN": 1, "COVERED": 1, "LEFT": 1}


def test_whose_coverage_ends_is_a_candidate_again(tmp_path: Path) -> None:
    family = Family()
    extract = write_extract(tmp_path / "w.parquet", [family])
    search(extract)
    cover(family.head)
    search(extract)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE coordination_coverage SET to_on = %s", [NOON.date()])

    search(extract)

    assert candidate_states() == {"OPEN": 1}


def test_counting_finds_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    extract = write_extract(tmp_path / "w.parquet", [Family(), Family(decile=3), Family(county="3002", mobile=None)])

    cells = count_uncovered(actor=SYSTEM, at=NOON, extract=extract, province=PROVINCE, deciles_max=3)

    assert candidate_states() == {}
    assert cells == search(extract).cells
    assert [(cell.county, cell.decile, cell.with_mobile_count) for cell in cells] == [
        ("3001", 1, 1),
        ("3001", 3, 1),
        ("3002", 1, 0),
    ]


def test_the_official_decile_is_kept_as_evidence_of_whom_it_concerns(tmp_path: Path) -> None:
    household, family, rich = given_household(given_charity("مهر")), Family(decile=2), Family(decile=8)
    record_charity_coverage(actor=SYSTEM, at=NOON)
    client = Family(decile=3, head=household.national_id)

    search(write_extract(tmp_path / "w.parquet", [family, rich, client]))

    def deciles(national_id: str) -> list[int | None]:
        indexes = subject_indexes(key_ring(), [national_id])
        return [line.value for line in evidence_history(actor=SYSTEM, subject_indexes=indexes)]

    assert deciles(family.head) == [2]
    assert deciles(household.national_id) == [3]
    assert deciles(rich.head) == deciles(client.others[0]) == []


def test_an_uncovered_household_of_the_register_with_a_low_score_is_a_candidate_too(tmp_path: Path) -> None:
    poor, covered, better = given_household(), given_household(), given_household()
    cover(covered.national_id)
    for household, decile in ((poor, 2), (covered, 2), (better, 8)):
        score(household.id, decile)

    found = search(write_extract(tmp_path / "w.parquet", []))

    assert found.registered_count == 1
    assert rows("SELECT household_id, score_decile, official_decile, reasons FROM coordination_candidate") == [
        (poor.id, 2, None, ["LOW_SCORE_DECILE", "COVERED_BY_NOBODY"])
    ]
    cover(poor.national_id)
    assert search(write_extract(tmp_path / "w.parquet", [])).registered_count == 0
    assert candidate_states() == {"COVERED": 1}


def test_both_deciles_of_one_household_are_one_candidate(tmp_path: Path) -> None:
    household = given_household()
    score(household.id, 1)
    extract = write_extract(tmp_path / "w.parquet", [Family(decile=3, head=household.national_id)])

    search(extract)
    search(extract)

    assert rows("SELECT official_decile, score_decile, cardinality(reasons), state FROM coordination_candidate") == [
        (3, 1, 3, "OPEN")
    ]


@pytest.mark.parametrize("scope", [Scope.PROVINCE, Scope.COUNTY])
def test_another_or_a_smaller_area_may_not_search(tmp_path: Path, scope: Scope) -> None:
    officer = an_officer(scope, province=PROVINCE if scope is Scope.COUNTY else "21")

    with pytest.raises(ProvinceNotYours):
        search(write_extract(tmp_path / "w.parquet", []), actor=officer)


def test_a_charity_may_not_search(tmp_path: Path) -> None:
    with pytest.raises(PermissionMissing):
        search(write_extract(tmp_path / "w.parquet", []), actor=given_charity("مهر"))


def test_no_search_runs_while_keys_are_renewed(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = write_extract(tmp_path / "w.parquet", [Family()])
    search(extract)
    newer = parse_key_ring(add_keys(settings.SAKHA.keys_text()))
    monkeypatch.setattr(renewing, "key_ring", lambda: newer)

    with pytest.raises(KeysInRenewal):
        search(extract)


def test_offices_count_the_uncovered_of_their_area_only(tmp_path: Path) -> None:
    search(write_extract(tmp_path / "w.parquet", [Family(), Family(decile=2), Family(county="3002", mobile=None)]))

    karaj, fardis = uncovered_by_county(actor=an_officer(), province=PROVINCE)

    assert (karaj.county, karaj.household_count, karaj.by_decile[:3]) == ("3001", 2, (1, 1, 0))
    assert (fardis.county, fardis.person_count, fardis.with_mobile_count) == ("3002", 2, 0)
    county = uncovered_by_county(actor=an_officer(Scope.COUNTY, county="3002"), province=PROVINCE)
    assert [one.county for one in county] == ["3002"]
    for stranger in (given_charity("مهر"), an_officer(province="21")):
        assert uncovered_by_county(actor=stranger, province=PROVINCE) == ()


def test_a_national_extract_is_searched_province_by_province_and_again_changes_nothing(tmp_path: Path) -> None:
    here, there, covered = Family(), Family(province="21"), Family(province="21")
    write_extract(tmp_path / "a.parquet", [here])
    write_extract(tmp_path / "b.parquet", [there, covered])
    cover(*covered.others)
    told: list[tuple[int, int]] = []

    def everywhere(actor: Actor = SYSTEM) -> dict[str, int]:
        found = find_uncovered_everywhere(
            actor=actor,
            at=NOON,
            extract=tmp_path,
            deciles_max=3,
            progress=lambda done, total: told.append((done, total)),
        )
        return {code: one.added_count for code, one in found.items()}

    assert everywhere() == {"21": 1, PROVINCE: 1}
    assert candidates() == {here.head, there.head}
    assert told[-1] == (6, 6)
    assert everywhere() == {"21": 0, PROVINCE: 0}
    with pytest.raises(ProvinceNotYours):
        everywhere(an_officer(Scope.PROVINCE, province=PROVINCE))
