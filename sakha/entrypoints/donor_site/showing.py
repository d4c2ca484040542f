"""How the donor's pages are drawn, and what they ask the deployment. Decides no words."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sakha.entrypoints.donor_site.kept import read_basket
from sakha.vocabulary.refusal import Refusal


def is_open() -> bool:
    """Whether a gateway is set, so that anybody can pay."""
    return bool(settings.SAKHA.zarinpal_merchant.get_secret_value())


def show(request: HttpRequest, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HttpResponse:
    """Draw a page; its address is told to no other site, for the address of a gift opens its account."""
    context = {"basket_count": len(read_basket(request)), "is_open": is_open(), **context}
    response = render(request, f"donor_site/{template}.html", context, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def page_of(request: HttpRequest, follow: str) -> str:
    """The whole address of a gift's account."""
    return request.build_absolute_uri(reverse("donor_gift", args=[follow]))


def back_to(request: HttpRequest, follow: str) -> str:
    """The whole address to which the gateway sends the browser back."""
    return request.build_absolute_uri(reverse("donor_back", args=[follow]))


def stop(request: HttpRequest, refusal: Refusal, status: HTTPStatus) -> HttpResponse:
    """Say why it doesn't go on."""
    return show(request, "stopped", status=status, title=refusal.message)
