"""Builds what browsers load: a style sheet, the givers' and the public's own, one script, two font files.

Knows no Django and asks no network. Built anew only when an input has changed;
the target folder is never left half written.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import lightningcss

from sakha.entrypoints.kashi.fonts import FONT_FILES, PRINT_FONTS, cut_font, find_font_folder, join_font

# The oldest browsers that pages are meant for; nothing essential may need newer ones.
BROWSERS = ["chrome >= 90", "firefox >= 90", "safari >= 14.1"]
HERE = Path(__file__).parent
FOLDER = "kashi"
STAMP = ".inputs"


def build_assets(target: Path) -> bool:
    """Build the style sheet, the script and the fonts into `target`/kashi; True where anything had to be built."""
    folder = target / FOLDER
    stamp = folder / STAMP
    digest = _digest_inputs()
    if stamp.exists() and stamp.read_text() == digest:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    fonts = find_font_folder()
    for name, (source, ranges) in FONT_FILES.items():
        _replace(folder / name, cut_font(fonts / source, ranges))
    for weight, name in PRINT_FONTS.items():
        _replace(folder / name, join_font(fonts, weight))
    _replace(folder / "kashi.css", compile_css(HERE / "source" / "kashi.css").encode())
    # The givers' pages have cards and a head of their own, the public's steps and columns; nobody else carries them.
    for name in ("giving.css", "public.css"):
        _replace(folder / name, compile_css(HERE / "source" / name).encode())
    _replace(folder / "kashi.js", (HERE / "script" / "kashi.js").read_bytes())
    _replace(folder / "mark.svg", (HERE / "source" / "mark.svg").read_bytes())
    _replace(stamp, digest.encode())
    return True


def compile_css(source: Path) -> str:
    """Return the style sheet with its parts put together, flattened for older browsers, and shortened."""
    whole = lightningcss.bundle_css(
        str(source), parser_flags=lightningcss.calc_parser_flags(nesting=True), minify=False
    )
    return str(lightningcss.process_stylesheet(whole, browsers_list=BROWSERS, minify=True))


def _digest_inputs() -> str:
    digest = hashlib.sha256()
    fonts = find_font_folder()
    inputs = [*sorted((HERE / "source").iterdir()), *sorted((HERE / "script").iterdir())]
    inputs += [HERE / "assets.py", HERE / "fonts.py", *(fonts / source for source, _ in FONT_FILES.values())]
    for path in inputs:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(f"{version('lightningcss')} {version('fonttools')}".encode())
    return digest.hexdigest()


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    os.replace(file.name, path)  # noqa: PTH105 - one rename, so that a server that reads at this moment sees a whole file
