"""Liveness (the process answers) and readiness (the database answers and its schema is this code's)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import JsonResponse
from django.views.decorators.http import require_GET

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
def show_alive(_request: HttpRequest) -> JsonResponse:
    """Answer at once, touching nothing."""
    return JsonResponse({"alive": True})


@require_GET
def show_ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when work can be taken, else 503 with the reason's code."""
    try:
        loader = MigrationLoader(connection)
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "DATABASE_UNREACHABLE"}, status=503)
    if set(loader.graph.nodes) - set(loader.applied_migrations):
        return JsonResponse({"ready": False, "reason": "SCHEMA_BEHIND"}, status=503)
    return JsonResponse({"ready": True})
