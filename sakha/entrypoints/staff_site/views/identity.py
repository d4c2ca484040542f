"""«هویت‌ها»: the questions who is who, one of them with both sides, and the answer."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.identity_wording import show_question, show_waiting
from sakha.entrypoints.staff_site.sessions import tell
from sakha.ledger.actions import decide_identity
from sakha.registry.actions.answering import Answered
from sakha.registry.actions.uniting import undo_merge
from sakha.registry.queries.identity import get_question, merge_of_question, queue_counts, waiting_questions
from sakha.registry.rules.identity_states import QuestionState
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.refusal import Refusal

_BACK = "BACK"
_SAID = {
    QuestionState.SAME: "یکی شدند. اگر اشتباه بود، از همین پرسش می‌توان برگرداند.",
    QuestionState.DIFFERENT: "ثبت شد: دو نفرند و دیگر پرسیده نمی‌شود.",
    QuestionState.UNKNOWN: "ثبت شد: روشن نیست. تا چیزی تغییر نکند دوباره پرسیده نمی‌شود.",
}


@page(Permission.DECIDE_IDENTITY)
def queue(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List what waits for an answer, the oldest first, and how far it is."""
    rows = tuple(show_waiting(one, at) for one in waiting_questions(actor=actor))
    return render(request, "staff_site/identity_queue.html", {"rows": rows, "counts": queue_counts(actor=actor)})


@page(Permission.DECIDE_IDENTITY, "GET", "POST")
def question(request: HttpRequest, *, actor: Actor, at: datetime, question_id: int) -> HttpResponse:
    """Show both sides; take the answer and go on to the next question."""
    if request.method == "POST":
        if request.POST.get("answer") == _BACK:
            return _take_back(request, actor, at, question_id)
        try:
            said = QuestionState(request.POST.get("answer", ""))
        except ValueError:
            return HttpResponseRedirect(reverse("identity_question", args=[question_id]))
        try:
            done = decide_identity(actor=actor, at=at, question_id=question_id, answer=said)
        except Refusal as refusal:
            tell(request, refusal.message)
            return HttpResponseRedirect(reverse("identity_queue"))
        tell(request, _told(done))
        following = waiting_questions(actor=actor, limit=1)
        address = reverse("identity_question", args=[following[0].id]) if following else reverse("identity_queue")
        return HttpResponseRedirect(address)
    screen = show_question(get_question(actor=actor, at=at, question_id=question_id))
    return render(request, "staff_site/identity_question.html", {"screen": screen})


def _take_back(request: HttpRequest, actor: Actor, at: datetime, question_id: int) -> HttpResponse:
    """Part again whom the answer made one."""
    try:
        merge_id = merge_of_question(actor=actor, question_id=question_id)
        if merge_id is not None:
            undo_merge(actor=actor, at=at, merge_id=merge_id)
            tell(request, "برگردانده شد: هر دو پرونده همان شد که بود.")
    except Refusal as refusal:
        tell(request, refusal.message)
    return HttpResponseRedirect(reverse("identity_queue"))


def _told(done: Answered) -> str:
    if done.waits_for_second:
        return "پاسخ شما ثبت شد. چون کمک‌های دو خانوار یکی می‌شود، همکار دیگری هم باید تأیید کند."
    if done.has_loaded:
        return "ثبت شد و سطر چشم‌به‌راه وارد سامانه شد."
    return persian_digits(_SAID[done.state])
