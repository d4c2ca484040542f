"""The few addresses that are asked millions of times, answered without what only pages of people need.

Their views are the same ones that the whole site has. Left out are sessions, forms' tokens, policies for browsers and
static files; kept are the log's line and the metrics, hosts, TLS and the headers that go with it, and compression of
what is long. Whatever is not so (another method, a wrong host, no TLS, a large body) goes to the whole site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

from sakha.entrypoints.operations.middleware import RequestLogMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.http import HttpRequest, HttpResponse

    Site = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

QUICK_PATHS: Final = ("/api/v1/check", "/api/v1/holds", "/api/v1/check/batch", "/api/v1/holds/batch")
BODY_BYTES_MAX: Final = 256 * 1024  # a batch of a thousand lines is some 50 kB
COMPRESSED_FROM: Final = 4096  # a single answer fits in one packet, compressed or not
_DIGITS_MAX: Final = 6


class QuickDoor:
    """The site as WSGI servers know it, with the quick addresses before it."""

    def __init__(self, site: Site, paths: Sequence[str] = QUICK_PATHS) -> None:
        self._site = site
        self._matches = {path: resolve(path) for path in paths}
        self._security = SecurityMiddleware(_answer)
        self._compression = GZipMiddleware(_answer)
        guarded: Any = convert_exception_to_response(_answer)
        self._logged = RequestLogMiddleware(guarded)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer here, or let the whole site answer."""
        match = self._matches.get(environ["PATH_INFO"])
        if match is None or environ["REQUEST_METHOD"] != "POST" or not _is_small(environ):
            return self._site(environ, start_response)
        request = WSGIRequest(environ)
        request.resolver_match = match
        if not _is_ours(request) or self._security.process_request(request) is not None:
            return self._site(environ, start_response)
        try:
            response = self._security.process_response(request, self._logged(request))
        finally:
            if connection.connection is not None:
                connection.close()  # back to the pool
        if len(response.content) >= COMPRESSED_FROM:
            self._compression.process_response(request, response)
        response["Content-Length"] = str(len(response.content))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return (response.content,)


def _answer(request: HttpRequest) -> HttpResponse:
    assert request.resolver_match is not None  # noqa: S101 -- put there by the door itself
    answer: HttpResponse = request.resolver_match.func(request)
    return answer


def _is_small(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    return length.isdecimal() and len(length) <= _DIGITS_MAX and int(length) <= BODY_BYTES_MAX


def _is_ours(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True
