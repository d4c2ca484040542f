"""`sakha serve`: the site on granian with a worker beside it. Leaves TLS to a proxy in front (docs/operating.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from sakha.entrypoints.commands.build_assets import prepare_assets
from sakha.entrypoints.commands.database import migrate_database, open_database

if TYPE_CHECKING:
    import argparse

# Of a web process: while one waits for its look to be on disk, the others work, and many looks go there at once.
BLOCKING_THREADS: Final = 8
# A long import must not hold up the expiry of holds, nor a slow receiver of another body either of them.
WORKER_WORDS: Final = ("--concurrency", "2", "--queues")
EXCHANGE_WORDS: Final = ("--queues", "exchange", "--concurrency", "1")
# A slow bank must not hold up an import: where banks are asked, they have a worker of their own.
BANK_WORDS: Final = ("--queues", "banks", "--concurrency", "4")


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
    with working():
        Granian(
            "sakha.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=BLOCKING_THREADS,
            respawn_failed_workers=True,
            log_level=LogLevels.error,
        ).serve()


@contextmanager
def working() -> Iterator[None]:
    """Keep workers at work beside the block: one that dies is replaced, as granian replaces web processes."""
    program = [sys.executable, "-m"]
    worker = [*program, "sakha.entrypoints.commands", "worker"]
    words: list[tuple[str, ...]] = [(*WORKER_WORDS, "default,banks"), EXCHANGE_WORDS]
    if os.environ.get("SAKHA_BANKS"):
        words = [(*WORKER_WORDS, "default"), EXCHANGE_WORDS, BANK_WORDS]
    watched = [*program, "sakha.entrypoints.commands.watched", *worker]
    watchers = [subprocess.Popen([*watched, *these]) for these in words]
    try:
        yield
    finally:
        for watcher in watchers:
            watcher.terminate()
        for watcher in watchers:
            watcher.wait(timeout=60)
