"""Fair shares of the pool: proposals with their effect for officers, and a body's own shares to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission, Scope
from sakha.entrypoints.operations.transactions import own_transactions
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.entrypoints.staff_site.share_screens import (
    FIGURE_TABLES,
    figure_rows,
    show_curve,
    show_effect,
    show_fills,
    show_percent,
    show_place,
    show_set_aside,
    show_terms,
    show_why,
)
from sakha.entrypoints.staff_site.table_files import give_table
from sakha.giving.actions import hold_with_gifts
from sakha.giving.actions.proposals import carry_out_shares, decide_proposal, propose_shares
from sakha.giving.queries import FundedNeed, funded_needs
from sakha.giving.queries.pool_policy import find_pool_policy
from sakha.giving.queries.proposals import (
    PAGE_SIZE,
    ProposalCard,
    ShareCard,
    get_proposal,
    own_shares,
    proposals,
    proposed_shares,
)
from sakha.giving.queries.share_answers import explain_share, one_more_here
from sakha.giving.queries.sponsorships import ended_promises
from sakha.giving.rules.proposals import LEFT_OUT_WORDS, ProposalState, ProposalUnknown, ShareState
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import TEHRAN, show_date_short
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.refusal import Refusal

_STATES = {
    ProposalState.PROPOSED: ("در انتظار چشم دوم", "wait"),
    ProposalState.APPROVED: ("تصویب‌شده", "clear"),
    ProposalState.REJECTED: ("ردشده", ""),
    ProposalState.CANCELLED: ("متوقف‌شده", ""),
}
_SHARE_STATES = {
    ShareState.WAITING: "در انتظار نهاد",
    ShareState.HELD: "نگه داشته شد",
    ShareState.PARTLY: "بخشی نگه داشته شد",
}
_STEPS = {
    "approve": (ProposalState.APPROVED, "تصویب شد. نهادهایی که خانوارها را می‌شناسند سهم‌ها را نگه می‌دارند."),
    "reject": (ProposalState.REJECTED, "رد شد."),
    "cancel": (ProposalState.CANCELLED, "متوقف شد. آنچه نگه داشته شده می‌ماند."),
}
_LONGEST_NUMBER = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A proposal, in words."""

    id: int
    place: str
    state: str
    kind: str
    on: str
    money: str
    shared: str
    held: str
    waiting: str


@page(Permission.DECIDE_POLICY, "GET", "POST")
def shares(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the proposals; a new one is made by POST for the officer's own province, or for the nation."""
    if request.method == "POST":
        try:
            made = propose_shares(actor=actor, at=at, province=actor.province if actor.scope is Scope.PROVINCE else "")
        except Refusal as refusal:
            tell(request, refusal.message)
            return HttpResponseRedirect(reverse("shares"))
        return HttpResponseRedirect(reverse("proposal", args=[made]))
    in_use = find_pool_policy(on=at.astimezone(TEHRAN).date())
    context = {
        "lines": [_line(card) for card in proposals(actor=actor)],
        "policy": show_terms(in_use.terms) if in_use else "",
        "is_for_province_alone": bool(in_use and in_use.terms.sets_aside) and actor.scope is Scope.PROVINCE,
    }
    return render(request, "staff_site/shares.html", context)


@page(Permission.DECIDE_POLICY)
def proposal(request: HttpRequest, *, actor: Actor, at: datetime, proposal_id: int) -> HttpResponse:  # noqa: ARG001 -- pages are told
    """Show one proposal: who gets what, its effect, how far it is, and why this need and not that one."""
    card = get_proposal(actor=actor, proposal_id=proposal_id)
    number = _number(request.GET.get("page", "")) or 1
    asked, other = (_number(request.GET.get(name, "")) for name in ("why", "than"))
    cards = proposed_shares(actor=actor, proposal_id=proposal_id, page=number)
    effect = card.effect
    than = f"?page={number}&why={asked}&than=" if asked else ""
    context = {
        "line": _line(card),
        "is_open": card.state is ProposalState.PROPOSED,
        "is_own": card.proposed_by_id == actor.user_id,
        "is_approved": card.state is ProposalState.APPROVED,
        "holds": effect["holds"],
        "figures": show_effect(effect),
        "policy_id": card.policy_id,
        "set_aside": show_set_aside(card),
        "places": show_fills(effect["provinces"]),
        "tiers": show_fills(effect["tiers"], is_tier=True),
        "curve": show_curve(effect),
        "shares": [
            _share(one) | {"why": f"?page={number}&why={one.id}", "than": f"{than}{one.id}" if than else ""}
            for one in cards
        ],
        "next_page": f"?page={number + 1}" if len(cards) == PAGE_SIZE else "",
        "why": _answers(actor, proposal_id, asked, other) if asked else None,
        "is_compared": bool(other),
    }
    return render(request, "staff_site/proposal.html", context)


@page(Permission.DECIDE_POLICY)
def figures(request: HttpRequest, *, actor: Actor, at: datetime, proposal_id: int, table: str) -> HttpResponse:  # noqa: ARG001 -- pages are told
    """Give one table of a run's fairness report as a file."""
    card = get_proposal(actor=actor, proposal_id=proposal_id)
    if table not in FIGURE_TABLES:
        raise ProposalUnknown
    return give_table(f"shares-{proposal_id}-{table}", *figure_rows(card.effect, table))


@page(Permission.DECIDE_POLICY, "POST")
def decide(request: HttpRequest, *, actor: Actor, at: datetime, proposal_id: int, step: str) -> HttpResponse:
    """Approve, reject or stop a proposal."""
    if step not in _STEPS:
        raise ProposalUnknown
    state, done = _STEPS[step]
    try:
        decide_proposal(
            actor=actor, at=at, proposal_id=proposal_id, state=state, reason=request.POST.get("reason", "").strip()
        )
    except Refusal as refusal:
        tell(request, refusal.message)
    else:
        tell(request, done)
    return HttpResponseRedirect(reverse("proposal", args=[proposal_id]))


@own_transactions
@page(Permission.HOLD_AID, "GET", "POST")
def own(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what waits for the body, shares and gifts by name; POST holds the next hundred shares, or one need."""
    funded = funded_needs(actor=actor)
    if request.method == "POST":
        tell(request, _hold_named(request, actor, at, funded) if "need" in request.POST else _hold(request, actor, at))
        return HttpResponseRedirect(reverse("own_shares"))
    context = {
        "waiting": [
            (one.proposal_id, persian_digits(one.waiting_count), show_toman(one.waiting_rial))
            for one in own_shares(actor=actor)
        ],
        "funded": [
            (one.listing_code, one.household_code, NEED_KINDS[one.kind].name, show_toman(one.offer_rial), uuid4())
            for one in funded
        ],
        "ended": [
            (one.household_code, NEED_KINDS[one.kind].name, show_date_short(one.ended_at.astimezone(TEHRAN).date()))
            for one in ended_promises(actor=actor, at=at)
        ],
    }
    return render(request, "staff_site/own_shares.html", context)


def _hold(request: HttpRequest, actor: Actor, at: datetime) -> str:
    done = carry_out_shares(actor=actor, at=at, proposal_id=_number(request.POST.get("proposal", "")))
    told = f"{done.held_count} سهم نگه داشته شد، {done.partly_count} سهم در بخشی، {done.left_out_count} سهم نشد."
    return persian_digits(told)


def _hold_named(request: HttpRequest, actor: Actor, at: datetime, funded: Sequence[FundedNeed]) -> str:
    """Hold one need with what was given for it by name."""
    found = [one for one in funded if one.listing_code == request.POST["need"]]
    try:
        hold_with_gifts(
            actor=actor,
            at=at,
            household_id=found[0].household_id,
            kind=found[0].kind,
            amount_rial=found[0].offer_rial,
            request_id=UUID(request.POST.get("request", "")),
        )
    except Refusal as refusal:
        return refusal.message
    except (IndexError, ValueError):  # it was held meanwhile, or the form is not ours
        return "این نیاز دیگر در انتظار نیست."
    return "نگه داشته شد. پول بخشندگان تا رساندن کنار گذاشته شده است."


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER else 0


def _line(card: ProposalCard) -> Line:
    state, kind = _STATES[card.state]
    return Line(
        id=card.id,
        place=show_place(card.province),
        state=state,
        kind=kind,
        on=show_date_short(card.proposed_at.date()),
        money=show_toman(card.money_rial),
        shared=show_toman(card.shared_rial),
        held=show_toman(card.held_rial),
        waiting=persian_digits(card.waiting_count),
    )


def _share(card: ShareCard) -> dict[str, object]:
    state = LEFT_OUT_WORDS[card.left_out] if card.left_out else _SHARE_STATES[card.state]
    return {
        "kind": NEED_KINDS[card.kind].name,
        "place": show_place(card.county),
        "target": show_toman(card.target_rial),
        "before": show_percent(card.covered_rial / max(card.target_rial, 1)),
        "after": show_percent((card.covered_rial + card.amount_rial) / max(card.target_rial, 1)),
        "amount": show_toman(card.amount_rial) if card.amount_rial else "سهمی نرسید",
        "organisation": card.organisation,
        "state": state if card.amount_rial else "",
    }


def _answers(actor: Actor, proposal_id: int, asked: int, other: int) -> dict[str, object]:
    return show_why(
        explain_share(actor=actor, proposal_id=proposal_id, share_id=asked, other_id=other or None),
        one_more_here(actor=actor, proposal_id=proposal_id, share_id=asked),
    )
