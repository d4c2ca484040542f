"""Whether a page speaks English: no Persian word but what somebody wrote, marked as Persian where marks can stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import unescape
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
# Where tests write what people and organisations are called and what they say.
_DATA = ("*cast*.py", "entrypoints/*/cast.py", "entrypoints/*/pages.py", "entrypoints/*/phone.py")
_DATA_TOO = ("entrypoints/staff_site/test_files.py", "entrypoints/staff_site/test_evidence.py")
_WORD = re.compile("[\u0621-\u064a\u0670-\u06d3\u06d5\u06fa-\u06ff]+")
# The switch says «فارسی»; what was typed stands in its field as it was typed.
_APART = re.compile(r'<form class="language".*?</form>|<textarea.*?</textarea>|(?<=\s)value="[^"]*"', re.DOTALL)
_PLAIN = re.compile(r'<(option|title|bdi|script|style)\b.*?</\1>|<span lang="fa".*?</span>', re.DOTALL)


@cache
def own_words() -> frozenset[str]:
    """Persian words that the tests themselves write as somebody's own."""
    paths = [path for pattern in (*_DATA, *_DATA_TOO) for path in TESTS.glob(pattern)]
    return frozenset(word for path in paths for word in _WORD.findall(path.read_text(encoding="utf-8")))


def unsaid_on(html: str, own: Iterable[str] = ()) -> list[str]:
    """What the page leaves in Persian without being somebody's own, or without marking it."""
    page = unescape(_APART.sub("", html))
    kept = own_words() | {word for words in own for word in _WORD.findall(words)}
    unknown = [word for word in _WORD.findall(page) if word not in kept and len(word) > 1]
    visible = re.sub(r"<[^>]+>", " ", _PLAIN.sub(" ", page))
    unmarked = [" ".join(part.split()) for part in re.findall(r".{0,20}[\u0600-\u06ff]+.{0,20}", visible)]
    is_english = '<html lang="en" dir="ltr">' in html
    return [*unknown, *unmarked, *([] if is_english else ["the page's language"])]
