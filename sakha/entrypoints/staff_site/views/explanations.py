"""Why a household's place is what it is: printed for the household, and recomputed for the auditor."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.people_wording import show_audit, show_why
from sakha.entrypoints.staff_site.screens import FactRow
from sakha.entrypoints.staff_site.sessions import tell
from sakha.scoring.actions.confirming import ask_confirmations
from sakha.scoring.queries.appeals import appeals_of_household
from sakha.scoring.queries.explanation_readers import audit_score, explain_to_household
from sakha.scoring.queries.score_months import score_months
from sakha.scoring.queries.visits import next_facts
from sakha.scoring.rules.asking import TellingFact
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import month_name

_TELLING_SHOWN = 3


@page(Permission.READ_HOUSEHOLD)
def why(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Show what is printed for the household; that it was made is logged."""
    told = explain_to_household(actor=actor, at=at, household_id=household_id)
    appeals = appeals_of_household(actor=actor, household_id=household_id)
    telling = next_facts(actor=actor, at=at, household_id=household_id)[:_TELLING_SHOWN]
    context = {
        "screen": show_why(told, appeals, at=at),
        "telling": tuple(_show_telling(one) for one in telling if one.spread > 0),
        "months": tuple(
            FactRow(
                name=month_name(one.month),
                value=f"دهک برآوردی {persian_digits(one.decile)}",
                note=f"در دو پنجم کم‌درآمد: {persian_digits(round(one.poor40_share / 10))} از ۱۰۰",
            )
            for one in score_months(actor=actor, household_id=household_id)
        ),
        "may_audit": actor.can(Permission.READ_PROVINCE),
    }
    return render(request, "staff_site/why.html", context)


def _show_telling(one: TellingFact) -> FactRow:
    """By how much knowing it may move the place, of a hundred."""
    return FactRow(
        name=one.variable.wording.label, value=f"تا {persian_digits(round(one.spread / 10))} از ۱۰۰", note=""
    )


@page(Permission.READ_PROVINCE)
def audit(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Show everything that made the stored score."""
    screen = show_audit(audit_score(actor=actor, at=at, household_id=household_id))
    return render(request, "staff_site/score_audit.html", {"screen": screen})


@page(Permission.READ_HOUSEHOLD, "POST")
def ask_people(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Ask people around about facts; whom, the system draws."""
    count = ask_confirmations(actor=actor, at=at, household_id=household_id)
    words = (
        f"از {persian_digits(count)} گواه پرسیده شد." if count else "اکنون گواهی در این شهرستان نیست که بتوان پرسید."
    )
    tell(request, words)
    return HttpResponseRedirect(reverse("why", args=[household_id]))
