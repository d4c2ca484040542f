"""The directory of bodies: for everybody at work, with the body's own lines to tell and the office's to approve."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.coordination.actions.directory import ServiceToTell, approve_services, pause_service, tell_service
from sakha.coordination.queries.directory import DirectoryWanted, directory
from sakha.coordination.rules.introductions import ServiceState, ServiceUnknown
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.introduction_forms import DirectoryFilter, ServiceForm
from sakha.entrypoints.staff_site.introduction_wording import show_service
from sakha.entrypoints.staff_site.sessions import tell
from sakha.vocabulary.need_kinds import NeedKind

_PAGE_LENGTH = 40
_DIGITS_MAX = 15


@page(Permission.READ_HOUSEHOLD)
def lines(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List who gives what and where; what waits for approval first where the actor may approve."""
    return _show(request, actor, at, ServiceForm(), HTTPStatus.OK)


@page(Permission.WRITE_HOUSEHOLD, "POST")
def tell_own(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Write one's own line."""
    form = ServiceForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, at, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    service = ServiceToTell(
        kind=NeedKind(int(given["kind"])),
        households_a_month=given["households_a_month"],
        province="" if given["area"] == "NATION" else actor.province,
        county=actor.county if given["area"] == "COUNTY" else "",
        eligibility=given["eligibility"],
        contact=given["contact"],
    )
    tell_service(actor=actor, at=at, service=service)
    tell(request, "در راهنما نوشته شد. خدمت تازه پس از تأیید فرمانداری دیده می‌شود.")
    return HttpResponseRedirect(reverse("directory"))


@page(Permission.READ_HOUSEHOLD, "POST")
def take_step(request: HttpRequest, *, actor: Actor, at: datetime, service_id: int, step: str) -> HttpResponse:
    """Approve a line, or pause one's own."""
    if step == "approve":
        approve_services(actor=actor, at=at, service_ids=[service_id])
        tell(request, "تأیید شد.")
    elif step == "pause":
        pause_service(actor=actor, service_id=service_id)
        tell(request, "ثبت شد.")
    else:
        raise ServiceUnknown(field="step")
    return HttpResponseRedirect(reverse("directory"))


def _show(request: HttpRequest, actor: Actor, at: datetime, form: ServiceForm, status: HTTPStatus) -> HttpResponse:
    chosen = DirectoryFilter(request.GET or None, province=actor.province, auto_id="filter_%s")
    asked = chosen.cleaned_data if chosen.is_bound and chosen.is_valid() else {"kind": "", "county": ""}
    on = timezone.localtime(at).date()
    wanted = DirectoryWanted(
        kind=NeedKind(int(asked["kind"])) if asked["kind"] else None,
        province=actor.province,
        county=asked["county"],
        state=ServiceState.ACTIVE,
        after=_read_after(request.GET.get("after", "")),
        limit=_PAGE_LENGTH,
    )
    found = directory(actor=actor, on=on, wanted=wanted)
    may_approve = actor.can(Permission.INVITE)
    own = DirectoryWanted(organisation_id=actor.organisation_id, limit=len(NeedKind))
    waiting = DirectoryWanted(state=ServiceState.WAITING, limit=_PAGE_LENGTH) if may_approve else own
    last = found[-1] if len(found) == _PAGE_LENGTH else None
    context = {
        "filter": chosen,
        "rows": tuple(show_service(line) for line in found),
        "next_page": f"{last.id}_{last.organisation_name}" if last else "",
        "asked": asked,
        "may_approve": may_approve,
        "may_tell": actor.organisation_id is not None and actor.can(Permission.WRITE_HOUSEHOLD),
        "special": tuple(show_service(line) for line in directory(actor=actor, on=on, wanted=waiting)),
        "form": form,
    }
    return render(request, "staff_site/directory.html", context, status=status)


def _read_after(text: str) -> tuple[str, int]:
    number, _, name = text.partition("_")
    return (name, int(number)) if number.isascii() and number.isdigit() and len(number) < _DIGITS_MAX else ("", 0)
