"""The file that holds the key ring: read, and replaced whole or not at all, readable by its account alone.

Decides how the file is written; what stands in it is decided by `access.rules.sealing`.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sakha.access.rules.sealing import generate_key_ring, parse_key_ring
from sakha.entrypoints.commands.database import home_folder
from sakha.vocabulary.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class KeysNotInFile(Refusal):
    """The keys come from the environment, where no command can change them."""

    code: ClassVar[str] = "KEYS_NOT_IN_FILE"
    sentence: ClassVar[str] = (
        "کلیدها از SAKHA_KEYS خوانده می‌شوند، نه از پرونده؛ آنجا خودتان تغییرشان دهید (docs/security.md)."
    )


def find_key_file() -> Path:
    """Where the key ring is kept: SAKHA_KEYS_FILE, or the home folder's.

    Raises:
        KeysNotInFile: SAKHA_KEYS is set, and settings prefer it.
    """
    if os.environ.get("SAKHA_KEYS"):
        raise KeysNotInFile
    return Path(os.environ.get("SAKHA_KEYS_FILE") or home_folder() / "keys.ring")


def change_keys(file: Path, change: Callable[[str], str]) -> None:
    """Replace the file by what `change` makes of its text; a first ring is drawn where there is none.

    A reader sees the old ring or the new one, never half of one; a wrong ring is refused before anything is written.
    """
    with _only_one(file):
        text = change(file.read_text()) if file.exists() else generate_key_ring()
        parse_key_ring(text)
        _replace(file, text)


@contextmanager
def _only_one(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file.with_name(f".{file.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(file: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600 from its first moment
    try:
        with os.fdopen(descriptor, "w") as fresh:
            fresh.write(text)
            fresh.flush()
            os.fsync(fresh.fileno())
        if file.exists() and os.geteuid() == 0:
            kept = file.stat()  # root changes the file of the account that runs the site
            os.chown(name, kept.st_uid, kept.st_gid)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)  # gone already where the replacement went well
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
