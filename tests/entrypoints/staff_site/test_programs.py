"""The page of programs: a head draws a key, sees it once, takes it back; other bodies see nothing of it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from sakha.access.actions import issue_client
from sakha.access.queries import find_client_by_key
from sakha.access.rules import SYSTEM, NewClient
from tests.entrypoints.staff_site.cast import Cast, signed_in
from tests.entrypoints.staff_site.reading import html_of


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
