"""How the data banks are doing: last answer, errors of the last day, what waits. Names nobody."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.databanks.queries import bank_statuses
from sakha.databanks.rules.bank import Transport
from sakha.entrypoints.staff_site.evidence_screens import show_bank
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.screens import FigureScreen
from sakha.vocabulary.digits import group_thousands


@page(Permission.READ_BANKS)
def banks(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show every bank that is asked, and what was answered while banks were, where none is now."""
    del actor
    statuses = [one for one in bank_statuses(at=at) if one.transport is not Transport.FILES]
    reached = [one for one in statuses if one.is_reached]
    known = [one for one in statuses if one.is_reached or one.last_answer_at or one.waiting_count]
    waiting = sum(one.waiting_count + one.asking_count for one in statuses)
    down = sum(one.breaker == "open" for one in reached)
    figures = (
        _figure("پاسخ‌های یک روز گذشته", sum(one.answers_of_a_day for one in statuses), "پاسخ", "از همهٔ بانک‌ها", ""),
        _figure("در نوبت", waiting, "پرسش", "تا پاسخ نیاید «نامعلوم» است", "wait" if waiting else ""),
        _figure("بانک‌های خاموش", down, "بانک", "کمی بعد دوباره پرسیده می‌شود", "stop" if down else ""),
    )
    rows = tuple(show_bank(one, at=at) for one in sorted(statuses, key=lambda one: not one.is_reached))
    shown = {"figures": figures, "rows": rows, "reached": len(reached), "known": len(known)}
    return render(request, "staff_site/banks.html", shown)


def _figure(title: str, value: int, unit: str, sentence: str, kind: str) -> FigureScreen:
    return FigureScreen(title=title, value=group_thousands(value), unit=unit, sentence=sentence, kind=kind, trend=())
