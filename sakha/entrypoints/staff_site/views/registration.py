"""Registering a household by form: a task list, one part a page, check the answers, send.

The draft is sealed in the session until it is sent or dropped; nothing of it is in the register before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.kashi.answers import keep_answers, show_answer, show_kept
from sakha.entrypoints.kashi.sheet_forms import MEMBER_COUNT_MAX
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.registration_forms import HeadForm, LivingForm, MemberForm, PlaceForm, declare
from sakha.entrypoints.staff_site.registration_matching import find_maybe_known, read_decisions
from sakha.entrypoints.staff_site.screens import AnswerPart, AnswerRow, MemberRow, TaskRow
from sakha.entrypoints.staff_site.sessions import drop_draft, keep_draft, read_draft, tell
from sakha.registry.actions import HouseholdInvalid, check_declaration, register_household
from sakha.vocabulary.digits import persian_digits

_STEPS = {
    "head": ("سرپرست خانوار", "نام، کد ملی، تاریخ تولد، تلفن"),
    "members": ("اعضای خانوار", "کسانی که با هم زندگی و خرج می‌کنند"),
    "place": ("محل زندگی", "شهرستان، کد پستی، نشانی"),
    "living": ("خانه، کار و سلامت", "هرچه می‌دانید؛ ندانستن به زیان کسی نیست"),
}
_NEEDED = ("head", "place")
_CODES = {"national_id", "mobile", "postal_code"}


@page(Permission.WRITE_HOUSEHOLD)
def overview(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the parts and how far each is."""
    del actor, at
    draft = read_draft(request)
    tasks = tuple(_show_task(step, draft) for step in _STEPS)
    context = {
        "tasks": tasks,
        "done_count": sum(step in draft for step in _STEPS),
        "is_ready": _is_ready(draft),
        "is_begun": bool(draft),
    }
    return render(request, "staff_site/register.html", context)


@page(Permission.WRITE_HOUSEHOLD, "GET", "POST")
def step_page(request: HttpRequest, *, actor: Actor, at: datetime, step: str) -> HttpResponse:
    """Show one part, or keep what was filled in."""
    draft = read_draft(request)
    if step == "members":
        return _members(request, draft)
    if step == "answers":
        return _answers(request, draft, actor, at)
    if step not in _STEPS:
        raise Http404
    form = _form_of(step, actor, request.POST if request.method == "POST" else None, draft.get(step, {}))
    if form.is_bound and form.is_valid():
        draft[step] = keep_answers(form.cleaned_data)
        keep_draft(request, draft)
        return HttpResponseRedirect(reverse("register"))
    title, lead = _STEPS[step]
    return _show_form(request, form, {"title": title, "lead": lead})


@page(Permission.WRITE_HOUSEHOLD, "GET", "POST")
def member(request: HttpRequest, *, actor: Actor, at: datetime, number: int) -> HttpResponse:
    """Add, change or take out one member, counted from 1."""
    del actor, at
    draft = read_draft(request)
    members: list[dict[str, Any]] = draft.setdefault("members", [])
    if not 1 <= number <= min(len(members) + 1, MEMBER_COUNT_MAX):
        raise Http404
    is_known = number <= len(members)
    if request.method == "POST" and "drop" in request.POST and is_known:
        del members[number - 1]
        keep_draft(request, draft)
        return HttpResponseRedirect(reverse("register_step", args=["members"]))
    begun = show_kept(members[number - 1]) if is_known else {}
    form = MemberForm(request.POST if request.method == "POST" else None, initial=begun)
    if form.is_bound and form.is_valid():
        members[number - 1 : number] = [keep_answers(form.cleaned_data)]
        keep_draft(request, draft)
        return HttpResponseRedirect(reverse("register_step", args=["members"]))
    return _show_form(request, form, {"title": "عضو خانوار", "may_drop": is_known})


@page(Permission.WRITE_HOUSEHOLD, "POST")
def drop(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Throw the draft away."""
    del actor, at
    drop_draft(request)
    return HttpResponseRedirect(reverse("register"))


def _form_of(step: str, actor: Actor, given: Any, kept: Mapping[str, Any]) -> forms.Form:
    initial = show_kept(kept)
    if step == "place":
        return PlaceForm(given, initial=initial, province=actor.province)
    return (HeadForm if step == "head" else LivingForm)(given, initial=initial)


def _is_ready(draft: Mapping[str, Any]) -> bool:
    return all(step in draft for step in _NEEDED)


def _show_task(step: str, draft: Mapping[str, Any]) -> TaskRow:
    title, note = _STEPS[step]
    if step == "members" and draft.get("members"):
        note = f"{persian_digits(len(draft['members']))} نفر جز سرپرست"
    if step in draft:
        state, words = "clear", "آماده"
    else:
        state, words = ("wait", "هنوز نه") if step in _NEEDED else ("", "اختیاری")
    return TaskRow(title=title, note=note, address=reverse("register_step", args=[step]), state=state, words=words)


def _show_form(request: HttpRequest, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "staff_site/register_step.html", {**context, "form": form}, status=status)


def _members(request: HttpRequest, draft: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":
        draft.setdefault("members", [])
        keep_draft(request, draft)
        return HttpResponseRedirect(reverse("register"))
    members = draft.get("members", [])
    rows = tuple(
        MemberRow(
            name=f"{one['given_name']} {one['family_name']}",
            relation=one.get("relation", ""),
            born=persian_digits(one.get("birth_date", "")),
            identifier="",
        )
        for one in members
    )
    context = {"members": rows, "next_number": len(members) + 1, "is_full": len(members) >= MEMBER_COUNT_MAX}
    return render(request, "staff_site/register_members.html", context)


def _answers(request: HttpRequest, draft: dict[str, Any], actor: Actor, at: datetime) -> HttpResponse:
    if not _is_ready(draft):
        return HttpResponseRedirect(reverse("register"))
    declaration = declare(draft, actor.province)
    problems = check_declaration(actor=actor, at=at, declaration=declaration)
    maybe = find_maybe_known(actor=actor, at=at, draft=draft)
    decided = read_decisions(maybe, request.POST)
    if request.method == "POST" and decided.household_id is not None:
        tell(request, "خانوار دوباره ثبت نشد. پیش‌نویس شما هم هست تا آنچه تازه است از دست نرود.")
        return HttpResponseRedirect(reverse("household", args=[decided.household_id]))
    if request.method == "POST" and not problems and decided.is_complete:
        try:
            made = register_household(actor=actor, at=at, declaration=declaration)
        except HouseholdInvalid as refusal:
            problems = refusal.problems
        else:
            drop_draft(request)
            tell(
                request, "خانوار ثبت شد." if made.is_new else "این خانوار از پیش بود؛ گفته‌های تازه به پرونده افزوده شد."
            )
            return HttpResponseRedirect(reverse("household", args=[made.household_id]))
    context = {
        "parts": _show_parts(draft, actor),
        "maybe": maybe,
        "is_undecided": request.method == "POST" and not decided.is_complete,
        "problems": [
            f"عضو {persian_digits(one.member)}، {one.problem.heading}: {one.problem.reason}" for one in problems
        ],
    }
    is_wrong = bool(problems) or context["is_undecided"]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "staff_site/register_answers.html", context, status=status)


def _show_parts(draft: Mapping[str, Any], actor: Actor) -> tuple[AnswerPart, ...]:
    parts = [_show_part("head", draft["head"], _form_of("head", actor, None, {}))]
    for number, kept in enumerate(draft.get("members", []), start=1):
        address = reverse("register_member", args=[number])
        facts = _show_answers(kept, MemberForm(), address)
        parts.append(AnswerPart(title=f"عضو {persian_digits(number + 1)}", facts=facts))
    parts += [
        _show_part(step, draft[step], _form_of(step, actor, None, {})) for step in ("place", "living") if step in draft
    ]
    return tuple(parts)


def _show_part(step: str, kept: Mapping[str, Any], form: forms.Form) -> AnswerPart:
    return AnswerPart(title=_STEPS[step][0], facts=_show_answers(kept, form, reverse("register_step", args=[step])))


def _show_answers(kept: Mapping[str, Any], form: forms.Form, address: str) -> tuple[AnswerRow, ...]:
    return tuple(
        AnswerRow(
            name=str(form.fields[name].label),
            value=show_answer(form, name, kept[name]),
            change=address,
            is_code=name in _CODES,
        )
        for name in form.fields
        if name in kept
    )
