"""The language of a request: Persian, or English where this browser asked for it by the switch and the site has it.

What a browser would like by itself isn't asked: the house speaks Persian first. No address names a language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakha.entrypoints.kashi.template_loader import ENGLISH

COOKIE: Final = "language"
_DAYS_KEPT: Final = 365
_ENTRYPOINTS: Final = "sakha.entrypoints."
# A site stands here from the day on which nothing of it is left unsaid; a test holds it to that.
SITES: Final = frozenset({"household_site", "donor_site", "confirmer_site", "staff_site"})


class LanguageMiddleware:
    """Speaks the chosen language for the time of one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and be Persian again afterwards; what stands nowhere is said to be missing in the chosen language."""
        if request.COOKIES.get(COOKIE) == ENGLISH:
            translation.activate(ENGLISH)
        try:
            response = self.get_response(request)
        finally:
            translation.deactivate()
        if has_switch(request):
            patch_vary_headers(response, ("Cookie",))
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        """Be Persian as soon as it is known that the site asked has no English."""
        site = view.__module__.removeprefix(_ENTRYPOINTS).partition(".")[0]
        request.has_english = site in SITES  # type: ignore[attr-defined]  # read by `has_switch`
        if site not in SITES:
            translation.deactivate()


def has_switch(request: HttpRequest) -> bool:
    """Whether the page that is drawn can be had in both languages."""
    return bool(getattr(request, "has_english", False))


@csrf_exempt  # changes nothing but this browser's own reading; a page drawn for nobody must need no token
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in this browser and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.POST.get(COOKIE) == ENGLISH:
        response.set_cookie(
            COOKIE, ENGLISH, max_age=_DAYS_KEPT * 86_400, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
            samesite="Lax",
        )  # fmt: skip
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
