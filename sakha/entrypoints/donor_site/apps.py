"""The site's entry in Django, for its templates."""

from django.apps import AppConfig


class DonorSiteConfig(AppConfig):
    """The donor's pages."""

    name = "sakha.entrypoints.donor_site"
    label = "donor_site"
