"""Addresses of all sites. Each site names its own pages; here they are only put side by side."""

from django.urls import include, path

urlpatterns = [
    path("", include("sakha.entrypoints.operations.urls")),
    path("", include("sakha.entrypoints.api.urls")),
    path("", include("sakha.entrypoints.bank_callbacks.urls")),
    path("", include("sakha.entrypoints.sms_callbacks.urls")),
    path("", include("sakha.entrypoints.partner_door.urls")),
    path("", include("sakha.entrypoints.open_data.urls")),
    path("", include("sakha.entrypoints.kashi.urls")),
    path("", include("sakha.entrypoints.confirmer_site.urls")),
    path("", include("sakha.entrypoints.donor_site.urls")),
    path("", include("sakha.entrypoints.household_site.urls")),
    path("", include("sakha.entrypoints.public_site.urls")),
    path("", include("sakha.entrypoints.staff_site.urls")),
]
handler403 = "sakha.entrypoints.staff_site.refusals.show_forbidden"
handler404 = "sakha.entrypoints.staff_site.refusals.show_not_found"
handler500 = "sakha.entrypoints.staff_site.refusals.show_failure"
