"""`sakha build-assets`: style sheet, typefaces and static files, built only when their sources changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command

from sakha.entrypoints.kashi.assets import build_assets

if TYPE_CHECKING:
    import argparse


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Take no options."""


def run(_arguments: argparse.Namespace) -> int:
    """Build and collect what the site sends."""
    prepare_assets()
    return 0


def prepare_assets() -> None:
    """Build the assets and collect all static files with hashed names."""
    build_assets(settings.SAKHA_BUILT_ASSETS)
    if not settings.STATICFILES_DIRS:  # the folder was made just now
        settings.STATICFILES_DIRS = [settings.SAKHA_BUILT_ASSETS]
    call_command("collectstatic", interactive=False, verbosity=0)
