"""Filling in: one thing a page, saved at each step, to go on with later; then look at it, consent, send."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from sakha.coordination.actions import Consent, send_registration
from sakha.coordination.actions.registering import save_page
from sakha.coordination.queries import KnownBeforehand, RegistrationCard, find_known_beforehand
from sakha.coordination.rules.doors import DraftOlder, page_version
from sakha.coordination.rules.states import RegistrationState
from sakha.entrypoints.household_site.gate import own_page, sheet_page, show
from sakha.entrypoints.household_site.sessions import end_visit, tell
from sakha.entrypoints.household_site.sheet import (
    ANSWERS,
    MEMBERS,
    STEPS,
    Step,
    declare,
    find_step,
    is_asked_back,
    is_helped,
    make_form,
    make_member_form,
    next_step,
    step_after,
    step_before,
)
from sakha.entrypoints.household_site.views.file import show_file
from sakha.entrypoints.household_site.wording import show_parts, show_people
from sakha.entrypoints.kashi.answers import keep_answers
from sakha.entrypoints.kashi.sheet_forms import MEMBER_COUNT_MAX
from sakha.registry.actions import HouseholdEmpty, HouseholdInvalid
from sakha.vocabulary.digits import persian_digits

_IDENTITY_CODES = frozenset(
    {"IDENTITY_REPEATS", "IDENTITY_CONTRADICTS", "IDENTITY_UNSURE", "HOUSEHOLD_NEEDS_OFFICE", "CASE_HAS_TWO_HEADS"}
)
_ASK_OFFICE = "با این کد ملی نمی‌توان از این‌جا ثبت کرد. کد را بازبینی کنید؛ اگر درست است، به فرمانداری بروید."


@own_page()
def home(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Lead to the first page that waits for an answer, or show the file."""
    if own.household_id is not None:
        return show_file(request, own, at)
    if own.state is RegistrationState.WITHDRAWN:
        return show(request, "withdrawn")
    return HttpResponseRedirect(reverse("household_step", args=[next_step(own.draft)]))


@sensitive_post_parameters()
@sheet_page("GET", "POST")
def step_page(request: HttpRequest, *, own: RegistrationCard, at: datetime, step: str) -> HttpResponse:
    """Show one page, or keep what was filled in and go on."""
    found = find_step(step)
    if found is None:
        raise Http404
    place, page = found
    if step == MEMBERS:
        return _members(request, own, at)
    if step == ANSWERS:
        return _answers(request, own, at)
    known = _known(own, at) if step not in own.draft else None
    form = make_form(step, own, known, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        answers = keep_answers(form.cleaned_data)
        if not _keep(request, own, at, step, answers):
            return HttpResponseRedirect(reverse("household_step", args=[step]))
        return HttpResponseRedirect(reverse("household_step", args=[step_after(step, {**own.draft, step: answers})]))
    return _show_form(
        request,
        page,
        place,
        form,
        version=page_version(own.draft.get(step)),
        is_asked_back=is_asked_back(step, own, known),
    )


@sensitive_post_parameters()
@sheet_page("GET", "POST")
def member_page(request: HttpRequest, *, own: RegistrationCard, at: datetime, number: int) -> HttpResponse:
    """Add, change or take out one member, counted from 1."""
    members: list[dict[str, Any]] = [*own.draft.get(MEMBERS, ())]
    if not 1 <= number <= min(len(members) + 1, MEMBER_COUNT_MAX):
        raise Http404
    is_told = number <= len(members)
    if request.method == "POST" and "drop" in request.POST and is_told:
        del members[number - 1]
        return _keep_members(request, own, at, members)
    kept = members[number - 1] if is_told else None
    form = make_member_form(kept, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        members[number - 1 : number] = [keep_answers(form.cleaned_data)]
        return _keep_members(request, own, at, members)
    place, page = find_step(MEMBERS) or (0, STEPS[0])
    step = Step(MEMBERS, "این عضو خانوار", page.lead)
    version = page_version(own.draft.get(MEMBERS))
    return _show_form(request, step, place, form, version=version, may_drop=is_told, back=MEMBERS)


def _keep(
    request: HttpRequest,
    own: RegistrationCard,
    at: datetime,
    page: str,
    answers: dict[str, Any] | list[dict[str, Any]],
) -> bool:
    """Keep one page; where another tab has changed it since, say so and show what stands."""
    seen = request.POST.get("version")
    try:
        save_page(at=at, registration_id=own.id, page=page, answers=answers, seen=seen)
    except DraftOlder as refusal:
        tell(request, refusal.message)
        return False
    return True


def _keep_members(
    request: HttpRequest, own: RegistrationCard, at: datetime, members: list[dict[str, Any]]
) -> HttpResponse:
    _keep(request, own, at, MEMBERS, members)
    return HttpResponseRedirect(reverse("household_step", args=[MEMBERS]))


def _members(request: HttpRequest, own: RegistrationCard, at: datetime) -> HttpResponse:
    told = own.draft.get(MEMBERS, [])
    if request.method == "POST":
        if MEMBERS not in own.draft:
            _keep(request, own, at, MEMBERS, told)
        draft = {**own.draft, MEMBERS: told}
        return HttpResponseRedirect(reverse("household_step", args=[step_after(MEMBERS, draft)]))
    known = _known(own, at)
    return show(
        request,
        "members",
        **_steps(MEMBERS),
        people=show_people(told),
        next_number=len(told) + 1,
        is_full=len(told) >= MEMBER_COUNT_MAX,
        known_size=known.household_size if known else 0,
        told_size=len(told) + 1,
    )


def _answers(request: HttpRequest, own: RegistrationCard, at: datetime) -> HttpResponse:
    waiting = next_step(own.draft)
    if waiting != ANSWERS:
        return HttpResponseRedirect(reverse("household_step", args=[waiting]))
    problems: list[str] = []
    if request.method == "POST":
        if "consent" not in request.POST:
            problems = ["برای فرستادن، رضایت خانوار لازم است."]
        else:
            try:
                return _send(request, own, at)
            except HouseholdInvalid as refusal:
                problems = _problems(refusal)
            except HouseholdEmpty as refusal:
                problems = [refusal.message]
    return show(
        request,
        "answers",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        **_steps(ANSWERS),
        parts=show_parts(own),
        problems=problems,
        helper=own.draft["who"].get("helper_name", "") if is_helped(own.draft) else "",
    )


def _send(request: HttpRequest, own: RegistrationCard, at: datetime) -> HttpResponse:
    who = own.draft["who"]
    helps = is_helped(own.draft)
    consent = Consent(
        is_given=True,
        helper_name=who.get("helper_name", "") if helps else "",
        helper_relation=who.get("helper_relation", "") if helps else "",
    )
    sent = send_registration(at=at, registration_id=own.id, declaration=declare(own), consent=consent)
    if helps:  # the file is the household's: whoever helped leaves here
        end_visit(request)
        return show(request, "helped", code=sent.code)
    tell(request, "ثبت شد. سپاس که وقت گذاشتید.")
    return HttpResponseRedirect(reverse("household_home"))


def _problems(refusal: HouseholdInvalid) -> list[str]:
    """In words that tell nothing of who else is in the register."""
    told = []
    for one in refusal.problems:
        reason = _ASK_OFFICE if one.problem.code in _IDENTITY_CODES else one.problem.reason
        told.append(f"نفر {persian_digits(one.member)}، {one.problem.heading}: {reason}")
    return list(dict.fromkeys(told))


def _known(own: RegistrationCard, at: datetime) -> KnownBeforehand | None:
    national_id = own.draft.get("who", {}).get("national_id", "")
    return find_known_beforehand(at=at, registration_id=own.id, national_id=national_id)


def _steps(name: str) -> dict[str, Any]:
    place, page = find_step(name) or (0, STEPS[0])
    return {"step": page, "place": place, "count": len(STEPS), "before": step_before(name)}


def _show_form(request: HttpRequest, page: Step, place: int, form: forms.Form, **more: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"before": more.pop("back", step_before(page.name)), **more}
    return show(request, "step", status=status, step=page, place=place, count=len(STEPS), form=form, **context)
