"""A charity's own file: upload, columns, report, choosing, loading, cancelling; the second time changes nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from sakha.entrypoints.staff_site.forms import read_row_numbers
from sakha.registry.jobs import check_intake_file, load_intake_file
from tests.entrypoints.staff_site.cast import Cast, national_id
from tests.entrypoints.staff_site.reading import html_of, words_of

HEADINGS = "كد ملي,نام,نام خانوادگی,تاریخ تولد,نسبت,شماره پرونده,تعداد اتاق\r\n"


def a_file() -> SimpleUploadedFile:
    rows = [
        f"{national_id(4001)},زهرا,محمدی,1360/01/15,سرپرست,۱۲,۲",
        f"{national_id(4002)},علی,محمدی,1390/05/02,فرزند,۱۲,",
        "9990040019,رضا,کریمی,1350/13/40,سرپرست,۱۳,۱",
    ]
    return SimpleUploadedFile("مددجویان 1405.csv", (HEADINGS + "\r\n".join(rows)).encode())


def upload(client: Client) -> str:
    answer = client.post("/files/", {"file": a_file()})
    assert answer.status_code == 302, words_of(answer)
    return str(answer.url)


def mapped(client: Client, address: str) -> None:
    """Accept the columns as they are proposed."""
    html = html_of(client.get(address))
    fields = {}
    for part in html.split("<select ")[1:]:
        name = part.split('name="')[1].split('"')[0]
        chosen = part.split("</select>")[0].split(" selected")[0]
        fields[name] = chosen.rsplit('value="', 1)[1].split('"')[0] if " selected" in part else ""
    answer = client.post(f"{address}mapping/", {**fields, "money": "toman"})
    assert answer.status_code == 302, words_of(answer)


def checked(cast: Cast, client: Client) -> str:
    address = upload(client)
    mapped(client, address)
    check_intake_file(file_id=int(address.split("/")[2]), user_id=cast.staff.user_id)
    return address


def test_columns_are_proposed_with_examples(staff: Client) -> None:
    answer = staff.get(upload(staff))

    assert "ستون‌ها یعنی چه؟" in words_of(answer)
    assert '<option value="national_id" selected>' in html_of(answer)
    assert '<option value="rooms" selected>' in html_of(answer)


def test_two_columns_cannot_mean_the_same(staff: Client) -> None:
    address = upload(staff)

    answer = staff.post(f"{address}mapping/", {"column-0": "given_name", "column-1": "given_name"})

    assert answer.status_code == 422
    assert "برای دو ستون برگزیده شده است" in words_of(answer)


def test_while_rows_are_checked_a_bar_moves(staff: Client) -> None:
    address = upload(staff)
    mapped(staff, address)

    answer = staff.get(address)
    piece = staff.get(f"{address}progress/", headers={"HX-Request": "true"})

    assert "<progress" in html_of(answer)
    assert 'hx-trigger="every 1s"' in html_of(piece)
    assert "<html" not in html_of(piece)
    assert "۰ از ۳" in words_of(piece)


def test_once_done_the_page_is_shown_anew(cast: Cast, staff: Client) -> None:
    address = checked(cast, staff)

    piece = staff.get(f"{address}progress/", headers={"HX-Request": "true"})

    assert piece.headers["HX-Redirect"] == address
    assert staff.get(f"{address}progress/").url == address


def test_the_report_names_row_column_and_reason(cast: Cast, staff: Client) -> None:
    words = words_of(staff.get(checked(cast, staff)))

    assert "چه ایرادهایی بیشتر است؟" in words
    assert "تاریخ درست نیست" in words
    assert "همهٔ سطرهای درست ۲ سطر" in words


def test_bad_rows_come_back_as_excel(cast: Cast, staff: Client) -> None:
    address = checked(cast, staff)

    answer = staff.get(f"{address}problems/")
    sheet = load_workbook(BytesIO(answer.content)).active

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert sheet.sheet_view.rightToLeft
    assert sheet.max_row == 2
    assert sheet.cell(2, 2).value == "رضا"


def test_the_good_rows_are_loaded_and_the_same_file_again_changes_nothing(cast: Cast, staff: Client) -> None:
    address = checked(cast, staff)
    staff.post(f"{address}load/", {"which": "all"})
    load_intake_file(file_id=int(address.split("/")[2]), user_id=cast.staff.user_id)

    words = words_of(staff.get(address))

    assert "شخص تازه ۲" in words
    assert "خانوار تازه ۱" in words
    assert upload(staff) == address
    assert "می‌توانید بدهید" in words_of(staff.post("/check/", {"identifier": national_id(4002), "kind": 1}))


def test_only_the_chosen_rows_are_loaded(cast: Cast, staff: Client) -> None:
    address = checked(cast, staff)
    staff.post(f"{address}load/", {"which": "some", "numbers": "۲"})
    load_intake_file(file_id=int(address.split("/")[2]), user_id=cast.staff.user_id)

    assert "شخص تازه ۱" in words_of(staff.get(address))


def test_numbers_that_make_no_sense_are_told_at_the_field(cast: Cast, staff: Client) -> None:
    address = checked(cast, staff)

    answer = staff.post(f"{address}load/", {"which": "some", "numbers": "همه"})

    assert answer.status_code == 422
    assert "شمارهٔ سطرها را بنویسید" in words_of(answer)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("۲ تا ۴، ۷", [2, 3, 4, 7]),
        ("5-6", [5, 6]),
        ("", []),
        ("۹ تا ۲", []),
        ("1,,2", [1, 2]),
        ("همه", []),
        ("1 تا 999999999", []),
    ],
)
def test_row_numbers_are_read_as_people_write_them(text: str, rows: list[int]) -> None:
    assert read_row_numbers(text) == rows


def test_a_file_given_up_keeps_nothing_and_may_come_again(cast: Cast, staff: Client) -> None:
    address = checked(cast, staff)

    assert "کنار گذاشته شد" in words_of(staff.post(f"{address}cancel/", follow=True))
    assert upload(staff) != address


def test_what_is_no_table_is_refused_at_the_field(staff: Client) -> None:
    answer = staff.post("/files/", {"file": SimpleUploadedFile("a.xlsx", b"\x00\x01no table")})

    assert answer.status_code == 422
    assert "مشکلی هست" in words_of(answer)


def test_no_file_at_all_is_told(staff: Client) -> None:
    assert "فایلی برگزیده نشده است" in words_of(staff.post("/files/", {}))


def test_another_charity_does_not_find_the_file(cast: Cast, staff: Client, stranger: Client) -> None:
    address = checked(cast, staff)

    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}problems/").status_code == 404
    assert stranger.post(f"{address}load/", {"which": "all"}).status_code == 404
    assert "مددجویان" not in words_of(stranger.get("/files/"))
