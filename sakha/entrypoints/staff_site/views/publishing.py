"""What the household said at the desk of being shown to givers without a name: allowed, or taken back."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.giving.actions import allow_publishing, withdraw_publishing


@page(Permission.READ_HOUSEHOLD, "POST")
def publishing(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Write down the household's word; who may is decided by the room."""
    if request.POST.get("leave") == "allow":
        allow_publishing(actor=actor, at=at, household_id=household_id)
        tell(request, "اجازهٔ خانوار ثبت شد. نیازهایش تا یک ساعت دیگر بی‌نام نشان داده می‌شود.")
    else:
        withdraw_publishing(actor=actor, at=at, household_id=household_id)
        tell(request, "پس گرفته شد. از همین لحظه چیزی از این خانوار نشان داده نمی‌شود.")
    return HttpResponseRedirect(reverse("household", args=[household_id]))
