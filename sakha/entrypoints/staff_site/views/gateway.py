"""The payment gateway's own books beside ours: days that were compared, and what differs, for offices of the nation."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.giving.actions.statements import settle_case
from sakha.giving.queries.statements import GatewayCaseCard, StatementCard, gateway_cases, late_from, statement_days
from sakha.giving.rules.statements import NOTE_MAX, CaseKind, may_see_gateway
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date_short
from sakha.vocabulary.money import show_rial
from sakha.vocabulary.refusal import Refusal

_KINDS = {
    (CaseKind.UNKNOWN_HERE, False): "درگاه گرفته است و در دفتر ما پرداخت‌شده نیست",
    (CaseKind.UNKNOWN_THERE, False): "در دفتر ما پرداخت شده است و درگاه نمی‌شناسد",
    (CaseKind.DIFFERS, False): "مبلغ، کارمزد یا شمارهٔ پیگیری پرداخت یکی نیست",
    (CaseKind.NOT_COMPARED, False): "دفتر درگاه برای این روزها نرسید و دیگر پرسیده نمی‌شود",
    (CaseKind.UNKNOWN_HERE, True): "درگاه برگردانده است و در دفتر ما برگشتی نیست که از درگاه رفته باشد",
    (CaseKind.UNKNOWN_THERE, True): "در دفتر ما برگشته است و درگاه نمی‌شناسد",
    (CaseKind.DIFFERS, True): "مبلغ یا شمارهٔ پیگیری برگشت یکی نیست",
}


@page(Permission.DECIDE_POLICY)
def cases(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show what differs and the last days."""
    context = {
        "cases": [_case(one) for one in gateway_cases(actor=actor)],
        "days": [_day(one) for one in statement_days(actor=actor)],
        "is_theirs": may_see_gateway(actor),
        "late_from": _late(late_from(at=at)) if may_see_gateway(actor) else "",
        "has_statements": settings.SAKHA.zarinpal_statements,
        "note_most": NOTE_MAX,
    }
    return render(request, "staff_site/gateway.html", context)


@page(Permission.DECIDE_POLICY, "POST")
def settle(request: HttpRequest, *, actor: Actor, at: datetime, case_id: int) -> HttpResponse:
    """Close a case with a word."""
    try:
        settle_case(actor=actor, at=at, case_id=case_id, note=request.POST.get("note", ""))
    except Refusal as refusal:
        tell(request, refusal.message)
    else:
        tell(request, "بسته شد.")
    return HttpResponseRedirect(reverse("gateway_cases"))


def _late(day: date | None) -> str:
    return show_date_short(day) if day else ""


def _days(key: str) -> str:
    first, last = (show_date_short(date.fromisoformat(one)) for one in key.split("/"))
    return first if first == last else f"{first} – {last}"


def _case(card: GatewayCaseCard) -> dict[str, object]:
    is_of_days = card.kind is CaseKind.NOT_COMPARED
    return {
        "id": card.id,
        "what": _KINDS[card.kind, card.is_refund],
        "is_open": card.settled_at is None,
        "theirs": "" if card.theirs_rial is None else show_rial(card.theirs_rial),
        "ours": "" if card.ours_rial is None else show_rial(card.ours_rial),
        "gift": persian_digits(card.gift_id) if card.gift_id else "",
        "key": "" if is_of_days else card.key,
        "reference": card.reference,
        "on": _days(card.key) if is_of_days else show_date_short(card.day),
        "note": card.note,
        "who": card.settled_by,
    }


def _day(card: StatementCard) -> dict[str, str]:
    return {
        "on": show_date_short(card.day),
        "theirs": f"{show_rial(card.their_rial)} ({persian_digits(card.their_count)})",
        "ours": f"{show_rial(card.our_rial)} ({persian_digits(card.our_count)})",
        "back": f"{show_rial(card.their_refund_rial)} / {show_rial(card.our_refund_rial)}",
        "booked": persian_digits(card.booked_count) if card.booked_count else "",
    }
