"""The site's entry in Django, for its templates."""

from django.apps import AppConfig


class HouseholdSiteConfig(AppConfig):
    """The household's pages."""

    name = "sakha.entrypoints.household_site"
    label = "household_site"
