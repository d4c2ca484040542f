"""Complaints, suggestions, reports: on the household's own page, and at the public door with its tracking code.

The public door asks no name and keeps no session; what it counts is counted below.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from sakha.coordination.actions.grievance_desk import say_solved
from sakha.coordination.actions.grievances import (
    NewGrievance,
    TrackedGrievance,
    bring_grievance,
    bring_public_grievance,
    track_grievance,
)
from sakha.coordination.actions.receipts import confirm_delivery
from sakha.coordination.queries import RegistrationCard
from sakha.coordination.queries.grievances import bodies_of_household, grievances_of_household
from sakha.coordination.rules.grievances import (
    About,
    GrievanceClosed,
    GrievanceKind,
    GrievanceUnfit,
    GrievanceUnknown,
    TooManyGrievances,
)
from sakha.entrypoints.household_site.gate import file_page, show, show_stop
from sakha.entrypoints.household_site.sessions import tell
from sakha.entrypoints.household_site.voice_forms import PublicVoiceForm, TrackingForm, VoiceForm
from sakha.entrypoints.household_site.voice_wording import show_code, show_tracked, show_voice
from sakha.entrypoints.kashi.receipts import NOT_YET, hand_out
from sakha.entrypoints.operations.addresses import client_address
from sakha.ledger.queries.proofs import prove_delivery
from sakha.ledger.rules.receipts import ReceiptWay


@sensitive_post_parameters()
@file_page("GET", "POST")
def voices(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show what the household brought, with the answers, or take in something new."""
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    bodies = bodies_of_household(household_id=own.household_id)
    form = VoiceForm(request.POST if request.method == "POST" else None, bodies=bodies)
    if form.is_bound and form.is_valid():
        about, organisation_id = form.about_whom()
        new = NewGrievance(
            kind=GrievanceKind(form.cleaned_data["kind"]),
            text=form.cleaned_data["text"],
            about=about,
            about_organisation_id=organisation_id,
            is_confidential=form.cleaned_data["is_confidential"],
            household_id=own.household_id,
        )
        try:
            brought = bring_grievance(actor=reader, at=at, grievance=new)
        except GrievanceUnfit as refusal:
            form.add_error("text", refusal.message)
        else:
            tell(request, f"رسید. کد پیگیری: {show_code(brought.tracking_code)}")
            return HttpResponseRedirect(reverse("household_voices"))
    lines = grievances_of_household(household_id=own.household_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "voices", status=status, form=form, rows=tuple(show_voice(*one) for one in lines))


@file_page("POST")
def solved(request: HttpRequest, *, own: RegistrationCard, at: datetime, grievance_id: int) -> HttpResponse:
    """Hear whether the answer solved it; of one's own alone."""
    if own.reader is None or own.household_id is None:
        return show(request, "elsewhere")
    if grievance_id not in {line.id for line, _ in grievances_of_household(household_id=own.household_id)}:
        raise GrievanceUnknown(field="grievance_id")
    is_solved = request.POST.get("solved") == "yes"
    say_solved(at=at, grievance_id=grievance_id, is_solved=is_solved)
    tell(request, "سپاس که گفتید." if is_solved else "به دفتر بالاتر رفت.")
    return HttpResponseRedirect(reverse("household_voices"))


@file_page("POST")
def receipt(request: HttpRequest, *, own: RegistrationCard, at: datetime, hold_id: int) -> HttpResponse:
    """Hear whether a delivery arrived."""
    reader = own.reader
    if reader is None:
        return show(request, "elsewhere")
    is_received = request.POST.get("received") == "yes"
    confirm_delivery(actor=reader, at=at, hold_id=hold_id, is_received=is_received, way=ReceiptWay.SITE)
    tell(request, "سپاس؛ نوشته شد که رسید." if is_received else "نوشته شد. رسیدگی می‌شود و چیزی از نوبت شما کم نمی‌شود.")
    return HttpResponseRedirect(reverse("household_home"))


@file_page()
def receipt_proof(request: HttpRequest, *, own: RegistrationCard, at: datetime, hold_id: int) -> HttpResponse:
    """Hand out the receipt of one's own delivery, by which anybody can check that it stands as it was written."""
    del at
    if own.reader is None or own.household_id is None:
        return show(request, "elsewhere")
    proofs = prove_delivery(household_id=own.household_id, hold_id=hold_id)
    return hand_out(proofs) if proofs else show_stop(request, NOT_YET, status=HTTPStatus.NOT_FOUND)


@never_cache
@sensitive_post_parameters()
@sensitive_variables("brought")
@require_http_methods(["GET", "POST"])
def public_voice(request: HttpRequest) -> HttpResponse:
    """Take in what anybody says, and tell the code once."""
    form = PublicVoiceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        new = NewGrievance(
            kind=GrievanceKind(given["kind"]),
            text=given["text"],
            about=About(given["about"]),
            is_confidential=given["is_confidential"],
            mobile=given["mobile"],
            province=given["province"],
            county=given["county"],
        )
        try:
            brought = bring_public_grievance(at=timezone.now(), address=client_address(request), grievance=new)
        except TooManyGrievances as refusal:
            return show_stop(request, refusal.message, status=HTTPStatus.TOO_MANY_REQUESTS)
        except GrievanceUnfit as refusal:
            form.add_error("text", refusal.message)
        else:
            return show(request, "voice_kept", code=show_code(brought.tracking_code))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "public_voice", status=status, form=form)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Show by the code what became of it; the code stands in no address."""
    form = TrackingForm(request.POST if request.method == "POST" else None)
    found: TrackedGrievance | None = None
    if form.is_bound and form.is_valid():
        try:
            found = _find(request, form.cleaned_data["code"])
        except GrievanceUnknown as refusal:
            form.add_error("code", refusal.message)
        except TooManyGrievances as refusal:
            return show_stop(request, refusal.message, status=HTTPStatus.TOO_MANY_REQUESTS)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    row = show_tracked(found) if found is not None else None
    return show(request, "track", status=status, form=form, row=row)


def _find(request: HttpRequest, code: str) -> TrackedGrievance:
    at, address = timezone.now(), client_address(request)
    found = track_grievance(at=at, address=address, code=code)
    if "solved" not in request.POST:
        return found
    try:
        say_solved(at=at, grievance_id=found.grievance_id, is_solved=request.POST["solved"] == "yes")
    except GrievanceClosed:
        return found  # sent twice: it stands as it was said first
    return track_grievance(at=at, address=address, code=code)
