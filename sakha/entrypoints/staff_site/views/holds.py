"""Taking aid on, delivering it, giving it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.forms import HoldForm
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.screens import HeldRow
from sakha.entrypoints.staff_site.sessions import tell
from sakha.entrypoints.staff_site.wording import show_time_left
from sakha.ledger.actions import deliver_aid, hold_aid, release_aid
from sakha.ledger.queries import get_hold, holds_of_organisation
from sakha.ledger.rules import HoldLine
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, show_quantity
from sakha.vocabulary.refusal import Refusal

_PAGE_LENGTH = 40
_LISTED_MAX = 1000
_DIGITS_MAX = 6  # of a place in a list
_URGENT = timedelta(hours=24)


class HoldFormIncomplete(Refusal):
    """The form came without what every page of ours puts into it."""

    code = "HOLD_FORM_INCOMPLETE"
    sentence = "این درخواست کامل نبود: {why}"


@page(Permission.HOLD_AID)
def held(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List what my organisation has taken on, what expires first at the top."""
    lines = sorted(holds_of_organisation(actor=actor, limit=_LISTED_MAX), key=lambda one: (one.expires_at, one.hold_id))
    after = request.GET.get("after", "0")
    start = int(after) if after.isdecimal() and len(after) <= _DIGITS_MAX else 0
    rows = tuple(_show_line(one, at=at) for one in lines[start : start + _PAGE_LENGTH])
    more = start + _PAGE_LENGTH if len(lines) > start + _PAGE_LENGTH else 0
    return render(request, "staff_site/held.html", {"rows": rows, "count": len(lines), "next_page": more})


@page(Permission.HOLD_AID, "POST")
def hold(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Take aid on, once however often the button is pressed."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        raise HoldFormIncomplete(
            why=" ".join(str(message) for messages in form.errors.values() for message in messages)
        )
    wanted = form.cleaned_data
    result = hold_aid(
        actor=actor,
        at=at,
        household_id=wanted["household_id"],
        kind=NeedKind(wanted["kind"]),
        quantity=wanted["quantity"],
        request_id=wanted["request_id"],
        reason=wanted["reason"],
    )
    result.require_held()
    shown = show_quantity(result.kind, wanted["quantity"])
    tell(
        request,
        f"{NEED_KINDS[result.kind].name} ({shown}) به نام سازمان شما کنار گذاشته شد. پس از رساندن، همین‌جا ثبت کنید.",
    )
    return HttpResponseRedirect(reverse("held"))


@page(Permission.DELIVER_AID, "POST")
def deliver(request: HttpRequest, *, actor: Actor, at: datetime, hold_id: int) -> HttpResponse:
    """Write that the aid arrived."""
    line = get_hold(actor=actor, hold_id=hold_id)
    deliver_aid(actor=actor, at=at, hold_id=hold_id)
    tell(request, f"تحویل {show_quantity(line.kind, line.quantity)} ثبت شد. دست شما درد نکند.")
    return HttpResponseRedirect(reverse("held"))


@page(Permission.HOLD_AID, "POST")
def release(request: HttpRequest, *, actor: Actor, at: datetime, hold_id: int) -> HttpResponse:
    """Give the aid back to the need."""
    release_aid(actor=actor, at=at, hold_id=hold_id)
    tell(request, "رها شد؛ حالا نهاد دیگری می‌تواند این نیاز را بر عهده بگیرد.")
    return HttpResponseRedirect(reverse("held"))


def _show_line(line: HoldLine, *, at: datetime) -> HeldRow:
    return HeldRow(
        hold_id=line.hold_id,
        code=line.household_code,
        kind=int(line.kind),
        quantity=line.quantity,
        household_id=line.household_id,
        ends=show_time_left(line.expires_at, at=at),
        is_urgent=line.expires_at - at < _URGENT,
        reason=line.reason,
        is_double=line.found_double_at is not None,
    )
