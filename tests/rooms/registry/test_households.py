"""A household by form, found again, read by whom it concerns, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.access.rules.sealing import add_keys, drop_keys, parse_key_ring
from sakha.registry.actions import HouseholdEmpty, HouseholdInvalid, check_declaration, register_household, reseal_batch
from sakha.registry.queries import (
    HouseholdUnknown,
    SearchUnclear,
    SeveralHouseholds,
    find_household_by_identifier,
    get_household_file,
    household_ids_by_identifier,
    household_refs,
    households_by_identifier,
    latest_facts,
)
from sakha.registry.rules import HouseholdDeclaration, PersonDeclaration
from tests.open_tables import without_row_security
from tests.rooms.registry.given import AT, load, national_id, person_row, workbook

ZAHRA = PersonDeclaration(
    given_name="زهرا",
    family_name="رضایی",
    father_name="حسن",
    national_id=national_id(500),
    birth_date="۱۳۶۵/۰۳/۰۲",
    gender="زن",
    mobile="۰۹۱۲۱۲۳۴۵۶۷",
)
CHILD = PersonDeclaration(given_name="نرگس", family_name="کریمی", birth_date="1395", relation="فرزند")
FAMILY = HouseholdDeclaration(
    members=(ZAHRA, CHILD), address="کرج، خیابان بهار", facts={"rooms": "۲", "rent_paid": "۲ میلیون تومان"}
)


def count(name: str, where: str = "true") -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name} WHERE {where}")
        return int(cursor.fetchone()[0])


def register(cast: Any, declaration: HouseholdDeclaration = FAMILY, actor: str = "mehr_staff") -> Any:
    return register_household(actor=getattr(cast, actor), at=AT, declaration=declaration)


def test_form_makes_a_household_with_members_facts_and_records(cast) -> None:
    made = register(cast)

    file = get_household_file(actor=cast.mehr_staff, at=AT, household_id=made.household_id)
    assert (made.is_new, made.record_count, file.code) == (True, 2, made.code)
    assert [(member.given_name, member.relation, member.age_years) for member in file.members] == [
        ("زهرا", "HEAD", 40),
        ("نرگس", "CHILD", 10),
    ]
    assert file.members[0].identifier == "••••" + national_id(500)[-4:]
    assert file.members[0].mobile == "••••4567"
    assert file.address == "کرج، خیابان بهار"
    assert {(fact.name, fact.value, fact.organisation_name, fact.age_days) for fact in file.facts} == {
        ("rooms", 2, "مهر", 0),
        ("rent_paid", 20_000_000, "مهر", 0),
    }
    assert ("نام", "زهرا") in file.records[-1].cells + file.records[0].cells


def test_same_form_again_changes_nothing(cast) -> None:
    first = register(cast)

    second = register(cast)

    assert (second.household_id, second.is_new, second.record_count) == (first.household_id, False, 0)
    assert count("registry_record") == 2


def test_form_that_says_the_same_in_other_writing_gives_the_same_household(cast) -> None:
    first = register(cast)

    second = register(
        cast, replace(FAMILY, members=(replace(ZAHRA, birth_date="1365-3-2", given_name=" زهرا "), CHILD))
    )

    assert (second.household_id, second.is_new, second.record_count) == (first.household_id, False, 0)


def test_form_and_file_meet_in_one_household(cast) -> None:
    made = register(cast)
    row = person_row(500, **{"نام": "زهرا", "نام خانوادگی": "رضایی", "تاریخ تولد": "1365/03/02"})

    load(cast.noor_head, workbook([row]))

    assert count("registry_household") == 1
    file = get_household_file(actor=cast.noor_head, at=AT, household_id=made.household_id)
    assert [record.organisation_name for record in file.records] == ["نور"]


def test_form_with_mistakes_names_member_and_field_and_writes_nothing(cast) -> None:
    wrong = replace(FAMILY, members=(ZAHRA, replace(CHILD, national_id="12", birth_date="فردا")))

    with pytest.raises(HouseholdInvalid) as caught:
        register(cast, wrong)

    found = [(one.member, one.problem.field, one.problem.code) for one in caught.value.problems]
    assert found == [(2, "national_id", "NATIONAL_ID_INVALID"), (2, "birth_date", "DATE_INVALID")]
    assert check_declaration(actor=cast.mehr_staff, at=AT, declaration=wrong) == caught.value.problems
    assert count("registry_intake_file") == 0
    with pytest.raises(HouseholdEmpty):
        register(cast, HouseholdDeclaration(members=()))


def test_form_that_contradicts_the_register_is_refused(cast) -> None:
    register(cast)
    kaveh = replace(
        ZAHRA, given_name="کاوه", family_name="نوری", father_name="بهرام", birth_date="1330/10/11", gender="مرد"
    )

    with pytest.raises(HouseholdInvalid) as caught:
        register(cast, HouseholdDeclaration(members=(kaveh,)), "noor_head")

    assert caught.value.problems[0].problem.code == "IDENTITY_CONTRADICTS"
    assert count("registry_person") == 2


@pytest.mark.parametrize("kind", ["id", "mobile", "code"])
def test_household_is_found_by_what_people_say_and_the_search_is_logged(cast, kind: str) -> None:
    made = register(cast)
    text = {"id": national_id(500), "mobile": "0912 123 4567", "code": made.code.lower()}[kind]

    found = find_household_by_identifier(actor=cast.mehr_staff, at=AT, text=text)

    assert found is not None
    assert (found.id, found.code, found.member_count, found.head_name) == (
        made.household_id,
        made.code,
        2,
        "زهرا رضایی",
    )
    assert count("access_entry", f"action = 'SEARCH' AND household_id = {made.household_id}") == 1
    assert household_refs(actor=cast.mehr_staff, household_ids=[made.household_id]) == {made.household_id: found}


def test_shared_telephone_leads_to_no_single_household(cast) -> None:
    register(cast)
    register(cast, HouseholdDeclaration(members=(replace(ZAHRA, national_id=national_id(501), given_name="مریم"),)))

    with pytest.raises(SeveralHouseholds):
        find_household_by_identifier(actor=cast.mehr_staff, at=AT, text="09121234567")
    assert len(households_by_identifier(actor=cast.mehr_staff, at=AT, text="09121234567")) == 2


def test_unclear_search_is_refused(cast) -> None:
    with pytest.raises(SearchUnclear):
        find_household_by_identifier(actor=cast.mehr_staff, at=AT, text="زهرا رضایی")


def test_stranger_finds_and_reads_nothing(cast) -> None:
    made = register(cast)

    for stranger in (cast.noor_head, cast.fardis_officer, cast.other_province_officer):
        assert find_household_by_identifier(actor=stranger, at=AT, text=national_id(500)) is None
        with pytest.raises(HouseholdUnknown):
            get_household_file(actor=stranger, at=AT, household_id=made.household_id)
        assert latest_facts(actor=stranger) == {}
    with pytest.raises(PermissionMissing):
        get_household_file(actor=cast.operator, at=AT, household_id=made.household_id)


def test_offices_of_the_area_read_and_their_reading_is_logged(cast) -> None:
    made = register(cast)

    for office in (cast.karaj_officer, cast.province_officer, cast.nation_officer):
        file = get_household_file(actor=office, at=AT, household_id=made.household_id)
        assert file.records[0].cells == ()
    assert count("access_entry", "action = 'READ'") == 3


TABLES = (
    "registry_household", "registry_person", "registry_membership", "registry_record", "registry_fact",
    "registry_intake_file", "registry_column_mapping",
)  # fmt: skip


def rows_seen(actor: Any, name: str) -> int:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("name", TABLES)
def test_stranger_sees_no_row_of_any_table(cast, name: str) -> None:
    load(cast.mehr_staff, workbook([person_row(10)]))

    assert rows_seen(cast.mehr_staff, name) > 0
    assert rows_seen(cast.noor_head, name) == 0
    assert rows_seen(cast.other_province_officer, name) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sakha.scope', '', true)")
        cursor.execute(f"SELECT count(*) FROM {name}")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("name", TABLES[:5])
def test_without_its_policy_a_table_would_be_open(committed_cast, owner_cursor, name: str) -> None:
    load(committed_cast.mehr_staff, workbook([person_row(10)]))
    with without_row_security(owner_cursor, [name]):
        assert rows_seen(committed_cast.noor_head, name) > 0


IN_ANOTHERS_NAME = (
    """INSERT INTO registry_household (code, province, county, is_protected, registered_at, changed_at)
    VALUES ('', '30', '', false, now(), now())""",
    """INSERT INTO registry_intake_file (organisation_id, origin, name, content_digest, province, county, state,
    headings, mapping, uploaded_at) VALUES ({other}, 'FILE', '', '', '30', '', 'UPLOADED', '[]', '{{}}', now())""",
    """INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)
    SELECT id, {other}, 'rooms', 1, '2026-01-01', now() FROM registry_household""",
    """INSERT INTO registry_column_mapping (organisation_id, heading_key, heading, field, mapped_at)
    VALUES ({other}, 'a', 'a', '', now())""",
)


@pytest.mark.parametrize("statement", IN_ANOTHERS_NAME)
def test_nobody_writes_in_anothers_name(cast, statement: str) -> None:
    register(cast)

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        acting(cast.mehr_staff),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(other=cast.noor_id))


def test_record_can_not_be_rewritten_nor_anything_deleted(cast) -> None:
    register(cast)

    for statement in (
        "UPDATE registry_record SET organisation_id = 1",
        "DELETE FROM registry_record",
        "DELETE FROM registry_person",
        "DELETE FROM registry_household",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(statement)


def test_protected_household_is_shown_without_its_place(cast) -> None:
    made = register(cast, replace(FAMILY, is_protected=True))

    file = get_household_file(actor=cast.mehr_staff, at=AT, household_id=made.household_id)

    assert (file.is_protected, file.address, file.county) == (True, "", "")


def test_many_identifiers_lead_to_households_at_once(cast) -> None:
    made = register(cast)

    texts = [national_id(500), "12", national_id(999)]
    assert household_ids_by_identifier(actor=SYSTEM, texts=texts) == {national_id(500): made.household_id}
    assert household_ids_by_identifier(actor=cast.noor_head, texts=texts) == {}


def test_no_two_households_share_a_code(cast, owner_cursor) -> None:
    owner_cursor.execute("SELECT count(DISTINCT registry_household_code(n)) FROM generate_series(1, 50000) AS n")
    assert owner_cursor.fetchone()[0] == 50000
    owner_cursor.execute("SELECT registry_household_code(1), registry_household_code(1073741823)")
    assert all(len(code) == 7 and code[3] == "-" for code in owner_cursor.fetchone())


def test_new_keys_renew_every_seal_and_index_and_the_old_ones_can_go(cast, settings) -> None:
    made = register(cast)
    rows = [person_row(10, case="12"), person_row(11, **{"کد ملی": "12"})]
    load(cast.mehr_staff, workbook(rows))
    old = settings.SAKHA.keys_text()
    new = add_keys(old)
    ring = parse_key_ring(new)
    count_renewed = 0
    while renewed := reseal_batch(actor=SYSTEM, ring=ring, limit=2):
        count_renewed += renewed
    only_new = drop_keys(new, seal_below=ring.seal_key_id, index_below=ring.index_key_id)
    settings.SAKHA = settings.SAKHA.model_copy(update={"keys": type(settings.SAKHA.keys)(only_new)})

    assert count_renewed == 3 + 1 + 3 + 2 + 1
    found = find_household_by_identifier(actor=cast.mehr_staff, at=AT, text=national_id(500))
    assert found is not None
    assert found.id == made.household_id
    assert get_household_file(actor=cast.mehr_staff, at=AT, household_id=made.household_id).members[0].mobile
    assert register(cast).record_count == 0
    again = load(cast.mehr_staff, workbook([*rows, person_row(13, case="12")]))
    assert (again.known_count, again.record_count, again.household_count) == (1, 1, 0)


def test_while_keys_change_what_is_known_is_still_found(cast, settings) -> None:
    load(cast.mehr_staff, workbook([person_row(10, case="12"), person_row(11, case="12")]))
    both = add_keys(settings.SAKHA.keys_text())
    settings.SAKHA = settings.SAKHA.model_copy(update={"keys": type(settings.SAKHA.keys)(both)})

    card = load(
        cast.mehr_staff, workbook([person_row(10, case="12"), person_row(11, case="12"), person_row(12, case="12")])
    )

    assert (card.known_count, card.record_count, card.person_count, card.household_count) == (2, 1, 1, 0)
