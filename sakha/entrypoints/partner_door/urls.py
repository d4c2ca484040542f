"""Addresses for partners (`docs/dci.md`, `docs/webhooks.md`). No address names a person."""

from django.urls import path, re_path

from sakha.entrypoints.partner_door import dci_views as views
from sakha.entrypoints.partner_door import feed_views

_DCI = r"^dci/(?P<registry>social|beneficiary)/"

urlpatterns = [
    path(".well-known/jwks.json", views.show_keys, name="partner_keys"),
    re_path(_DCI + r"\.well-known/jwks\.json$", views.show_keys),
    re_path(_DCI + r"registry/sync/search$", views.search_now),
    re_path(_DCI + r"registry/search$", views.search_later),
    re_path(_DCI + r"registry/subscribe$", views.begin_subscription),
    re_path(_DCI + r"registry/unsubscribe$", views.end_subscription),
    re_path(_DCI + r"registry/notify$", views.hear_event),
    re_path(_DCI + r"registry/on-search$", views.hear_search),
    re_path(_DCI + r"registry/on-subscribe$", views.hear_subscription),
    re_path(_DCI + r"registry/on-unsubscribe$", views.hear_end),
    re_path(_DCI + r"registry/txn/on-status$", views.hear_status),
    re_path(_DCI + r"registry/txn/status$", views.status_later),
    re_path(_DCI + r"registry/sync/txn/status$", views.status_now),
    re_path(r"^dci/(?P<registry>beneficiary)/registry/sync/enrolled$", views.show_enrolled),
    re_path(r"^dci/(?P<registry>beneficiary)/registry/sync/enrollment/updates$", views.take_enrollments),
    path("exchange/events", feed_views.show_feed),
    path("exchange/webhooks", feed_views.keep_webhooks),
    path("exchange/webhooks/<int:webhook_id>", feed_views.keep_webhook),
    path("exchange/webhooks/<int:webhook_id>/replay", feed_views.replay),
]
