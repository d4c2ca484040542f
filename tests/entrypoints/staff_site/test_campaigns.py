"""The office's page of campaigns: seen before it is queued, paused, stopped; and those whom no SMS reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.coordination.actions.directory import ServiceToTell, approve_services, tell_service
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import NOON, Family, rows, search, write_extract
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import html_of, words_of

pytestmark = pytest.mark.django_db
NEW = {"name": "پاییز", "county": "", "deciles_max": "3", "people_max": "۱۰۰", "wave_size": "", "wave_days": "۷"}


def test_a_campaign_is_seen_before_it_is_queued_and_may_rest_and_end(
    cast: Cast, officer: Client, staff: Client, tmp_path: Path
) -> None:
    without = Family(mobile=None)
    search(write_extract(tmp_path / "welfare.parquet", [Family(), Family(), without]))
    with acting(SYSTEM):
        line = tell_service(
            actor=cast.staff,
            at=NOON,
            service=ServiceToTell(kind=NeedKind.FOOD, households_a_month=12, province="30", county=""),
        )
        approve_services(actor=SYSTEM, at=NOON, service_ids=[line])

    seen = words_of(officer.post("/campaigns/", NEW))
    assert "۲ نفر" in seen
    assert "۱ بی‌شماره" in seen
    assert "۱۲ جای خالی از ۱۲ در ماه" in seen
    assert rows("SELECT count(*) FROM coordination_campaign") == [(0,)]
    assert officer.post("/campaigns/", NEW | {"people_max": "هیچ"}).status_code == 422
    assert officer.post("/campaigns/", NEW | {"go": "yes"}).status_code == 302
    [(campaign_id, state)] = rows("SELECT id, state FROM coordination_campaign")
    assert (state, rows("SELECT count(*) FROM coordination_invitation")) == ("RUNNING", [(2,)])
    assert "۲ در صف" in words_of(officer.get("/campaigns/"))
    step = f"/campaigns/{campaign_id}/"
    for word, stands in (("pause", "PAUSED"), ("resume", "RUNNING"), ("stop", "STOPPED")):
        assert staff.post(f"{step}{word}/").status_code == 403
        assert officer.post(f"{step}{word}/").status_code == 302
        assert rows("SELECT state FROM coordination_campaign") == [(stands,)]
    assert officer.post(f"{step}stop/").status_code == 409
    assert officer.post(f"{step}nonsense/").status_code == 404

    # whom no SMS reaches: no name in the list; taken up by one, who sees how to find them and who is near
    [(candidate_id,)] = rows("SELECT id FROM coordination_candidate WHERE mobile_index IS NULL")
    place = f"/in-person/{candidate_id}/"
    assert place in html_of(officer.get("/in-person/"))
    assert without.head not in html_of(officer.get("/in-person/"))
    shown = officer.post(place)
    assert "خیریهٔ" in words_of(shown)
    assert rows("SELECT count(*) FROM coordination_personal_ask") == [(1,)]
    assert officer.post(place, {"outcome": "perhaps"}).status_code == 404
    assert officer.post(place, {"outcome": "WILL_COME"}).status_code == 302
    assert place not in html_of(officer.get("/in-person/"))
