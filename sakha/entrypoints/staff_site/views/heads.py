"""Naming who heads a household now, where its head has died."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.registry.actions.naming_head import name_head
from sakha.vocabulary.refusal import Refusal


class HeadNotChosen(Refusal):
    """Somebody is to be chosen."""

    code: ClassVar[str] = "HEAD_NOT_CHOSEN"
    sentence: ClassVar[str] = "یکی از اعضا را برگزینید."


@page(Permission.READ_HOUSEHOLD, "POST")
def name_new_head(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Take the choice; the score follows by itself."""
    chosen = request.POST.get("person", "")
    if not (chosen.isascii() and chosen.isdigit()):
        raise HeadNotChosen(field="person")
    name_head(actor=actor, at=at, household_id=household_id, person_id=int(chosen))
    tell(request, "سرپرست تازه ثبت شد. جایگاه خانوار تا چند دقیقهٔ دیگر از نو سنجیده می‌شود.")
    return HttpResponseRedirect(reverse("household", args=[household_id]))
