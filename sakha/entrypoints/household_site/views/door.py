"""The door: by the link of the SMS or by number and code, then by the one-time code that comes to the invited phone.

Nothing is written into an address but the link itself, and whatever does not open looks alike.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from sakha.coordination.actions import ask_code_by_link, ask_code_by_number, check_link, enter
from sakha.coordination.rules.doors import DoorClosed, KnockedTooOften, SignInCodeWrong
from sakha.entrypoints.household_site.forms import DoorForm
from sakha.entrypoints.household_site.gate import show, show_stop
from sakha.entrypoints.household_site.sessions import begin_visit, end_visit, find_door, keep_door
from sakha.entrypoints.kashi.sheet_forms import CodeForm
from sakha.entrypoints.operations.addresses import client_address
from sakha.vocabulary.refusal import Refusal

_CLOSED_HINT = "شاید پیش‌تر ثبت شده‌اید یا وقتش گذشته است. با شمارهٔ گوشی خودتان هم می‌توانید بیایید."


@never_cache
@sensitive_variables("link")
@require_http_methods(["GET", "POST"])
def link_page(request: HttpRequest, link: str) -> HttpResponse:
    """Open by the link of the SMS: the page tells nothing of anybody before the code is typed."""
    at, address = timezone.now(), client_address(request)
    try:
        if request.method == "POST":
            keep_door(request, ask_code_by_link(at=at, link=link, address=address))
            return HttpResponseRedirect(reverse("household_code"))
        check_link(at=at, link=link, address=address)
    except KnockedTooOften as refusal:
        return _closed(request, refusal, HTTPStatus.TOO_MANY_REQUESTS)
    except DoorClosed as refusal:
        return _closed(request, refusal, HTTPStatus.GONE)
    response = show(request, "link")
    # The address opens the door: no other site may be told it. Under "no-referrer" a browser hides the form's origin
    # too, and the form would be refused as a forged one.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@sensitive_post_parameters("mobile", "code")
@require_http_methods(["GET", "POST"])
def number_page(request: HttpRequest) -> HttpResponse:
    """Open by number; the answer is the same whether the number is known or not."""
    form = DoorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            invitation_id = ask_code_by_number(
                at=timezone.now(), mobile=given["mobile"], code=given["code"], address=client_address(request)
            )
        except KnockedTooOften as refusal:
            return _closed(request, refusal, HTTPStatus.TOO_MANY_REQUESTS)
        keep_door(request, invitation_id)
        return HttpResponseRedirect(reverse("household_code"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "number", status=status, form=form)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code_page(request: HttpRequest) -> HttpResponse:
    """Take the one-time code and let the phone in."""
    is_asked, invitation_id = find_door(request)
    if not is_asked:
        return HttpResponseRedirect(reverse("household_door"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            registration_id = enter(
                at=timezone.now(),
                invitation_id=invitation_id,
                code=form.cleaned_data["code"],
                address=client_address(request),
            )
        except SignInCodeWrong as refusal:
            form.add_error("code", refusal.message)
        except KnockedTooOften as refusal:
            return _closed(request, refusal, HTTPStatus.TOO_MANY_REQUESTS)
        else:
            begin_visit(request, registration_id)
            return HttpResponseRedirect(reverse("household_home"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "code", status=status, form=form)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit; what was filled in stays for the next."""
    end_visit(request)
    return show(request, "left")


def _closed(request: HttpRequest, refusal: Refusal, status: HTTPStatus) -> HttpResponse:
    return show_stop(request, refusal.message, status=status, hint=_CLOSED_HINT)
