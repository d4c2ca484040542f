"""Addresses for the banks (`docs/databanks.md`). No address names a person."""

from django.urls import path

from sakha.entrypoints.bank_callbacks.views import show_keys, take_envelope, take_webhook

urlpatterns = [
    path("bank-callbacks/.well-known/jwks.json", show_keys, name="bank_keys"),
    path("bank-callbacks/<slug:bank>/registry/<slug:action>", take_envelope, name="bank_envelope"),
    path("bank-callbacks/<slug:bank>/events", take_webhook, name="bank_webhook"),
]
