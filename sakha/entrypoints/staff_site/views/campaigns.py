"""The office's page of campaigns, with a dry run before anything is queued, and those whom no SMS reaches."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from sakha.access.rules import Actor, Permission
from sakha.coordination.actions import (
    CampaignToOpen,
    CampaignUnknown,
    PersonalAskUnknown,
    forecast_campaign,
    invite_candidates,
    pause_campaign,
    people_to_ask,
    resume_campaign,
    stop_campaign,
    take_person_to_ask,
    tell_outcome,
)
from sakha.coordination.gateways import named_address
from sakha.coordination.queries.campaigns import RoomOfKind, campaigns, room_of_directory
from sakha.coordination.queries.directory import DirectoryWanted, directory
from sakha.coordination.rules.campaigns import PersonalOutcome
from sakha.coordination.rules.introductions import ServiceState
from sakha.entrypoints.staff_site.campaign_forms import CampaignForm
from sakha.entrypoints.staff_site.campaign_wording import (
    OUTCOME_WORDS,
    ForecastScreen,
    show_campaign,
    show_forecast,
    show_room,
    show_to_ask,
)
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.introduction_wording import show_service
from sakha.entrypoints.staff_site.sessions import tell
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.refusal import Refusal

_LIST_LENGTH = 30
_NEARBY, _LINES_NEARBY = 6, 80
_DIGITS_MAX = 15
_STEPS = {"pause": pause_campaign, "resume": resume_campaign, "stop": stop_campaign}
_TOLD = {
    "pause": "نگه داشته شد؛ چیزی فرستاده نمی‌شود.",
    "resume": "دوباره در جریان است.",
    "stop": "پایان یافت؛ آنچه در صف بود کنار رفت و نوبت دیگری می‌تواند دعوتشان کند.",
}


@page(Permission.INVITE, "GET", "POST")
def overview(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List the campaigns of the area; say what a new one would do; queue it once that was seen."""
    province = shown_province(actor)
    form = CampaignForm(request.POST if request.method == "POST" else None, province=province)
    screen, status = None, HTTPStatus.OK
    if form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                if request.POST.get("go") == "yes":
                    queued = invite_candidates(actor=actor, at=at, campaign=_campaign(form, province))
                    tell(request, f"{group_thousands(queued.queued_count)} پیامک در صف است و در ساعت‌های روز می‌رود.")
                    return HttpResponseRedirect(reverse("campaigns"))
                screen, status = _forecast(actor, at, form, province), HTTPStatus.OK
            except Refusal as refusal:
                form.add_error(None, refusal.message)
    context = {
        "form": form,
        "screen": screen,
        "rows": tuple(show_campaign(line) for line in campaigns(actor=actor)),
        "room": tuple(show_room(one) for one in _room(actor, at, province)),
        # a campaign is of a whole province: a county's office reads its list of those whom nothing reaches
        "may_open": not actor.county,
    }
    return render(request, "staff_site/campaigns.html", context, status=status)


@page(Permission.INVITE, "POST")
def take_step(request: HttpRequest, *, actor: Actor, at: datetime, campaign_id: int, step: str) -> HttpResponse:
    """Pause, go on or stop; who may is decided by the room."""
    if step not in _STEPS:
        raise CampaignUnknown(field="step")
    _STEPS[step](actor=actor, at=at, campaign_id=campaign_id)
    tell(request, _TOLD[step])
    return HttpResponseRedirect(reverse("campaigns"))


@page(Permission.INVITE)
def in_person(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:  # noqa: ARG001 -- as all pages
    """List those whom no SMS reaches, without names; the nearest to ask first are those found first."""
    after = request.GET.get("after", "")
    lines = people_to_ask(
        actor=actor,
        limit=_LIST_LENGTH,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < _DIGITS_MAX else 0,
    )
    context = {
        "rows": tuple(show_to_ask(line) for line in lines),
        "next_page": lines[-1].candidate_id if len(lines) == _LIST_LENGTH else "",
    }
    return render(request, "staff_site/in_person.html", context)


@sensitive_variables("whom")
@page(Permission.INVITE, "POST")
def ask_person(request: HttpRequest, *, actor: Actor, at: datetime, candidate_id: int) -> HttpResponse:
    """Take somebody up and show how to find them and which bodies are near; or keep what came of it."""
    told = request.POST.get("outcome", "")
    if told:
        if told not in set(PersonalOutcome):
            raise PersonalAskUnknown(field="outcome")
        tell_outcome(actor=actor, at=at, candidate_id=candidate_id, outcome=PersonalOutcome(told))
        tell(request, "ثبت شد.")
        return HttpResponseRedirect(reverse("in_person"))
    whom = take_person_to_ask(actor=actor, at=at, candidate_id=candidate_id)
    wanted = DirectoryWanted(province=whom.province, county=whom.county, state=ServiceState.ACTIVE, limit=_LINES_NEARBY)
    lines = directory(actor=actor, on=timezone.localtime(at).date(), wanted=wanted)
    near = {line.organisation_id: line for line in lines if line.is_licensed}  # a body has a line a kind
    context = {
        "whom": whom,
        "candidate_id": candidate_id,
        "near": tuple(show_service(line) for line in list(near.values())[:_NEARBY]),
        "outcomes": tuple((one.value, words) for one, words in OUTCOME_WORDS.items()),
    }
    return render(request, "staff_site/asked_in_person.html", context)


def _campaign(form: CampaignForm, province: str) -> CampaignToOpen:
    given = form.cleaned_data
    return CampaignToOpen(
        name=given["name"],
        province=province,
        county=given["county"],
        limit=given["people_max"],
        address=named_address(),
        deciles_max=int(given["deciles_max"]),
        wave_size=given["wave_size"],
        wave_days=given["wave_days"],
    )


def _forecast(actor: Actor, at: datetime, form: CampaignForm, province: str) -> ForecastScreen:
    forecast = forecast_campaign(
        actor=actor, at=at, campaign=_campaign(form, province), part_rial=settings.SAKHA.sms_part_rial
    )
    return show_forecast(forecast, _room(actor, at, province, form.cleaned_data["county"]))


def _room(actor: Actor, at: datetime, province: str, county: str = "") -> tuple[RoomOfKind, ...]:
    on = timezone.localtime(at).date()
    return room_of_directory(actor=actor, at=at, on=on, province=province, county=county or actor.county)
