"""Assets are built once, small, and for the browsers that people have."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest
from fontTools.ttLib import TTFont

from sakha.entrypoints.kashi.assets import build_assets
from sakha.entrypoints.kashi.fonts import FONT_FILES


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built")
    assert build_assets(target)
    return target / "kashi"


def test_what_is_built_is_not_built_again(built: Path) -> None:
    assert not build_assets(built.parent)


def test_a_changed_input_is_noticed(built: Path) -> None:
    (built / ".inputs").write_text("another digest")

    assert build_assets(built.parent)


def test_the_style_sheet_needs_nothing_that_older_browsers_lack(built: Path) -> None:
    css = (built / "kashi.css").read_text()

    assert not re.search(r"@layer|:has\(|color-mix|oklch|@container|&", css)
    assert ":lang(" not in css  # a sign that logical properties were spelled out for browsers older than ours


def test_assets_stay_within_their_weight(built: Path) -> None:
    assert len(brotli.compress((built / "kashi.css").read_bytes())) < 8_000
    assert (built / "vazirmatn-fa.woff2").stat().st_size < 24_000
    assert (built / "vazirmatn-latin.woff2").stat().st_size < 16_000
    assert (built / "kashi.js").stat().st_size < 4_000


@pytest.mark.parametrize("name", FONT_FILES)
def test_the_style_sheet_promises_only_letters_that_the_font_has(built: Path, name: str) -> None:
    letters = set(TTFont(built / name).getBestCmap())
    source = (built / "kashi.css").read_text()
    face = next(face for face in re.findall(r"@font-face\{[^}]*\}", source) if name in face)
    promised = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", face, re.IGNORECASE)
    spans = [range(int(first, 16), int(last or first, 16) + 1) for first, last in promised]

    assert letters <= {letter for span in spans for letter in span}
    assert {ord(sign) for sign in ("۱۲۳۴گچپژک‌ی" if "fa" in name else "«»A9")} <= letters


def test_both_weights_are_in_one_file(built: Path) -> None:
    axis = TTFont(built / "vazirmatn-fa.woff2")["fvar"].axes[0]

    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 400, 700)
