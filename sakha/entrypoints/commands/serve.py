"""`sakha serve`: the site on granian with a worker beside it. Leaves TLS to a proxy in front (docs/operating.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces

from sakha.entrypoints.commands.build_assets import prepare_assets
from sakha.entrypoints.commands.database import migrate_database, open_database

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take where to listen and how many web processes to run."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (default 2)")


def run(arguments: argparse.Namespace) -> int:
    """Migrate where the owner's address is known, build assets, then serve until stopped."""
    addresses = open_database()
    if addresses.owner_url:
        migrate_database(addresses)
    prepare_assets()
    serve_site(host=arguments.host, port=arguments.port, workers=arguments.workers)
    return 0


def serve_site(*, host: str, port: int, workers: int) -> None:
    """Run web processes and one worker; both end together. The owner's password is not handed on."""
    os.environ.pop("DATABASE_OWNER_URL", None)
    metrics_folder = tempfile.mkdtemp(prefix="sakha-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics_folder
    worker = subprocess.Popen([sys.executable, "-m", "sakha.entrypoints.commands", "worker"])
    try:
        Granian(
            "sakha.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=8,
            respawn_failed_workers=True,
            log_level="warning",  # type: ignore[arg-type]  # granian takes the word
        ).serve()
    finally:
        worker.terminate()
        worker.wait(timeout=30)
        shutil.rmtree(metrics_folder, ignore_errors=True)
