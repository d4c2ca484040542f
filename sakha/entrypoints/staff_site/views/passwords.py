"""A new password by a one-time link: given by whoever oversees the user, opened by whoever holds it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from sakha.access.actions.password_links import (
    PasswordLinkClosed,
    check_password_link,
    give_password_link,
    set_password_by_link,
    users_to_help,
)
from sakha.access.rules import Actor, Permission
from sakha.access.rules.users import PasswordTooShort
from sakha.entrypoints.kashi.fields import REQUIRED
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.refusals import show_refusal
from sakha.entrypoints.staff_site.sessions import tell


class NewPasswordForm(forms.Form):
    """The new password; shown while it is typed is left to the browser."""

    password = forms.CharField(
        label="گذرواژهٔ تازه",
        help_text="دست‌کم ده نویسه؛ یک جملهٔ کوتاه خوب است.",
        max_length=200,
        strip=False,
        error_messages={"required": REQUIRED},
        widget=forms.PasswordInput({"autocomplete": "new-password", "dir": "auto"}),
    )


@page(Permission.READ_ACCESS_LOG)
def users(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List whom the actor may help to a new password."""
    del at
    text = request.GET.get("name", "")[:60]
    return render(request, "staff_site/users.html", {"rows": users_to_help(actor=actor, text=text), "text": text})


@sensitive_variables("link", "address")
@page(Permission.READ_ACCESS_LOG, "POST")
def give_link(request: HttpRequest, *, actor: Actor, at: datetime, user_id: int) -> HttpResponse:
    """Make a link and show it once, to be handed over."""
    link = give_password_link(actor=actor, at=at, user_id=user_id)
    address = request.build_absolute_uri(reverse("new_password", args=[link]))
    return render(request, "staff_site/password_link.html", {"address": address})


@never_cache
@sensitive_variables("link")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, link: str) -> HttpResponse:
    """Let whoever holds the link set a new password, once."""
    at = timezone.now()
    form, username = NewPasswordForm(request.POST if request.method == "POST" else None), ""
    try:
        username = check_password_link(at=at, link=link)
        if form.is_bound and form.is_valid():
            set_password_by_link(at=at, link=link, new=form.cleaned_data["password"])
            tell(request, "گذرواژه عوض شد. با آن وارد شوید.")
            return HttpResponseRedirect(reverse("sign_in"))
    except PasswordTooShort as refusal:
        form.add_error("password", refusal.message)
    except PasswordLinkClosed as refusal:
        return show_refusal(request, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    response = render(request, "staff_site/new_password.html", {"form": form, "username": username}, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
