"""Registers the pages; owns no table."""

from django.apps import AppConfig


class StaffSiteConfig(AppConfig):
    """The staff's site as a Django application."""

    name = "sakha.entrypoints.staff_site"
    label = "staff_site"
