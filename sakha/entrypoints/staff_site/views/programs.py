"""An organisation's programs and their keys; a new key is shown once. What a program called has a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from sakha.access.actions import issue_client_key, resume_client, revoke_client_key, suspend_client
from sakha.access.queries import ClientCard, clients_of
from sakha.access.queries.clients import KeyLine
from sakha.access.rules import Actor, ClientLevel, ClientPurpose, ClientStatus, Permission
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.sessions import tell
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date

_PAGE_LENGTH = 20
_DIGITS_MAX = 18  # what fits a number of the database
_PURPOSES = {ClientPurpose.AID: "کمک", ClientPurpose.SERVICE: "خدمت", ClientPurpose.COVERAGE: "اعلام پوشش"}
_LEVELS = {
    ClientLevel.VERDICT: "تنها پاسخ استعلام",
    ClientLevel.NEEDS: "پاسخ استعلام و نیازها",
    ClientLevel.FILE: "پرونده",
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in words; one that is no longer valid has no button."""

    id: int
    prefix: str
    note: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A client in words."""

    id: int
    name: str
    public_id: str
    organisation_name: str
    note: str
    is_active: bool
    is_sandbox: bool
    keys: tuple[KeyRow, ...]


@page(Permission.KEEP_CLIENT_KEYS)
def programs(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List the programs that the actor answers for, with their keys."""
    after = request.GET.get("after", "")
    is_place = after.isascii() and after.isdigit() and len(after) < _DIGITS_MAX
    cards = clients_of(actor=actor, limit=_PAGE_LENGTH, after=int(after) if is_place else 0)
    context = {
        "rows": tuple(show_program(card, at) for card in cards),
        "may_stop": actor.can(Permission.ADMIT_CLIENT),
        "next_page": cards[-1].id if len(cards) == _PAGE_LENGTH else "",
    }
    return render(request, "staff_site/programs.html", context)


@sensitive_variables("key")
@page(Permission.KEEP_CLIENT_KEYS, "POST")
def new_key(request: HttpRequest, *, actor: Actor, at: datetime, client_id: int) -> HttpResponse:
    """Draw a key and show it once."""
    key = issue_client_key(actor=actor, at=at, client_id=client_id)
    return render(
        request, "staff_site/program_key.html", {"secret": key.secret, "until": show_date(key.expires_at.date())}
    )


@page(Permission.KEEP_CLIENT_KEYS, "POST")
def revoke_key(request: HttpRequest, *, actor: Actor, at: datetime, key_id: int) -> HttpResponse:
    """Take a key back."""
    revoke_client_key(actor=actor, at=at, key_id=key_id)
    tell(request, "کلید باطل شد و تا چند ثانیهٔ دیگر هیچ دری را باز نمی‌کند.")
    return HttpResponseRedirect(reverse("programs"))


@page(Permission.ADMIT_CLIENT, "POST")
def stop_program(request: HttpRequest, *, actor: Actor, at: datetime, client_id: int) -> HttpResponse:
    """Stop a program at once: it may ask nothing and is sent nothing."""
    suspend_client(actor=actor, at=at, client_id=client_id)
    tell(request, "برنامه متوقف شد: چیزی نمی‌پرسد و چیزی برایش فرستاده نمی‌شود.")
    return HttpResponseRedirect(reverse("programs"))


@page(Permission.ADMIT_CLIENT, "POST")
def resume_program(request: HttpRequest, *, actor: Actor, at: datetime, client_id: int) -> HttpResponse:
    """Let a stopped program go on; what waited for it is sent."""
    resume_client(actor=actor, at=at, client_id=client_id)
    tell(request, "برنامه دوباره کار می‌کند.")
    return HttpResponseRedirect(reverse("programs"))


def show_program(card: ClientCard, at: datetime) -> ProgramRow:
    """A client with its keys in words."""
    purposes = "، ".join(_PURPOSES[one] for one in card.purposes)
    limits = f"سقف {persian_digits(card.minute_limit)} درخواست در دقیقه و {persian_digits(card.day_limit)} در روز"
    return ProgramRow(
        id=card.id,
        name=card.name,
        public_id=card.public_id,
        organisation_name=card.organisation_name,
        note=f"برای {purposes} · {_LEVELS[card.level]} · {limits}",
        is_active=card.status is ClientStatus.ACTIVE,
        is_sandbox=card.is_sandbox,
        keys=tuple(_show_key(key, at) for key in card.keys),
    )


def _show_key(key: KeyLine, at: datetime) -> KeyRow:
    if key.revoked_at is not None:
        note = f"باطل شد: {show_date(key.revoked_at.date())}"
    else:
        note = f"تا {show_date(key.expires_at.date())}"
    return KeyRow(key.id, key.prefix, note, key.revoked_at is None and key.expires_at > at)
