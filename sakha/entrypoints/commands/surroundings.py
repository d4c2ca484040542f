"""Makes what a fresh machine lacks: database, secret key, key ring, built assets; then wakes Django.

Decides what the embedded default may relax (plain HTTP on this host); an external database relaxes nothing.
"""

from __future__ import annotations

import os
import secrets
from typing import Final

import django

from sakha.access.rules.sealing import generate_key_ring
from sakha.entrypoints.commands.database import home_folder, keep_word, open_database

_NOWHERE: Final = "postgresql://nobody@127.0.0.1/nothing"


def prepare_surroundings() -> None:
    """Fill the environment with embedded defaults where DATABASE_URL is not given, then set Django up."""
    is_embedded = not os.environ.get("DATABASE_URL")
    home = home_folder()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["SAKHA_HOME"] = str(home)
    open_database()
    if is_embedded:
        os.environ.setdefault("SAKHA_SECRET_KEY", keep_word(home / "secret.key", secrets.token_urlsafe(48)))
        os.environ.setdefault("SAKHA_INSECURE_HTTP", "true")
        if not os.environ.get("SAKHA_KEYS"):
            os.environ.setdefault("SAKHA_KEYS_FILE", str(home / "keys.ring"))
            keep_word(home / "keys.ring", generate_key_ring())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakha.settings")
    django.setup()


def prepare_for_help() -> None:
    """Wake Django so that a command can say what it takes: no database is made or asked, no file is written."""
    os.environ.setdefault("DATABASE_URL", _NOWHERE)
    os.environ.setdefault("SAKHA_SECRET_KEY", secrets.token_urlsafe(48))
    os.environ.setdefault("SAKHA_KEYS", generate_key_ring())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakha.settings")
    django.setup()
