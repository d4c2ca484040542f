"""Addresses of all sites. Each site names its own pages; here they are only put side by side."""

from pathlib import Path

from django.urls import include, path

_SITE = Path(__file__).parent / "entrypoints/staff_site/urls.py"  # TEMPORARY while the site arrives
urlpatterns = [
    path("", include("sakha.entrypoints.operations.urls")),
    *([path("", include("sakha.entrypoints.staff_site.urls"))] if _SITE.exists() else []),
]
handler403 = "sakha.entrypoints.staff_site.refusals.show_forbidden"
handler404 = "sakha.entrypoints.staff_site.refusals.show_not_found"
handler500 = "sakha.entrypoints.staff_site.refusals.show_failure"
