"""The site's entry in Django, for its templates."""

from django.apps import AppConfig


class ConfirmerSiteConfig(AppConfig):
    """The confirmers' page."""

    name = "sakha.entrypoints.confirmer_site"
    label = "confirmer_site"
