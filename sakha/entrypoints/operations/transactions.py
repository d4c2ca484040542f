"""Marks views that open transactions of their own: work in parts that each stand, or a wait for somebody outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

_MARK: Final = "has_own_transactions"
P = ParamSpec("P")


def own_transactions(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Leave the view's requests without a transaction around them; whatever it calls begins and ends its own."""
    setattr(view, _MARK, True)
    return view


def has_own_transactions(request: HttpRequest) -> bool:
    """Whether the address leads to a marked view."""
    try:
        found = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return False
    return bool(getattr(found.func, _MARK, False))
