"""A file on its way: received, mapped, checked, loaded; twice is once; order and chunks are irrelevant."""

from __future__ import annotations

import random
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from openpyxl import load_workbook

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.access.rules.sealing import People, PeopleMixed, say_people
from sakha.registry.actions import (
    IntakeStateWrong,
    cancel_file,
    check_file,
    load_file,
    receive_file,
    request_check,
    request_load,
    set_mapping,
    write_problem_workbook,
)
from sakha.registry.queries import (
    IntakeFileUnknown,
    get_intake_file,
    intake_columns,
    intake_files,
    intake_problems,
    problem_counts,
)
from sakha.registry.rules import IntakeState, reading
from tests.rooms.registry.given import AT, HEADINGS, check, load, national_id, person_row, table, workbook


def rows_of(statement: str) -> list[tuple[Any, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def count(name: str, where: str = "true") -> int:
    return int(rows_of(f"SELECT count(*) FROM {name} WHERE {where}")[0][0])


def register_picture() -> list[tuple[Any, ...]]:
    """Everything that a register says, without the numbers and moments that it gives itself."""
    return rows_of(
        "SELECT p.given_name, p.family_name, p.father_name, p.birth_on, p.gender, p.id_kind, m.relation, h.county,"
        " (SELECT array_agg(q.match_key ORDER BY q.match_key, q.birth_on) FROM registry_membership n"
        "  JOIN registry_person q ON q.id = n.person_id WHERE n.household_id = h.id),"
        " (SELECT array_agg((f.name, f.value) ORDER BY f.name) FROM registry_fact f WHERE f.household_id = h.id),"
        " (SELECT count(*) FROM registry_record r WHERE r.person_id = p.id AND r.household_id = h.id)"
        " FROM registry_person p JOIN registry_membership m ON m.person_id = p.id"
        " JOIN registry_household h ON h.id = m.household_id ORDER BY 1, 2, 3, 4, 5, 6, 7, 9"
    )


def family(first: int, case: str, size: int = 3) -> list[list[Any]]:
    relations = ["سرپرست", "همسر", *["فرزند"] * 10]
    return [person_row(first + place, case=case, relation=relations[place]) for place in range(size)]


def nobody_known(case: str, name: str, **other: Any) -> list[Any]:
    return person_row(1, case=case, **{"نام": name, "کد ملی": "", "موبایل": "", **other})


SOME = [*family(10, "12"), *family(20, "13", 2), person_row(30), *family(40, "14", 4), nobody_known("15", "نادره")]


def test_file_becomes_people_in_households_with_records_and_facts(cast) -> None:
    content = workbook([*family(10, "۱۲"), *family(20, "13", 2), person_row(30)], above=[["فهرست خانوارها"], []])

    card = load(cast.mehr_staff, content)

    assert card.state is IntakeState.LOADED
    assert (card.record_count, card.person_count, card.household_count, card.problem_count) == (6, 6, 3, 0)
    assert count("registry_membership", "relation = 'HEAD' AND to_on IS NULL") == 3
    assert count("registry_fact", "name = 'rooms'") == 3
    assert count("registry_intake_row") == 0
    assert count("registry_intake_file", "content_sealed IS NOT NULL") == 0


def test_same_file_a_second_time_changes_nothing(cast) -> None:
    content = workbook(SOME)
    first = load(cast.mehr_staff, content)
    before = register_picture()

    second = load(cast.mehr_staff, content)

    assert second.id == first.id
    assert register_picture() == before
    assert count("registry_intake_file") == 1


def test_same_rows_in_another_file_are_the_same_records(cast) -> None:
    load(cast.mehr_staff, workbook(SOME))
    before = register_picture()

    card = load(cast.mehr_staff, table(SOME))

    assert (card.record_count, card.known_count, card.person_count, card.household_count) == (0, len(SOME), 0, 0)
    assert register_picture() == before


def test_changed_file_adds_only_the_changed_rows(cast) -> None:
    load(cast.mehr_staff, workbook(SOME))
    changed = [list(row) for row in SOME]
    changed[0][HEADINGS.index("موبایل")] = "09350000000"
    changed.append(person_row(50, case="13", relation="فرزند"))

    card = load(cast.mehr_staff, workbook(changed))

    assert (card.record_count, card.known_count, card.person_count, card.household_count) == (2, len(SOME) - 1, 1, 0)


@pytest.mark.parametrize("seed", range(4))
def test_register_is_the_same_from_any_order_of_rows_columns_and_chunks(cast, seed: int) -> None:
    repeated = [*SOME, person_row(10, case="12", relation="سرپرست", **{"نام پدر": ""}), person_row(20, case="77")]
    chance = random.Random(seed)
    rows = chance.sample(repeated, len(repeated)) if seed else repeated
    order = chance.sample(range(len(HEADINGS)), len(HEADINGS)) if seed else range(len(HEADINGS))
    content = workbook([[row[place] for place in order] for row in rows], headings=[HEADINGS[place] for place in order])

    load(cast.mehr_staff, content, chunk_rows=[2000, 1, 3, 5][seed])

    picture = register_picture()
    assert len(picture) == 11
    assert PICTURES.setdefault("first", picture) == picture


PICTURES: dict[str, list[tuple[Any, ...]]] = {}


def test_two_charities_tell_of_one_household(cast) -> None:
    load(cast.mehr_staff, workbook(family(10, "12")))

    card = load(cast.noor_head, workbook([*family(10, "A7", 2), person_row(60, case="A7", relation="فرزند")]))

    assert (card.person_count, card.household_count, card.record_count) == (1, 0, 3)
    assert count("registry_household") == 1
    assert count("registry_membership", "to_on IS NULL") == 4


def test_person_keeps_the_active_household(cast) -> None:
    load(cast.mehr_staff, workbook(family(10, "12")))

    load(cast.noor_head, workbook([person_row(80, case="9", relation="سرپرست"), person_row(12, case="9")]))

    assert count("registry_membership", "to_on IS NULL") == 4
    assert count("registry_membership m JOIN registry_membership n USING (household_id)", "m.id <> n.id") == 12


def test_corrected_row_sent_alone_joins_its_family_by_case_number(cast) -> None:
    rows = family(10, "12")
    rows[2][HEADINGS.index("کد ملی")] = "123"
    load(cast.mehr_staff, workbook(rows))
    rows[2][HEADINGS.index("کد ملی")] = national_id(12)

    card = load(cast.mehr_staff, workbook([rows[2]]))

    assert (card.record_count, card.household_count) == (1, 0)
    assert count("registry_household") == 1


def test_same_case_number_with_another_head_is_another_household(cast) -> None:
    load(cast.mehr_staff, workbook(family(10, "12")))

    load(cast.mehr_staff, workbook(family(70, "12")))

    assert count("registry_household") == 2


def test_eldest_is_head_where_no_relation_is_told(cast) -> None:
    young = person_row(10, case="5", **{"تاریخ تولد": "1390/01/01"})
    old = person_row(11, case="5", **{"تاریخ تولد": "1340/01/01"})

    load(cast.mehr_staff, workbook([young, old]))

    assert rows_of(
        "SELECT m.relation FROM registry_membership m JOIN registry_person p ON p.id = m.person_id ORDER BY p.birth_on"
    ) == [("HEAD",), ("OTHER",)]


def test_problems_name_row_column_and_reason(cast) -> None:
    rows = [person_row(10), person_row(11, **{"کد ملی": "1234567890"}), person_row(12, **{"تاریخ تولد": "1365/13/01"})]
    card = check(cast.mehr_staff, workbook(rows, above=[["عنوان"]]))

    found = [
        (row.row_number, problem.heading, problem.code, problem.reason)
        for row in intake_problems(actor=cast.mehr_staff, file_id=card.id)
        for problem in row.problems
    ]

    assert (card.valid_count, card.problem_count) == (1, 2)
    assert found == [
        (4, "کد ملی", "NATIONAL_ID_INVALID", "کد ملی درست نیست: یکی از رقم‌ها جا افتاده یا جابه‌جا شده است."),
        (5, "تاریخ تولد", "DATE_INVALID", "تاریخ درست نیست: ماه باید از ۱ تا ۱۲ باشد."),
    ]
    assert [(one.code, one.row_count) for one in problem_counts(actor=cast.mehr_staff, file_id=card.id)] == [
        ("DATE_INVALID", 1),
        ("NATIONAL_ID_INVALID", 1),
    ]


def test_a_simulated_number_costs_its_row_and_not_the_file_of_real_people(cast, settings, monkeypatch) -> None:
    text = say_people(settings.SAKHA.keys_text(), People.REAL)
    settings.SAKHA = SimpleNamespace(keys_text=lambda: text, is_demonstration=False)
    content = workbook([person_row(10, **{"کد ملی": "0013542419"}), person_row(11, **{"کد ملی": "9990000018"})])

    card = check(cast.mehr_staff, content)

    assert (card.valid_count, card.problem_count) == (1, 1)
    assert [one.code for one in problem_counts(actor=cast.mehr_staff, file_id=card.id)] == ["PEOPLE_MIXED"]
    cancel_file(actor=cast.mehr_staff, at=AT, file_id=card.id)
    monkeypatch.setattr(reading, "require_people", lambda *_: None)
    with pytest.raises(PeopleMixed):  # the control: unasked of each row, it is the last guard that says no, to all
        check(cast.mehr_staff, content)


def test_bad_rows_come_back_as_excel_from_right_to_left_and_can_be_sent_again(cast) -> None:
    bad = person_row(11, **{"کد ملی": "1234567890", "موبایل": "12"})
    card = check(cast.mehr_staff, workbook([person_row(10), bad]))

    content = write_problem_workbook(actor=cast.mehr_staff, at=AT, file_id=card.id)

    sheet = load_workbook(BytesIO(content)).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert sheet.sheet_view.rightToLeft
    assert cells[0][: len(HEADINGS)] == list(HEADINGS)
    assert [cell or "" for cell in cells[1][: len(HEADINGS)]] == [str(cell) for cell in bad]
    assert "کد ملی درست نیست" in cells[1][len(HEADINGS)]
    coloured = [cell.coordinate for cell in sheet[2] if cell.fill.fgColor.rgb == "FFFBE3D6"]
    assert coloured == ["E2", "H2"]
    assert rows_of("SELECT count(*) FROM access_entry WHERE action = 'EXPORT'") == [(1,)]
    again = check(cast.mehr_staff, content)
    assert (again.row_count, again.problem_count) == (1, 1)


def test_contradicting_identity_is_a_problem_and_never_merged(cast) -> None:
    load(
        cast.mehr_staff,
        workbook([person_row(10, **{"نام": "زهرا", "نام خانوادگی": "رضایی", "تاریخ تولد": "1365/03/02"})]),
    )
    other = {"نام": "کاوه", "نام خانوادگی": "نوری", "نام پدر": "بهرام", "تاریخ تولد": "1330/10/11"}

    card = check(cast.noor_head, workbook([person_row(10, **other), person_row(20)]))

    assert [row.problems[0].code for row in intake_problems(actor=cast.noor_head, file_id=card.id)] == [
        "IDENTITY_CONTRADICTS"
    ]
    load_file(actor=cast.noor_head, at=AT, file_id=card.id)
    assert count("registry_person", "given_name = 'کاوه'") == 0


def test_contradiction_that_came_between_check_and_load_is_left_out(cast) -> None:
    other = {"نام": "کاوه", "نام خانوادگی": "نوری", "نام پدر": "بهرام", "تاریخ تولد": "1330/10/11"}
    card = check(cast.noor_head, workbook([person_row(10, **other), person_row(20)]))
    load(
        cast.mehr_staff,
        workbook([person_row(10, **{"نام": "زهرا", "نام خانوادگی": "رضایی", "تاریخ تولد": "1365/03/02"})]),
    )

    loaded = load_file(actor=cast.noor_head, at=AT, file_id=card.id)

    assert (card.problem_count, loaded.record_count, loaded.problem_count) == (0, 1, 1)
    assert count("registry_person", "given_name = 'کاوه'") == 0


def test_two_people_under_one_id_in_a_file_both_wait(cast) -> None:
    one = person_row(10, **{"نام": "زهرا", "نام خانوادگی": "رضایی", "تاریخ تولد": "1365/03/02"})
    other = person_row(10, **{"نام": "کاوه", "نام خانوادگی": "نوری", "نام پدر": "بهرام", "تاریخ تولد": "1330/10/11"})

    card = check(cast.mehr_staff, workbook([one, other, person_row(20)]))

    assert (card.valid_count, card.problem_count) == (1, 2)


def test_only_chosen_rows_are_loaded_and_the_rest_later(cast) -> None:
    card = check(cast.mehr_staff, workbook([person_row(10), person_row(11), person_row(12)]))

    first = load_file(actor=cast.mehr_staff, at=AT, file_id=card.id, rows=[2, 4])
    second = load_file(actor=cast.mehr_staff, at=AT, file_id=card.id)

    assert (first.record_count, second.record_count) == (2, 3)


def test_mapping_is_remembered_for_the_next_file(cast) -> None:
    headings = [*HEADINGS[:-1], "اتاق‌های ما"]
    card = receive_file(actor=cast.mehr_staff, at=AT, name="x", content=workbook([person_row(10)], headings=headings))
    fields = {column.place: column.field for column in intake_columns(actor=cast.mehr_staff, file_id=card.id)}
    assert fields[8] == ""
    set_mapping(actor=cast.mehr_staff, at=AT, file_id=card.id, fields=fields | {8: "rooms", 7: ""})

    following = receive_file(
        actor=cast.mehr_staff, at=AT, name="y", content=workbook([person_row(11)], headings=headings)
    )

    columns = intake_columns(actor=cast.mehr_staff, file_id=following.id)
    assert (columns[8].field, columns[7].field) == ("rooms", "")
    assert columns[8].samples == (str(person_row(11)[8]),)


def test_check_goes_on_where_it_was_stopped(cast) -> None:
    content = workbook([person_row(number) for number in range(100, 130)])
    card = receive_file(actor=cast.mehr_staff, at=AT, name="x", content=content)
    fields = {column.place: column.field for column in intake_columns(actor=cast.mehr_staff, file_id=card.id)}
    set_mapping(actor=cast.mehr_staff, at=AT, file_id=card.id, fields=fields)

    class Killed(BaseException):
        pass

    def kill(moved: Any) -> None:
        if moved.checked_count >= 14:
            raise Killed

    with pytest.raises(Killed):
        check_file(actor=cast.mehr_staff, at=AT, file_id=card.id, chunk_rows=7, progress=kill)
    seen: list[int] = []
    ended = check_file(
        actor=cast.mehr_staff,
        at=AT,
        file_id=card.id,
        chunk_rows=7,
        progress=lambda moved: seen.append(moved.checked_count),
    )

    assert seen == [21, 28, 30]
    assert (ended.state, ended.valid_count) == (IntakeState.CHECKED, 30)


def test_cancelled_between_chunks_it_stops_and_forgets(cast) -> None:
    content = workbook([person_row(number) for number in range(100, 110)])
    card = receive_file(actor=cast.mehr_staff, at=AT, name="x", content=content)
    fields = {column.place: column.field for column in intake_columns(actor=cast.mehr_staff, file_id=card.id)}
    set_mapping(actor=cast.mehr_staff, at=AT, file_id=card.id, fields=fields)

    ended = check_file(
        actor=cast.mehr_staff,
        at=AT,
        file_id=card.id,
        chunk_rows=4,
        progress=lambda moved: moved.checked_count == 4 and cancel_file(actor=cast.mehr_staff, at=AT, file_id=card.id),
    )

    assert ended.state is IntakeState.CANCELLED
    assert count("registry_intake_row") == 0
    assert count("registry_intake_file", "content_sealed IS NOT NULL") == 0
    assert receive_file(actor=cast.mehr_staff, at=AT, name="x", content=content).id != card.id


def test_steps_out_of_order_are_refused(cast) -> None:
    card = receive_file(actor=cast.mehr_staff, at=AT, name="x", content=workbook([person_row(10)]))

    for step in (
        lambda: check_file(actor=cast.mehr_staff, at=AT, file_id=card.id),
        lambda: load_file(actor=cast.mehr_staff, at=AT, file_id=card.id),
        lambda: request_load(actor=cast.mehr_staff, file_id=card.id),
    ):
        with pytest.raises(IntakeStateWrong):
            step()


def test_job_is_queued_with_the_change_of_state(cast) -> None:
    card = receive_file(actor=cast.mehr_staff, at=AT, name="x", content=workbook([person_row(10)]))
    fields = {column.place: column.field for column in intake_columns(actor=cast.mehr_staff, file_id=card.id)}
    set_mapping(actor=cast.mehr_staff, at=AT, file_id=card.id, fields=fields)

    asked = request_check(actor=cast.mehr_staff, file_id=card.id)

    assert asked.state is IntakeState.CHECKING
    assert rows_of("SELECT task_name, lock, args->>'file_id' FROM procrastinate_jobs") == [
        ("sakha.registry.jobs.check_intake_file", f"intake-file-{card.id}", str(card.id))
    ]


def test_stranger_neither_sees_nor_touches_a_file(cast) -> None:
    card = check(cast.mehr_staff, workbook([person_row(10)]))

    assert intake_files(actor=cast.noor_head) == []
    for step in (
        lambda: get_intake_file(actor=cast.noor_head, file_id=card.id),
        lambda: load_file(actor=cast.noor_head, at=AT, file_id=card.id),
        lambda: write_problem_workbook(actor=cast.noor_head, at=AT, file_id=card.id),
        lambda: intake_problems(actor=cast.noor_head, file_id=card.id),
    ):
        with pytest.raises(IntakeFileUnknown):
            step()
    with pytest.raises(PermissionMissing):
        receive_file(actor=cast.karaj_officer, at=AT, name="x", content=workbook([person_row(10)]))


def test_no_personal_text_is_kept_unsealed_beside_names_and_birth(cast) -> None:
    load(cast.mehr_staff, workbook(SOME))
    check(cast.mehr_staff, workbook([person_row(10, **{"کد ملی": "1234567890"}), person_row(99)]))

    for name in ("registry_intake_file", "registry_intake_row", "registry_record", "registry_person"):
        text = str(rows_of(f"SELECT to_jsonb(one)::text FROM {name} AS one"))
        assert national_id(10) not in text
        assert national_id(99) not in text
        assert "1234567890" not in text
        assert "0912000" not in text
        assert "989120000" not in text
