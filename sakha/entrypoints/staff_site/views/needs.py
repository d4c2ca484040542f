"""Needs: the list of an area or of one's clients in the order of help, and one household's needs with their papers."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.needs_forms import DeclareForm, NeedsFilter, PaperForm
from sakha.entrypoints.staff_site.needs_wording import show_line, show_need_card, show_step
from sakha.entrypoints.staff_site.sessions import tell
from sakha.registry.queries.households import get_household_file
from sakha.scoring.actions import SeenPaper, attach_proof, declare_need
from sakha.scoring.queries import NeedsWanted, get_needs, list_needs
from sakha.scoring.rules.needs_states import NeedState, Proof
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.refusal import Refusal

_PAGE_LENGTH = 30


@page(Permission.READ_HOUSEHOLD)
def needs(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List households with open needs, the most urgent first; every one on the page is logged."""
    form = NeedsFilter(request.GET or None, province=shown_province(actor))
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    kind = asked.get("kind")
    wanted = NeedsWanted(
        kinds=(NeedKind(int(kind)),) if kind else tuple(NeedKind),
        severity=int(asked.get("severity") or 1),
        county=asked.get("county", ""),
        after=_read_after(request.GET.get("after", "")),
        limit=_PAGE_LENGTH + 1,
    )
    lines = list_needs(actor=actor, at=at, wanted=wanted)
    on = timezone.localtime(at).date()
    rows = tuple(show_line(line, on=on) for line in lines[:_PAGE_LENGTH])
    query = request.GET.copy()
    if len(lines) > _PAGE_LENGTH:
        query["after"] = f"{lines[_PAGE_LENGTH - 1].priority}-{lines[_PAGE_LENGTH - 1].household_id}"
    more = query.urlencode() if len(lines) > _PAGE_LENGTH else ""
    context = {"rows": rows, "form": form, "more": more, "is_own": actor.organisation_id is not None}
    return render(request, "staff_site/needs.html", context)


@page(Permission.READ_HOUSEHOLD)
def household_needs(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Show one household's needs: where each stands, why, how much, and what would prove it."""
    return _show(request, actor, at, household_id)


@page(Permission.WRITE_HOUSEHOLD, "POST")
def declare(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Say that a household needs something that no fact shows yet."""
    form = DeclareForm(request.POST, auto_id="declare_%s")
    if form.is_valid():
        kind = NeedKind(int(form.cleaned_data["kind"]))
        try:
            declare_need(
                actor=actor,
                at=at,
                household_id=household_id,
                kind=kind,
                amount=form.wanted_amount(),
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            tell(request, f"نیاز «{NEED_KINDS[kind].name}» اعلام شد. با دیدن مدرک، برای کمک باز می‌شود.")
            return HttpResponseRedirect(reverse("household_needs", args=[household_id]))
    return _show(request, actor, at, household_id, declare_form=form)


@page(Permission.WRITE_HOUSEHOLD, "POST")
def paper(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Keep that a paper was seen."""
    form = PaperForm(request.POST, kinds=list(NeedKind), auto_id="paper_%s")
    if form.is_valid():
        given, today = form.cleaned_data["seen_on"], timezone.localtime(at).date()
        seen_on: date = given.on if given else today
        try:
            attach_proof(
                actor=actor,
                at=at,
                household_id=household_id,
                kind=NeedKind(int(form.cleaned_data["kind"])),
                paper=SeenPaper(Proof(form.cleaned_data["proof"]), form.cleaned_data["reference"], seen_on),
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            tell(request, "مدرک ثبت شد.")
            return HttpResponseRedirect(reverse("household_needs", args=[household_id]))
    return _show(request, actor, at, household_id, paper_form=form)


def _show(
    request: HttpRequest, actor: Actor, at: datetime, household_id: int, **forms: DeclareForm | PaperForm
) -> HttpResponse:
    household = get_household_file(actor=actor, at=at, household_id=household_id, purpose="needs of a household")
    file = get_needs(actor=actor, at=at, household_id=household_id)
    on = timezone.localtime(at).date()
    kinds = {card.need_id: card.kind for card in file.needs}
    cards = sorted(file.needs, key=lambda card: (card.state is NeedState.EXPIRED, not card.left, -card.severity))
    may_write = actor.can(Permission.WRITE_HOUSEHOLD)
    context = {
        "code": household.code,
        "household_id": household_id,
        "needs": tuple(show_need_card(card, file.proofs, on=on) for card in cards),
        "history": tuple(show_step(one, kinds, own=actor.organisation_id) for one in file.history),
        "may_write": may_write,
        "declare_form": forms.get("declare_form") or DeclareForm(auto_id="declare_%s"),
        "paper_form": forms.get("paper_form") or PaperForm(kinds=[card.kind for card in cards], auto_id="paper_%s"),
        "has_needs": bool(cards),
    }
    return render(request, "staff_site/household_needs.html", context, status=422 if forms else 200)


def _read_after(text: str) -> tuple[int, int] | None:
    priority, _, household = text.partition("-")
    is_place = priority.isdecimal() and household.isdecimal() and len(text) < 16  # noqa: PLR2004 -- longer is no place
    return (int(priority), int(household)) if is_place else None
