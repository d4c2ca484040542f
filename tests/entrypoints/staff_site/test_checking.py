"""«استعلام پیش از کمک»: the verdict, what to do instead, and holding from the answer."""

from __future__ import annotations

import uuid

from django.test import Client
from django.utils import timezone

from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.ledger.queries import holds_of_organisation
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.staff_site.cast import Cast, national_id
from tests.entrypoints.staff_site.reading import field_value, html_of, words_of


def check(client: Client, identifier: str, kind: NeedKind = NeedKind.FOOD, **headers: str):
    return client.post("/check/", {"identifier": identifier, "kind": int(kind)}, headers=headers)


def give(cast: Cast, kind: NeedKind, quantity: int) -> None:
    result = hold_aid(
        actor=cast.staff,
        at=timezone.now(),
        household_id=cast.household_id,
        kind=kind,
        quantity=quantity,
        request_id=uuid.uuid4(),
    )
    deliver_aid(actor=cast.staff, at=timezone.now(), hold_id=result.require_held())


def test_an_open_need_may_be_met(cast: Cast, staff: Client) -> None:
    answer = check(staff, cast.head_national_id)

    assert answer.status_code == 200
    assert "می‌توانید بدهید" in words_of(answer)
    assert "اجارهٔ خانه" in words_of(answer)


def test_digits_of_every_keyboard_are_read(cast: Cast, staff: Client) -> None:
    assert "می‌توانید بدهید" in words_of(check(staff, persian_digits(cast.head_national_id)))
    arabic = cast.head_national_id.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert "می‌توانید بدهید" in words_of(check(staff, arabic))


def test_an_address_never_answers_a_check(cast: Cast, staff: Client) -> None:
    answer = staff.get("/check/", {"identifier": cast.head_national_id, "kind": "1"})

    assert "می‌توانید بدهید" not in words_of(answer)
    assert cast.head_national_id not in html_of(answer)


def test_a_covered_need_is_stopped_and_something_else_is_named(cast: Cast, staff: Client) -> None:
    give(cast, NeedKind.FOOD, 1)

    words = words_of(check(staff, cast.head_national_id))

    assert "ندهید" in words
    assert "به جای آن" in words


def test_a_wrong_identifier_is_told_at_the_field(staff: Client) -> None:
    answer = check(staff, "9990010012")

    assert answer.status_code == 422
    assert "کد ملی یکی از اعضای خانوار:" in words_of(answer)
    assert 'aria-invalid="true"' in html_of(answer)
    assert "خطا: " in html_of(answer).split("</title>")[0]


def test_nobody_known_may_be_registered(staff: Client) -> None:
    answer = check(staff, national_id(777777))

    assert "پرونده‌ای نیست" in words_of(answer)
    assert 'href="/register/"' in html_of(answer)


def test_an_officer_is_not_offered_what_it_may_not_do(cast: Cast, officer: Client) -> None:
    answer = check(officer, cast.head_national_id)

    assert "می‌توانید بدهید" in words_of(answer)
    assert "/holds/new/" not in html_of(answer)


def test_a_protected_household_shows_neither_place_nor_help(cast: Cast, stranger: Client) -> None:
    answer = check(stranger, cast.protected_national_id)

    assert "محافظت‌شده" in words_of(answer)
    assert "کرج" not in words_of(answer)
    assert "/holds/new/" not in html_of(answer)


def test_htmx_gets_the_answer_alone(cast: Cast, staff: Client) -> None:
    html = html_of(check(staff, cast.head_national_id, **{"HX-Request": "true"}))

    assert "<html" not in html
    assert 'class="verdict clear' in html


def test_no_page_sends_a_full_identifier_or_name_back(cast: Cast, staff: Client) -> None:
    html = html_of(check(staff, cast.head_national_id, **{"HX-Request": "true"}))

    assert cast.head_national_id not in html
    assert "رضایی" not in html


def test_holding_from_the_answer_is_one_press_and_once(cast: Cast, staff: Client) -> None:
    answer = check(staff, cast.head_national_id, NeedKind.RENT)
    form = {name: field_value(answer, name) for name in ("household_id", "kind", "quantity", "request_id")}
    first = staff.post("/holds/new/", form, follow=True)
    again = staff.post("/holds/new/", form)

    assert "کنار گذاشته شد" in words_of(first)
    assert again.status_code == 302
    assert len(holds_of_organisation(actor=cast.staff)) == 1


def test_a_smaller_amount_is_typed_in_toman(cast: Cast, staff: Client) -> None:
    answer = check(staff, cast.head_national_id, NeedKind.RENT)
    form = {name: field_value(answer, name) for name in ("household_id", "kind", "quantity", "request_id")}
    staff.post("/holds/new/", {**form, "amount": "۱٬۲۰۰٬۰۰۰"})

    assert [line.quantity for line in holds_of_organisation(actor=cast.staff)] == [12_000_000]


def test_more_than_is_open_is_refused_and_the_refusal_is_kept(cast: Cast, staff: Client) -> None:
    answer = check(staff, cast.head_national_id, NeedKind.RENT)
    form = {name: field_value(answer, name) for name in ("household_id", "kind", "quantity", "request_id")}
    refused = staff.post("/holds/new/", {**form, "amount": "۹٬۰۰۰٬۰۰۰"})

    assert refused.status_code == 409
    assert "از این نیاز تنها ۳٬۰۰۰٬۰۰۰ تومان مانده است" in words_of(refused)
    assert "EXCEEDS_OPEN_NEED" in html_of(refused)
    assert holds_of_organisation(actor=cast.staff) == ()


def test_a_form_that_makes_no_sense_is_refused(staff: Client) -> None:
    answer = staff.post("/holds/new/", {"household_id": "x"})

    assert answer.status_code == 422
    assert "HOLD_FORM_INCOMPLETE" in html_of(answer)
