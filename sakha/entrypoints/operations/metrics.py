"""Prometheus metrics of the process and the queue. Labels are routes, codes and outcomes, never a person's."""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, HttpResponseForbidden
from django.views.decorators.http import require_GET
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from sakha.giving.queries.statements import open_case_count

if TYPE_CHECKING:
    from django.http import HttpRequest

LOOPBACK = frozenset({"127.0.0.1", "::1", ""})

REQUEST_COUNT = Counter("sakha_requests_total", "Requests by route and status.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "sakha_request_seconds",
    "Seconds a request took.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def _registry() -> CollectorRegistry:
    """This process's own registry, or the sum over all workers where granian runs several."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    return registry


def _queue_text() -> bytes:
    registry = CollectorRegistry()
    jobs = Gauge("sakha_jobs", "Background jobs by state.", ["status"], registry=registry)
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        for status, count in cursor.fetchall():
            jobs.labels(status).set(count)
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
        silence = cursor.fetchone()[0]
    if silence is not None:
        Gauge("sakha_worker_silence_seconds", "Seconds since a worker gave a sign of life.", registry=registry).set(
            float(silence)
        )
    return generate_latest(registry)


def _gateway_text() -> bytes:
    """Read when it is asked for: whoever closes a case does so in another process than the night's comparison."""
    registry = CollectorRegistry()
    said = "Payments and refunds that the gateway's books and ours tell differently, and nobody cleared up yet."
    Gauge("sakha_giving_gateway_cases", said, registry=registry).set(open_case_count())
    return generate_latest(registry)


@require_GET
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Answer to whoever has the token; without a token in the settings only to this host."""
    token = settings.SAKHA.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("Authorization", "")
        is_allowed = hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    else:
        # behind a proxy every caller looks local: there a token must be set
        is_allowed = request.META.get("REMOTE_ADDR", "") in LOOPBACK and not settings.SAKHA.proxy_header
    if not is_allowed:
        return HttpResponseForbidden("A metrics token is needed.", content_type="text/plain")
    return HttpResponse(
        generate_latest(_registry()) + _queue_text() + _gateway_text(), content_type=CONTENT_TYPE_LATEST
    )
