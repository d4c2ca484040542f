"""The nation's policy for free money: its versions, what one would change, and its way by four eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.pool_forms import PoolPolicyForm
from sakha.entrypoints.staff_site.sessions import tell
from sakha.entrypoints.staff_site.share_screens import show_percent, show_place, show_terms
from sakha.entrypoints.staff_site.table_files import give_table
from sakha.giving.actions.pool_policy import (
    ask_pool_withdrawal,
    confirm_pool_policy,
    look_at_pool_policy,
    propose_pool_policy,
    refuse_pool_withdrawal,
    withdraw_confirmed_policy,
    withdraw_pool_policy,
)
from sakha.giving.queries.pool_policy import PoolPolicyCard, find_pool_policy, get_pool_policy, pool_policies
from sakha.giving.rules.pool_policy import REASON_MAX, PoolPolicyUnknown, may_decide_pool
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import TEHRAN, show_date_short
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.refusal import Refusal

_STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "look": (look_at_pool_policy, "اثر با نیازها و پول امروز دوباره حساب شد."),
    "confirm": (confirm_pool_policy, "تصویب شد. از روز آغاز، پیشنهادهای کشور آن را نگه می‌دارند."),
    "withdraw": (withdraw_pool_policy, "کنار گذاشته شد و همچنان خواندنی است."),
    "ask-back": (ask_pool_withdrawal, "درخواست نوشته شد. کس دیگری باید بپذیرد."),
    "leave-be": (refuse_pool_withdrawal, "درخواست کنار رفت. نسخه از روز آغازش به کار می‌آید."),
    "take-back": (withdraw_confirmed_policy, "پس گرفته شد. به کار نمی‌آید و همچنان خواندنی است."),
}
_FIGURES = {
    "unspent": ("پول بی‌مصرف", show_toman),
    "unspent_expiring": ("از آن، با روز آخر", show_toman),
    "lowest_after": ("کمترین پوشش", show_percent),
    "gini_after": ("نابرابری پوشش (جینی)", show_percent),
    "served_count": ("نیازهایی که سهم می‌گیرند", persian_digits),
    "full_count": ("نیازهای کامل‌شده", persian_digits),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """A version in words."""

    id: int
    title: str
    told: str
    reason: str
    who: str
    state: str
    kind: str


@page(Permission.DECIDE_POLICY, "GET", "POST")
def versions(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show every version and, to the nation's office, the form of a new one."""
    on = at.astimezone(TEHRAN).date()
    form = PoolPolicyForm(request.POST or None) if may_decide_pool(actor) else None
    if request.method == "POST":
        if form is None:
            raise PoolPolicyUnknown
        if form.is_valid():
            try:
                made = propose_pool_policy(actor=actor, at=at, terms=form.terms())
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            else:
                tell(request, "نوشته شد. اثرش را ببینید؛ کس دیگری تصویب می‌کند.")
                return HttpResponseRedirect(reverse("pool_policy", args=[made]))
    in_use = find_pool_policy(on=on)
    context = {
        "form": form,
        "lines": [_line(card, on, in_use.id if in_use else None) for card in pool_policies(actor=actor)],
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "staff_site/pool_policies.html", context, status=status)


@page(Permission.DECIDE_POLICY)
def version(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:
    """Show one version: what it keeps and why, and who would get more and who less."""
    card, on = get_pool_policy(actor=actor, policy_id=policy_id), at.astimezone(TEHRAN).date()
    in_use = find_pool_policy(on=on)
    effect = card.effect
    context = {
        "line": _line(card, on, in_use.id if in_use else None),
        "seen": card.effect_at.isoformat(),
        "effect_on": show_date_short(card.effect_at.astimezone(TEHRAN).date()),
        "is_empty": not effect["money"] or not effect["need_count"],
        "holds": effect["holds"],
        "summary": _summary(effect),
        "figures": [
            (name, show(effect["figures"][key][0]), show(effect["figures"][key][1]))
            for key, (name, show) in _FIGURES.items()
        ],
        "provinces": [_province(row) for row in effect["provinces"]],
        "waits": card.waits and may_decide_pool(actor),
        "is_own": card.proposed_by_id == actor.user_id,
        "back": _back(card, actor, on),
        "reason_most": REASON_MAX,
    }
    return render(request, "staff_site/pool_policy.html", context)


@page(Permission.DECIDE_POLICY, "POST")
def step(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int, step: str) -> HttpResponse:
    """Look at its effect anew, confirm it, put it aside, or take back what was confirmed and has not begun."""
    if step not in _STEPS:
        raise PoolPolicyUnknown
    take, done = _STEPS[step]
    asked: dict[str, Any] = {}
    if step == "confirm":
        asked = {"effect_at": _seen(request)}
    elif step == "ask-back":
        asked = {"reason": request.POST.get("reason", "")}
    try:
        take(actor=actor, at=at, policy_id=policy_id, **asked)
    except PoolPolicyUnknown:
        raise
    except Refusal as refusal:
        tell(request, refusal.message)
    else:
        tell(request, done)
    return HttpResponseRedirect(reverse("pool_policy", args=[policy_id]))


def _seen(request: HttpRequest) -> datetime:
    """Of when the figures were that the page showed; whoever doesn't say it saw none."""
    try:
        return datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


@page(Permission.DECIDE_POLICY)
def figures(request: HttpRequest, *, actor: Actor, at: datetime, policy_id: int) -> HttpResponse:  # noqa: ARG001 -- of every page
    """Give the effect by province as a file."""
    effect = get_pool_policy(actor=actor, policy_id=policy_id).effect
    heads = ["province", "title", "need_count", "amount_rial", "already_rial", "given_now_rial", "given_then_rial"]
    rows = [
        [row["name"], show_place(row["name"]), row["need_count"], row["amount"], row["already"], *row["given"]]
        + [round(share, 4) for share in (*row["fill"], *row["lowest"])]
        for row in effect["provinces"]
    ]
    heads += ["fill_now", "fill_then", "lowest_now", "lowest_then"]
    return give_table(f"pool-policy-{policy_id}", heads, rows)


def _back(card: PoolPolicyCard, actor: Actor, on: date) -> dict[str, object]:
    """What is to be said and done about withdrawing what was confirmed: nothing once its day has come."""
    return {
        "is_open": card.may_be_withdrawn(on=on) and may_decide_pool(actor),
        "is_own": card.withdrawal_asked_by_id == actor.user_id,
        "reason": card.withdrawal_reason,
        "who": "، ".join(filter(None, (card.withdrawal_asked_by, card.withdrawn_by))),
    }


def _line(card: PoolPolicyCard, on: date, in_use: int | None) -> PolicyLine:
    if card.withdrawn_at is not None:
        state, kind = "پس گرفته" if card.confirmed_at else "کنار گذاشته", ""
    elif card.waits:
        state, kind = "در انتظار چشم دوم", "wait"
    elif card.id == in_use:
        state, kind = "به کار است", "clear"
    else:
        state, kind = ("از آینده", "brand") if card.terms.valid_from > on else ("پایان یافته", "")
    return PolicyLine(
        id=card.id,
        title=f"از {show_date_short(card.terms.valid_from)}",
        told=show_terms(card.terms),
        reason=card.terms.reason,
        who="، ".join(filter(None, (card.proposed_by, card.confirmed_by))),
        state=state,
        kind=kind,
    )


def _summary(effect: dict[str, Any]) -> list[tuple[str, str]]:
    deprived, poor = effect["set_aside"]
    told = [
        ("پول صندوق امروز", show_toman(effect["money"])),
        ("نیازهایی که بیشتر می‌گیرند", persian_digits(effect["more_count"])),
        ("نیازهایی که کمتر می‌گیرند", persian_digits(effect["less_count"])),
    ]
    if deprived["kept"]:
        told.append(("به کار رفته برای استان‌های محروم", _used(deprived)))
    if poor["kept"]:
        told.append(("به کار رفته برای خیریه‌های کم‌توان", _used(poor)))
        told.append(("خیریه‌های کم‌توان", persian_digits(effect["poor_body_count"])))
        told.append(("به خانوارهایشان می‌رسد", " ← ".join(show_toman(rial) for rial in effect["poor_given"])))
    return told


def _used(part: dict[str, int]) -> str:
    return f"{show_toman(part['used'])} از {show_toman(part['kept'])}"


def _province(row: dict[str, Any]) -> dict[str, str]:
    change = row["given"][1] - row["given"][0]
    return {
        "name": show_place(row["name"]),
        "need": show_toman(row["amount"] - row["already"]),
        "given": " ← ".join(show_toman(rial) for rial in row["given"]),
        "fill": " ← ".join(show_percent(share) for share in row["fill"]),
        "lowest": " ← ".join(show_percent(share) for share in row["lowest"]),
        "change": f"{show_toman(abs(change))} {'بیشتر' if change > 0 else 'کمتر'}" if change else "همان",
        "kind": "clear" if change > 0 else "stop" if change < 0 else "",
    }
