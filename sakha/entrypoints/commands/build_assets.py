"""`sakha build-assets`: style sheet, typefaces and static files, built only when their sources changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
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
    """Build the assets and collect all static files with hashed names, unless just these stand there already.

    Collecting takes files away and writes them again, so nobody may serve from the folder meanwhile.
    """
    build_assets(settings.SAKHA_BUILT_ASSETS)
    if not settings.STATICFILES_DIRS:  # the folder was made just now
        settings.STATICFILES_DIRS = [settings.SAKHA_BUILT_ASSETS]
    root = Path(settings.STATIC_ROOT)
    stamp, sources = root.with_name(f"{root.name}.sources"), _sources()
    if stamp.exists() and stamp.read_text(encoding="ascii") == sources and (root / "staticfiles.json").exists():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources, encoding="ascii")


def _sources() -> str:
    """What would be collected, by name, size and age."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            told = Path(storage.path(name)).stat()
            found.update(f"{name} {told.st_size} {told.st_mtime_ns}\n".encode())
    return found.hexdigest()
