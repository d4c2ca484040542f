"""Reading a page as people see it: words without marks, codes and file names apart."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse

_HIDDEN = re.compile(r"<(script|style|head|bdi|svg|option|pre|textarea)\b.*?</\1>", re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")


def html_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def words_of(answer: HttpResponse) -> str:
    """Visible words; codes and file names (bdi) and documents (pre, textarea) are left out."""
    body = html_of(answer)
    return unescape(" ".join(_TAGS.sub(" ", _HIDDEN.sub(" ", body)).split()))


def field_value(answer: HttpResponse, name: str) -> str:
    """The first value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html_of(answer))
    assert found is not None, name
    return found[1]
