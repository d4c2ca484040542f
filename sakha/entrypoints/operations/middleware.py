"""One structured line and one measurement a request: route, status, milliseconds. Never a path with a value in it."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import structlog

from sakha.entrypoints.operations.metrics import REQUEST_COUNT, REQUEST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET_ROUTES = frozenset({"alive", "ready", "metrics"})


class RequestLogMiddleware:
    """Names each request, times it, and says how it ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and write its line."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(8))
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        # the pattern of the address, not the address: values in it may name somebody
        route = request.resolver_match.route if request.resolver_match else "unmatched"
        method = request.method if request.method in KNOWN_METHODS else "OTHER"  # a caller may invent words
        REQUEST_COUNT.labels(method, route, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(route).observe(seconds)
        if route not in QUIET_ROUTES:
            log.info(
                "request_answered",
                method=method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
            )
        return response
