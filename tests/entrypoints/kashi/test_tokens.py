"""The colours keep their contrast, in both lights: computed from the style source, since axe is silent inside SVG."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sakha.entrypoints.kashi import assets

TOKENS = Path(assets.__file__).parent / "source" / "tokens.css"
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "panel")),
    *((ink, "brand-wash") for ink in ("ink", "ink-2", "brand")),
    ("ink", "sunk"),
    ("ink-2", "sunk"),
    ("brand", "panel"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-soft", "brand-soft"),
    ("link", "panel"),
    ("link", "paper"),
    *((ink, f"{tone}-wash") for tone in ("saffron", "anar", "sabz") for ink in ("ink", tone)),
    *((tone, f"{tone}-soft") for tone in ("saffron", "anar", "sabz")),
    ("anar", "panel"),
    ("on-saffron", "saffron-fill"),
    ("on-foot", "foot"),
    *(("on-ramp-low", f"ramp-{step}") for step in (1, 2, 3)),
    *(("on-ramp-high", f"ramp-{step}") for step in (4, 5)),
]
EDGE_PAIRS = [("border", "panel"), ("border", "paper"), ("anar-fill", "panel"), ("brand-mid", "panel")]


def read_tokens() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    found = {
        mode: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))
        for mode, text in (("light", light), ("dark", dark))
    }
    found["dark"] = found["light"] | found["dark"]
    return found


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def faint_pairs(tokens: dict[str, str], pairs: list[tuple[str, str]], least: float) -> list[str]:
    return [
        f"{one} on {other}: {contrast(tokens[one], tokens[other]):.2f}"
        for one, other in pairs
        if contrast(tokens[one], tokens[other]) < least
    ]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(mode: str) -> None:
    assert faint_pairs(read_tokens()[mode], TEXT_PAIRS, 4.5) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_control_stands_out_from_its_ground(mode: str) -> None:
    assert faint_pairs(read_tokens()[mode], EDGE_PAIRS, 3.0) == []


def test_a_faint_pair_is_found() -> None:
    tokens = read_tokens()["light"] | {"ink-3": "#a0adad"}

    assert any(words.startswith("ink-3 on panel") for words in faint_pairs(tokens, TEXT_PAIRS, 4.5))


def test_the_map_ramp_darkens_or_lightens_step_by_step() -> None:
    for mode, is_falling in (("light", True), ("dark", False)):
        steps = [luminance(read_tokens()[mode][f"ramp-{step}"]) for step in range(1, 6)]

        assert steps == sorted(steps, reverse=is_falling)
