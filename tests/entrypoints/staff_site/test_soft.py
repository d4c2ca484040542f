"""Similar help is recent: going on needs a reason, and the reason is seen by the other side."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from sakha.ledger.actions import deliver_aid, hold_aid, open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.registry.actions import register_household
from sakha.vocabulary.jalali import jalali_month
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.staff_site.cast import Cast, declaration
from tests.entrypoints.staff_site.reading import field_value, html_of, words_of


def last_months_parcel(cast: Cast) -> None:
    """A parcel of the month before, within the window of thirty days, from another charity."""
    now = timezone.localtime()
    before = now - timedelta(days=20)
    while jalali_month(before.date()) == jalali_month(now.date()):
        before -= timedelta(days=1)
    if (now - before).days >= 30:
        before = now - timedelta(days=29)
    register_household(actor=cast.stranger, at=before, declaration=declaration(1001))
    need = NeedToOpen(household_id=cast.household_id, kind=NeedKind.FOOD, period=jalali_month(before.date()), target=1)
    open_needs(actor=cast.stranger, at=before, needs=[need])
    result = hold_aid(
        actor=cast.stranger,
        at=before,
        household_id=cast.household_id,
        kind=NeedKind.FOOD,
        quantity=1,
        request_id=uuid.uuid4(),
    )
    deliver_aid(actor=cast.stranger, at=before, hold_id=result.require_held())


def test_going_on_takes_a_reason(cast: Cast, staff: Client) -> None:
    last_months_parcel(cast)
    answer = staff.post("/check/", {"identifier": cast.head_national_id, "kind": 1})
    form = {name: field_value(answer, name) for name in ("household_id", "kind", "quantity", "request_id")}

    assert "دست نگه دارید" in words_of(answer)
    assert "روز تا نوبت بعد" in words_of(answer)
    assert "خیریهٔ نور" not in words_of(answer)
    refused = staff.post("/holds/new/", form)
    assert (refused.status_code, "SIMILAR_HELP_RECENT" in html_of(refused)) == (409, True)
    held = staff.post("/holds/new/", {**form, "reason": "خانه‌شان آتش گرفته و چیزی نمانده است"}, follow=True)
    assert "کنار گذاشته شد" in words_of(held)
