"""Filters that say a shown value in English, and the switch of languages; loaded into every template.

Only templates compiled for English name the filters: a Persian page never passes here.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from sakha.entrypoints.kashi.english import runs, say
from sakha.entrypoints.kashi.language import has_switch
from sakha.entrypoints.kashi.segments import has_words
from sakha.entrypoints.kashi.template_loader import is_english

register = template.Library()
# Whatever somebody typed as an identifier or a phone is repeated on no page.
_NUMBER: Final = re.compile(r"\d{8}|%D[89AB]", re.IGNORECASE)


@register.filter
def said(value: Any) -> Any:
    """Say a value on the page; somebody's own Persian words are marked as Persian."""
    words = _words(value)
    if words is None:
        return value
    shown = say(words)
    if not has_words(shown):
        return escape(shown)
    parts = (format_html('<bdi lang="fa">{}</bdi>', run) if is_own else escape(run) for is_own, run in runs(shown))
    return mark_safe("".join(parts))  # noqa: S308 -- each part is escaped above


@register.filter
def said_plain(value: Any) -> Any:
    """Say a value where no mark can stand: in a title, an option, an attribute."""
    words = _words(value)
    return value if words is None else escape(say(words))


@register.filter
def own(value: Any) -> Any:
    """Leave somebody's own words as they wrote them; among English they are marked as Persian."""
    return format_html('<span lang="fa" dir="auto">{}</span>', value) if value and is_english() else value


def _words(value: Any) -> str | None:
    """The text of what is shown, or nothing where it is markup that was said before, or is none of ours."""
    if isinstance(value, bool | int | float) or value is None:
        return None
    shown = conditional_escape(value)
    if "<" in shown or shown.isascii():
        return None
    return unescape(shown)


@register.simple_tag(takes_context=True)
def language_switch(context: Context) -> SafeString:
    """Draw the switch to the other language, where this site has both and the page can be asked for again."""
    request = context.get("request")
    if request is None or request.method != "GET" or not has_switch(request):
        return SafeString("")
    code, name, direction = ("fa", "فارسی", "rtl") if is_english() else ("en", "English", "ltr")
    return format_html(
        '<form class="language" method="post" action="/language"><input type="hidden" name="next" value="{}">'
        '<button name="language" value="{}" lang="{}" dir="{}">{}</button></form>',
        _way_back(request), code, code, direction, name,
    )  # fmt: skip


def _way_back(request: HttpRequest) -> str:
    """The page itself; what stands behind its address only where it can be nobody's number."""
    return request.path if _NUMBER.search(request.get_full_path()) else request.get_full_path()
