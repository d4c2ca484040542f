"""Addresses for Kavenegar (docs/coordination.md). The secret is part of them, as the provider offers no signature."""

from django.urls import path

from sakha.entrypoints.sms_callbacks.views import take_report, take_text

urlpatterns = [
    path("sms-callbacks/<str:secret>/texts", take_text, name="sms_text"),
    path("sms-callbacks/<str:secret>/deliveries", take_report, name="sms_report"),
]
