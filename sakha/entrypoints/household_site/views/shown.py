"""The household's own word on being shown to givers without a name: allowed, or taken back."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sakha.coordination.queries import RegistrationCard
from sakha.entrypoints.household_site.gate import file_page, show
from sakha.entrypoints.household_site.sessions import tell
from sakha.giving.actions import allow_publishing, withdraw_publishing
from sakha.giving.queries.leave import has_publishing_leave


@file_page("GET", "POST")
def shown(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Say what givers would see, and take in yes or no."""
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    if request.method == "POST":
        if "allow" in request.POST:
            allow_publishing(actor=reader, at=at, household_id=own.household_id)
            tell(request, "ثبت شد. نیازهای شما بی‌نام به بخشندگان نشان داده می‌شود.")
        elif "withdraw" in request.POST:
            withdraw_publishing(actor=reader, at=at, household_id=own.household_id)
            tell(request, "پس گرفته شد. از همین لحظه چیزی از شما نشان داده نمی‌شود.")
        return HttpResponseRedirect(reverse("household_shown"))
    return show(request, "shown", is_allowed=has_publishing_leave(actor=reader, household_id=own.household_id))
