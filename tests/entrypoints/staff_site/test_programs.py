"""The page of programs: a head draws a key, sees it once, takes it back; other bodies see nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from sakha.access.actions import add_client_use, issue_client
from sakha.access.queries import find_client_by_key, get_client
from sakha.access.rules import SYSTEM, ClientScope, ClientStatus, NewClient
from sakha.entrypoints.staff_site.views import programs
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Noon in Tehran: no day turns midway."""
    with time_machine.travel(datetime(2026, 11, 22, 8, 30, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.mark.django_db
def test_a_key_is_shown_once_and_taken_back_by_whoever_answers_for_the_program(cast: Cast) -> None:
    new = NewClient(organisation_id=cast.staff.organisation_id or 0, name="برنامهٔ مهر")
    client_id = issue_client(actor=SYSTEM, at=timezone.now(), client=new)
    officer, staff = signed_in(cast, "officer"), signed_in(cast, "staff")
    assert staff.get("/programs/").status_code == 403
    assert staff.post(f"/programs/{client_id}/key/").status_code == 403

    shown = html_of(officer.post(f"/programs/{client_id}/key/"))
    secret = re.search(r"sakha_live_[0-9a-f]{8}_[\w-]{43}", shown)
    assert secret is not None
    known = find_client_by_key(secret[0], at=timezone.now())
    assert known is not None
    page = html_of(officer.get("/programs/"))
    assert secret[0] not in page
    assert secret[0][:19] in page

    assert officer.post(f"/programs/keys/{known.key_id}/revoke/").status_code == 302
    assert find_client_by_key(secret[0], at=timezone.now()) is None
    assert officer.post("/programs/keys/999999999/revoke/").status_code >= 400


@pytest.mark.django_db
def test_an_office_stops_a_program_and_lets_it_go_on_and_reads_beyond_the_first_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_PAGE_LENGTH", 1)
    body = cast.staff.organisation_id or 0
    first, second = (
        issue_client(actor=SYSTEM, at=timezone.now(), client=NewClient(organisation_id=body, name=name))
        for name in ("برنامهٔ یکم", "برنامهٔ دوم")
    )
    officer, staff = signed_in(cast, "officer"), signed_in(cast, "staff")

    def status() -> ClientStatus:
        return get_client(actor=SYSTEM, client_id=first).status

    for step in ("stop", "resume"):
        assert staff.post(f"/programs/{first}/{step}/").status_code == 403
        assert officer.get(f"/programs/{first}/{step}/").status_code == 405
        assert officer.post(f"/programs/999999999/{step}/").status_code >= 400
    assert status() is ClientStatus.ACTIVE
    assert officer.post(f"/programs/{first}/stop/").status_code == 302
    assert status() is ClientStatus.SUSPENDED
    page = html_of(officer.get(f"/programs/?after={first - 1}"))  # the sign of a stopped one is drawn too
    assert f"/programs/{first}/resume/" in page
    assert f"/programs/{second}/stop/" not in page
    assert f"?after={first}" in page
    assert f"/programs/{second}/stop/" in html_of(officer.get(f"/programs/?after={first}"))
    assert officer.post(f"/programs/{first}/resume/").status_code == 302
    assert status() is ClientStatus.ACTIVE


@pytest.mark.django_db
def test_a_program_s_page_tells_its_use_by_day_and_way_and_what_helps_against_its_errors(cast: Cast) -> None:
    body = cast.staff.organisation_id or 0
    may = NewClient(
        organisation_id=body, name="برنامهٔ مهر", scopes=(ClientScope.AID_CHECK,), minute_limit=30, day_limit=40
    )
    client_id = issue_client(actor=SYSTEM, at=timezone.now(), client=may)
    now = timezone.now().replace(second=0, microsecond=0)
    told = {("check", ""): 20, ("check/batch", ""): 7, ("check", "SIMILAR_HELP_RECENT"): 3, ("check", "A_NEW_CODE"): 1}
    counts = {(client_id, now, *words): count for words, count in told.items()}
    add_client_use(counts=counts | {(client_id, now - timedelta(days=2), "holds", ""): 5})
    officer = signed_in(cast, "officer")

    page = officer.get(f"/programs/{client_id}/")
    use = page.context["use"]
    assert [(row.count, row.refused) for row in use.days] == [("۲۷", "۴"), ("۵", "۰")]
    assert [(row.route, row.count, row.refused) for row in use.ways] == [
        ("check", "۲۰", "۴"), ("check/batch", "۷", "۰"), ("holds", "۵", "۰"),
    ]  # fmt: skip
    assert (use.day_words, use.minute_words) == ("۲۷ از ۴۰", "۲۷ از ۳۰")
    assert [row.code for row in use.refusals] == ["SIMILAR_HELP_RECENT", "A_NEW_CODE"]
    assert all(row.advice in html_of(page) for row in use.refusals)
    assert [one.title for one in page.context["examples"]] == ["استعلام یک نفر", "استعلام تا هزار نفر"]

    one_day = officer.get(f"/programs/{client_id}/?day={use.days[1].on}").context["use"]
    assert [row.route for row in one_day.ways] == ["holds"]
    assert officer.get(f"/programs/{client_id}/?day=never").context["use"] == use
    assert signed_in(cast, "staff").get(f"/programs/{client_id}/").status_code == 403
    assert officer.get("/programs/999999999/").status_code == 404
