"""What every public page needs beside its own words: its ways, and the address of its twin in the other language."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from sakha.entrypoints.public_site.languages import ENGLISH, PERSIAN, Language
from sakha.giving.rules.crowds import CROWD_MIN

LANGUAGES: Final = {"fa": PERSIAN, "en": ENGLISH}
NAMES: Final = ("home", "figures", "voices", "data", "method", "begin", "privacy", "accessibility", "proof")


def address_of(name: str, language: Language, **place: str) -> str:
    """The address of a page in a language."""
    return reverse(f"public_{name}" if language.is_persian else f"public_{name}_en", kwargs=place or None)


def frame_of(language: Language, name: str, *, province: str = "") -> dict[str, Any]:
    """What the frame of a page is drawn with."""
    other = ENGLISH if language.is_persian else PERSIAN
    place = {"province": province} if province else {}
    here = "province" if place else name if name in NAMES else "home"
    return {
        "to": {one: address_of(one, language) for one in NAMES},
        "here": name,
        "other": address_of(here, other, **place),
        "crowd": language.number(CROWD_MIN),
        "language": language,
        "is_demonstration": settings.SAKHA.is_demonstration,
    }
