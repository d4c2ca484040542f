"""The charity's desk of introductions, the office's list of those that wait or are disputed, and each step."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.coordination.actions.answering_introductions import (
    decline_introduction,
    note_contact,
    pass_on_introduction,
    take_introduction,
)
from sakha.coordination.actions.introducing import record_introduction_consent, refer_upward
from sakha.coordination.actions.settling_introductions import agree_to_closing, propose_closing, settle_dispute
from sakha.coordination.queries.introductions import (
    body_desk,
    find_taken,
    get_contact,
    introductions_to_look_at,
    waiting_by_age,
)
from sakha.coordination.rules.introductions import DeclineReason, IntroductionElsewhere, IntroductionNeedMissing
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.introduction_wording import (
    DECLINE_WORDS,
    show_followed,
    show_load,
    show_offered,
    show_taken,
    show_to_look_at,
)
from sakha.entrypoints.staff_site.sessions import tell
from sakha.vocabulary.need_kinds import NeedKind

_OLD = timedelta(days=7)
_TOLD = {
    "take": "پذیرفتید. تا ۷۲ ساعت با خانواده سخن بگویید؛ نشانی و تلفن در همین صفحه است.",
    "decline": "ثبت شد؛ به دیگران پیشنهاد می‌شود.",
    "pass_on": "به بالاتر رفت.",
    "contacted": "ثبت شد. دو هفته برای رساندن کمک مهلت دارید.",
    "propose": "ثبت شد. اگر خانواده تا دو هفته چیزی نگوید، پایان می‌یابد؛ اگر نپذیرد، فرمانداری داوری می‌کند.",
    "agree": "از سوی خانواده پذیرفته شد و پایان یافت.",
    "uphold": "سخن خانوار پذیرفته شد؛ معرفی باز می‌ماند و به نهادهای دیگر، اگر باشند، پیشنهاد می‌شود.",
    "reject": "سخن نهاد پذیرفته شد.",
}


@page(Permission.READ_HOUSEHOLD)
def desk(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show a body its new introductions, its promises and its load; an office what waits and what is disputed."""
    if actor.can(Permission.READ_PROVINCE):
        lines = introductions_to_look_at(actor=actor, older_than=at - _OLD)
        context = {
            "rows": tuple(show_to_look_at(line, at=at) for line in lines),
            "ages": waiting_by_age(actor=actor, at=at),
        }
        return render(request, "staff_site/introductions_office.html", context)
    own = body_desk(actor=actor, at=at)
    context = {
        "offered": tuple(show_offered(line, at=at) for line in own.offered),
        "taken": tuple(show_taken(line, at=at) for line in own.taken),
        "followed": tuple(show_followed(line, at=at) for line in own.followed),
        "loads": tuple(show_load(load) for load in own.loads),
        "reasons": tuple((reason.value, words) for reason, words in DECLINE_WORDS.items()),
    }
    return render(request, "staff_site/introductions.html", context)


@page(Permission.HOLD_AID)
def introduction(request: HttpRequest, *, actor: Actor, at: datetime, introduction_id: int) -> HttpResponse:
    """Show how to speak with a household that was taken; that it was looked at is logged."""
    contact = get_contact(actor=actor, at=at, introduction_id=introduction_id)
    line = find_taken(actor=actor, introduction_id=introduction_id)
    row = None if line is None else show_taken(line, at=at)
    reasons = tuple((reason.value, words) for reason, words in DECLINE_WORDS.items())
    context = {"contact": contact, "row": row, "introduction_id": introduction_id, "reasons": reasons}
    return render(request, "staff_site/introduction.html", context)


@page(Permission.READ_HOUSEHOLD, "POST")
def take_step(request: HttpRequest, *, actor: Actor, at: datetime, introduction_id: int, step: str) -> HttpResponse:
    """Take one step; who may is decided by the room."""
    note = request.POST.get("note", "")
    match step:
        case "take":
            take_introduction(actor=actor, at=at, introduction_id=introduction_id)
        case "decline":
            reason = _reason(request.POST.get("reason", ""))
            decline_introduction(actor=actor, at=at, introduction_id=introduction_id, reason=reason)
        case "pass_on":
            pass_on_introduction(actor=actor, at=at, introduction_id=introduction_id, note=note)
        case "contacted":
            note_contact(actor=actor, at=at, introduction_id=introduction_id)
        case "propose":
            propose_closing(actor=actor, at=at, introduction_id=introduction_id, note=note)
        case "agree":
            agree_to_closing(actor=actor, at=at, introduction_id=introduction_id)
        case "uphold" | "reject":
            settle_dispute(actor=actor, at=at, introduction_id=introduction_id, is_upheld=step == "uphold", note=note)
        case _:
            raise IntroductionElsewhere(field="step")
    tell(request, _TOLD[step])
    if step in {"take", "contacted"}:
        return HttpResponseRedirect(reverse("introduction", args=[introduction_id]))
    return HttpResponseRedirect(reverse("introductions"))


@page(Permission.HOLD_AID, "POST")
def refer(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Hand a client's need upward; that the household agreed is recorded with it."""
    text = request.POST.get("kind", "")
    if text not in {str(kind.value) for kind in NeedKind}:
        raise IntroductionNeedMissing(field="kind")
    if request.POST.get("has_consent") == "yes":
        record_introduction_consent(actor=actor, at=at, household_id=household_id)
    refer_upward(
        actor=actor, at=at, household_id=household_id, kind=NeedKind(int(text)), note=request.POST.get("note", "")
    )
    tell(request, "به نهادهای استان معرفی شد؛ در همین صفحه می‌بینید به کجا رسید.")
    return HttpResponseRedirect(reverse("introductions"))


def _reason(text: str) -> DeclineReason:
    if text not in set(DeclineReason):
        raise IntroductionElsewhere(field="reason")
    return DeclineReason(text)
