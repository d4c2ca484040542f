"""The site's entry in Django, for its templates."""

from django.apps import AppConfig


class PublicSiteConfig(AppConfig):
    """The public's pages."""

    name = "sakha.entrypoints.public_site"
    label = "public_site"
