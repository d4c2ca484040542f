"""The outbox, for operators: how far invitations got, and the newest texts with masked numbers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.access.rules import Actor, Permission
from sakha.coordination.queries import InvitationCount, OutboxLine, invitation_counts
from sakha.coordination.queries import outbox as outbox_lines
from sakha.coordination.rules.states import InvitationState
from sakha.entrypoints.staff_site.choosing import shown_province
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.screens import FigureScreen, MessageRow
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.jalali import show_moment
from sakha.vocabulary.places import PROVINCES

_DIGITS_MAX = 18  # of a bigint
_PAGE_LENGTH = 30
_GROUPS = {
    InvitationState.QUEUED: "queued",
    InvitationState.SENDING: "queued",
    InvitationState.SENT: "sent",
    InvitationState.DELIVERED: "delivered",
    InvitationState.CANCELLED: "cancelled",
}
_FIGURES = (
    ("queued", "در صف", "wait", "منتظر ساعت فرستادن"),
    ("sent", "فرستاده‌شده", "", "به درگاه داده شد، خبر رسیدن نیامده"),
    ("delivered", "رسیده", "", "به گوشی گیرنده رسید"),
    ("failed", "نرسیده", "stop", "شمارهٔ نادرست، خاموش یا بسته"),
)


@page(Permission.READ_OUTBOX)
def outbox(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """Show the outbox."""
    del at
    asked = request.GET.get("province", "")
    province = shown_province(actor, asked)
    after = request.GET.get("after", "")
    lines = outbox_lines(
        actor=actor, limit=_PAGE_LENGTH, after=int(after) if after.isdecimal() and len(after) <= _DIGITS_MAX else None
    )
    context = {
        "province_name": PROVINCES[province].name,
        "figures": _show_counts(invitation_counts(actor=actor, province=province)),
        "rows": tuple(_show_line(line) for line in lines),
        "next_page": lines[-1].id if len(lines) == _PAGE_LENGTH else 0,
    }
    return render(request, "staff_site/outbox.html", context)


def _show_counts(counts: tuple[InvitationCount, ...]) -> tuple[FigureScreen, ...]:
    grouped: Counter[str] = Counter()
    for one in counts:
        grouped[_GROUPS.get(one.state, "failed")] += one.invitation_count
    return tuple(
        FigureScreen(
            title=title, value=group_thousands(grouped[name]), unit="پیامک", sentence=sentence, kind=kind, trend=()
        )
        for name, title, kind, sentence in _FIGURES
    )


def _show_line(line: OutboxLine) -> MessageRow:
    return MessageRow(to=line.number_masked, text=line.text, part_count=line.part_count, when=show_moment(line.kept_at))
