"""The desk of complaints and the rounds of calls: who sees what, who answers, and that the giver is never asked."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import rows
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import html_of, words_of

pytestmark = pytest.mark.django_db
TEXT = "مددکار از ما پول خواست."


def write_down(client: Client, cast: Cast, **more: str) -> int:
    told = {"kind": "MISUSE", "about": str(cast.staff.organisation_id), "text": TEXT, "mobile": "09900000001"} | more
    answer = client.post(f"/households/{cast.household_id}/grievance/", told)
    assert answer.status_code == 200, html_of(answer)
    return rows("SELECT max(id) FROM coordination_grievance")[0][0]


def given_delivery(cast: Cast) -> int:
    held = hold_aid(
        actor=cast.staff,
        at=timezone.now(),
        household_id=cast.household_id,
        kind=NeedKind.FOOD,
        quantity=1,
        request_id=uuid4(),
    )
    deliver_aid(actor=cast.staff, at=timezone.now(), hold_id=held.require_held())
    return held.require_held()


def test_a_confidential_report_written_at_the_accuseds_own_desk_is_gone_from_it(
    cast: Cast, staff: Client, stranger: Client, officer: Client
) -> None:
    hidden = write_down(staff, cast, is_confidential="on")
    plain = write_down(staff, cast)

    # of the two the confidential one lies with the province, the other with the county
    assert "پیام‌های مردم: ۱" in words_of(officer.get("/desk/"))
    assert staff.get(f"/grievances/{hidden}/").status_code == 404
    assert TEXT in words_of(staff.get(f"/grievances/{plain}/"))  # the control: the same report, not confidential
    assert f"/grievances/{hidden}/" not in html_of(staff.get("/grievances/"))
    for number in (hidden, plain):
        assert stranger.get(f"/grievances/{number}/").status_code == 404
        assert stranger.post(f"/grievances/{number}/say/", {"note": TEXT}).status_code == 404
        assert TEXT in words_of(officer.get(f"/grievances/{number}/"))
    assert staff.post(f"/grievances/{hidden}/say/", {"note": TEXT}).status_code == 404
    assert staff.post(f"/grievances/{plain}/answer/", {"note": TEXT}).status_code == 403
    assert staff.post(f"/grievances/{plain}/say/", {"note": "این کار را نکرده‌ایم."}).status_code == 302


def test_an_officer_takes_sends_up_and_answers_once(cast: Cast, staff: Client, officer: Client) -> None:
    number = write_down(staff, cast)
    about = {"kind": "MISUSE", "about": str(cast.staff.organisation_id), "text": TEXT}
    address = f"/households/{cast.household_id}/grievance/"
    assert "همین دفتر" in words_of(staff.post(address, about))  # no phone: its code would lie with whom it is about
    assert staff.post(address, about).status_code == 422
    assert "<mark>" not in html_of(staff.post(address, about | {"mobile": "09900000001"}))
    assert "<mark>" in html_of(staff.post(address, about | {"about": "OTHER"}))

    assert officer.post(f"/grievances/{number}/take/").status_code == 302
    assert officer.post(f"/grievances/{number}/answer/", {"note": "کوتاه"}).status_code == 422
    answered = officer.post(f"/grievances/{number}/answer/", {"note": "با او صحبت شد و پول را پس داد."}, follow=True)
    assert "پول را پس داد" in words_of(answered)
    assert officer.post(f"/grievances/{number}/up/", {"note": "با دفتر کشوری است."}).status_code == 409
    assert officer.post(f"/grievances/{number}/nonsense/").status_code == 404
    assert staff.post("/grievances/new/", {"kind": "COMPLAINT", "about": "OTHER", "text": "کم"}).status_code == 422


def test_a_visitor_of_the_office_asks_whether_it_arrived_and_the_giver_never(
    cast: Cast, staff: Client, stranger: Client, officer: Client
) -> None:
    hold_id = given_delivery(cast)
    place = f"/households/{cast.household_id}/deliveries/"

    assert f"{place}{hold_id}/" in html_of(officer.get(place))
    assert f"{place}{hold_id}/" not in html_of(staff.get(place))
    assert staff.post(f"{place}{hold_id}/", {"received": "yes"}).status_code == 404
    assert stranger.get(place).status_code == 404
    assert stranger.post(f"{place}{hold_id}/", {"received": "yes"}).status_code == 404
    assert officer.post(f"{place}{hold_id}/", {"received": "no"}).status_code == 302
    assert rows("SELECT kind, about FROM coordination_grievance") == [("NOT_RECEIVED", "ORGANISATION")]

    # what the household disputes is taken back by two of an office; the giver takes part in neither step
    back = f"{place}{hold_id}/back/"
    assert back in html_of(officer.get(place))
    assert back not in html_of(staff.get(place))
    assert staff.post(back, {"note": "نرسید"}).status_code == 403
    assert officer.post(back, {"note": ""}).status_code == 404
    assert officer.post(back, {"note": "همسایه‌ها هم ندیده‌اند."}).status_code == 302
    [(undoing_id,)] = rows("SELECT id FROM ledger_undoing")
    assert "همکار شما تصمیم می‌گیرد" in words_of(officer.get("/grievances/"))
    assert "همسایه‌ها هم ندیده‌اند" not in words_of(staff.get("/grievances/"))
    decide = f"/deliveries/back/{undoing_id}/"
    assert [one.post(decide, {"is_so": "yes"}).status_code for one in (officer, staff)] == [409, 403]
    assert rows("SELECT state FROM ledger_undoing") == [(1,)]


def test_calls_are_drawn_made_and_summed_by_offices_alone(
    cast: Cast, staff: Client, officer: Client, operator: Client
) -> None:
    told = {"days": "7", "size": "100", "seed": "۷"}
    assert officer.post("/calls/", told).status_code == 422  # nothing was delivered yet
    given_delivery(cast)
    address = officer.post("/calls/", told).url
    [(call_id,)] = rows("SELECT id FROM ledger_call")

    assert officer.post("/calls/", told | {"seed": "هفت"}).status_code == 422
    assert officer.post(f"{address}{call_id}/", {"outcome": "received"}).status_code == 302
    assert officer.post(f"{address}{call_id}/", {"outcome": "perhaps"}).status_code == 404
    assert "۱۰۰٪" in words_of(officer.get(address))
    assert rows("SELECT state, way FROM ledger_receipt") == [(2, 4)]
    for other in (staff, operator):
        assert [other.get(one).status_code for one in ("/calls/", address)] == [403, 403]
        assert other.post(f"{address}{call_id}/", {"outcome": "received"}).status_code == 403
