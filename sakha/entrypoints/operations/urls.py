"""Addresses for machines that watch."""

from django.urls import path

from sakha.entrypoints.operations.health import show_alive, show_ready
from sakha.entrypoints.operations.metrics import show_metrics

urlpatterns = [
    path("alive", show_alive, name="alive"),
    path("ready", show_ready, name="ready"),
    path("metrics", show_metrics, name="metrics"),
]
