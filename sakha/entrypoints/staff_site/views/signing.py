"""Signing in and out, and where to begin."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sakha.access.actions import sign_in
from sakha.access.rules import Actor, Permission
from sakha.entrypoints.operations.addresses import client_address
from sakha.entrypoints.staff_site.forms import SignInForm
from sakha.entrypoints.staff_site.gate import find_request_actor
from sakha.entrypoints.staff_site.sessions import begin_session, end_session
from sakha.vocabulary.refusal import Refusal

_FIRST_PAGES = (
    (Permission.READ_PROVINCE, "province"),
    (Permission.CHECK_AID, "check"),
    (Permission.READ_OUTBOX, "outbox"),
)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead everybody to the page that their day begins with."""
    actor = find_request_actor(request)
    return HttpResponseRedirect(reverse("sign_in") if actor is None else _first_page(actor))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Show the sign-in form, or let somebody in."""
    actor = find_request_actor(request)
    if actor is not None:
        return HttpResponseRedirect(_first_page(actor))
    form = SignInForm(request.POST if request.method == "POST" else None)
    following = request.POST.get("next", request.GET.get("next", ""))
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            actor = sign_in(at=timezone.now(), address=client_address(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return _let_in(request, actor, following)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "staff_site/sign_in.html", {"form": form, "next": following}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_session(request)
    return HttpResponseRedirect(reverse("sign_in"))


def _let_in(request: HttpRequest, actor: Actor, following: str) -> HttpResponse:
    if actor.user_id is None:
        raise ValueError("only users sign in")
    begin_session(request, actor.user_id)
    rotate_token(request)
    is_ours = url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(following if following and is_ours else _first_page(actor))


def _first_page(actor: Actor) -> str:
    return reverse(next((name for permission, name in _FIRST_PAGES if actor.can(permission)), "check"))
