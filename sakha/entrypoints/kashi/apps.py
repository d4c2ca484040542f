"""Registers the components and filters; owns no table."""

from django.apps import AppConfig


class KashiConfig(AppConfig):
    """The design language as a Django application."""

    name = "sakha.entrypoints.kashi"
    label = "kashi"
