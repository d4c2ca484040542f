"""The policy: what is in use, new versions, the simulator that says who would move, and the second pair of eyes."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.policy_forms import ApprovalForm, PolicyForm, SimulationForm
from sakha.entrypoints.staff_site.policy_wording import csv_rows, show_simulation
from sakha.entrypoints.staff_site.sessions import tell
from sakha.entrypoints.staff_site.table_files import give_table
from sakha.scoring.actions.policy import approve_policy, change_draft, draft_policy, simulate_policy, withdraw_policy
from sakha.scoring.queries.policy_list import PolicyCard, get_policy, list_policies, list_prices, policies_in_use
from sakha.scoring.rules.policy import POLICY_STATE_WORDS, SUBJECT_WORDS, PolicyState, PolicySubject
from sakha.scoring.rules.policy_simulation import ListEnd
from sakha.vocabulary.refusal import Refusal

_KINDS = {
    PolicyState.DRAFT: "wait",
    PolicyState.SIMULATED: "brand",
    PolicyState.APPROVED: "clear",
    PolicyState.WITHDRAWN: "",
}


@page(Permission.DECIDE_POLICY)
def overview(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what decides today, the versions on their way, and the prices."""
    cards = list_policies(actor=actor)
    context = {
        "in_use": [(one, SUBJECT_WORDS[one.subject]) for one in policies_in_use(actor=actor, at=at)],
        "cards": [
            (card, SUBJECT_WORDS[card.subject], POLICY_STATE_WORDS[card.state], _KINDS[card.state]) for card in cards
        ],
        "prices": list_prices(actor=actor, at=at),
    }
    return render(request, "staff_site/policies.html", context)


@page(Permission.DECIDE_POLICY, "GET", "POST")
def new(request: HttpRequest, *, actor: Actor, at: datetime, subject: str) -> HttpResponse:
    """Write a new version of a document, beginning with the one in use."""
    chosen = _subject(subject)
    document = next(one.document for one in policies_in_use(actor=actor, at=at) if one.subject is chosen)
    form = PolicyForm(request.POST or None, subject=chosen, document=document)
    if request.method == "POST" and form.is_valid():
        try:
            policy_id = draft_policy(
                actor=actor,
                at=at,
                subject=chosen,
                document=form.document(),
                title=form.cleaned_data["title"],
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            tell(request, "پیش‌نویس نوشته شد. حالا ببینید چه کسانی جابه‌جا می‌شوند.")
            return HttpResponseRedirect(reverse("policy", args=[policy_id]))
    return render(
        request,
        "staff_site/policy_form.html",
        {"form": form, "subject": SUBJECT_WORDS[chosen], "back": reverse("policies")},
        status=422 if form.errors else 200,
    )


@page(Permission.DECIDE_POLICY)
def policy(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:  # noqa: ARG001 -- of every page
    """Show a version, what its simulation found, and what can be done next."""
    return _show(request, actor, get_policy(actor=actor, policy_id=policy_id))


@page(Permission.DECIDE_POLICY, "GET", "POST")
def change(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:
    """Change a draft; what was simulated before no longer counts."""
    card = get_policy(actor=actor, policy_id=policy_id)
    initial = {"title": card.title, "reason": card.reason}
    form = PolicyForm(request.POST or None, subject=card.subject, document=card.document, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            change_draft(actor=actor, at=at, policy_id=policy_id, document=form.document(), reason=reason)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            tell(request, "متن تغییر کرد؛ پیش از تصویب دوباره شبیه‌سازی شود.")
            return HttpResponseRedirect(reverse("policy", args=[policy_id]))
    context = {"form": form, "subject": SUBJECT_WORDS[card.subject], "back": reverse("policy", args=[policy_id])}
    return render(request, "staff_site/policy_form.html", context, status=422 if form.errors else 200)


@page(Permission.DECIDE_POLICY, "POST")
def simulate(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:
    """Rank everybody by what is in use and by this version."""
    form = SimulationForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, get_policy(actor=actor, policy_id=policy_id), simulation_form=form)
    amount = form.cleaned_data["amount"]
    is_budget = form.cleaned_data["end"] == "BUDGET"
    end = ListEnd(budget_rial=amount) if is_budget else ListEnd(household_count=amount)
    simulate_policy(actor=actor, at=at, policy_id=policy_id, end=end)
    return HttpResponseRedirect(reverse("policy", args=[policy_id]))


@page(Permission.DECIDE_POLICY, "POST")
def approve(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:
    """Approve somebody else's simulated version."""
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, get_policy(actor=actor, policy_id=policy_id), approval_form=form)
    chosen = form.cleaned_data["in_use_from"]
    day = chosen.on if chosen else timezone.localtime(at).date()
    try:
        approve_policy(actor=actor, at=at, policy_id=policy_id, in_use_from=day)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _show(request, actor, get_policy(actor=actor, policy_id=policy_id), approval_form=form)
    tell(request, "تصویب شد. از روز آغاز، همهٔ خانوارها با آن سنجیده می‌شوند.")
    return HttpResponseRedirect(reverse("policy", args=[policy_id]))


@page(Permission.DECIDE_POLICY, "POST")
def withdraw(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:
    """Put a draft aside."""
    withdraw_policy(actor=actor, at=at, policy_id=policy_id)
    tell(request, "کنار گذاشته شد و همچنان خواندنی است.")
    return HttpResponseRedirect(reverse("policies"))


@page(Permission.DECIDE_POLICY)
def figures(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:  # noqa: ARG001 -- of every page
    """Give the figures of the simulation as a file for a spreadsheet."""
    card = get_policy(actor=actor, policy_id=policy_id)
    if card.simulation is None:
        raise Http404
    return give_table(f"policy-{policy_id}", *csv_rows(card.simulation))


def _show(request: HttpRequest, actor: Actor, card: PolicyCard, **forms: SimulationForm | ApprovalForm) -> HttpResponse:
    is_open = card.state in {PolicyState.DRAFT, PolicyState.SIMULATED}
    context = {
        "card": card,
        "subject": SUBJECT_WORDS[card.subject],
        "state": POLICY_STATE_WORDS[card.state],
        "state_kind": _KINDS[card.state],
        "screen": show_simulation(card.simulation) if card.simulation else None,
        "is_open": is_open,
        "may_approve": card.state is PolicyState.SIMULATED and card.drafted_by_id != actor.user_id,
        "waits_for_another": card.state is PolicyState.SIMULATED and card.drafted_by_id == actor.user_id,
        "simulation_form": forms.get("simulation_form") or SimulationForm(auto_id="simulation_%s"),
        "approval_form": forms.get("approval_form") or ApprovalForm(auto_id="approval_%s"),
    }
    return render(request, "staff_site/policy.html", context, status=422 if forms else 200)


def _subject(slug: str) -> PolicySubject:
    found = {one.value.lower().replace("_", "-"): one for one in PolicySubject}
    if slug not in found:
        raise Http404
    return found[slug]
