"""Loads templates in the language of the request: Persian as they are written, English said before compiling.

Decides no words. Each language's compiled templates are kept apart; the Persian ones are those of Django's own loader.
"""

from __future__ import annotations

from typing import Final

from django.template import Origin
from django.template.loaders import cached
from django.utils.translation import get_language
from django_cotton.cotton_loader import Loader as CottonLoader

from sakha.entrypoints.kashi.english import say_segment
from sakha.entrypoints.kashi.segments import say_source, say_widget

ENGLISH: Final = "en"


def is_english() -> bool:
    """Whether this request's pages are said in English."""
    return get_language() == ENGLISH


class KeptLoader(cached.Loader):
    """Django's keeping loader, with a shelf for each language."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """The key of a template; the Persian one is Django's own."""
        key: str = super().cache_key(template_name, skip)
        return f"{key}@{ENGLISH}" if is_english() else key


class ComponentLoader(CottonLoader):  # type: ignore[misc]  # the package has no types
    """The loader of components, which compiles an English source where English is asked for."""

    def get_contents(self, origin: Origin) -> str:
        """The source with its components turned into tags."""
        if not is_english():
            return str(super().get_contents(origin))
        source = str(self._get_template_string(origin.name))
        if str(origin.template_name).startswith("django/"):
            return say_widget(source)
        return str(self.cotton_compiler.process(say_source(source, say_segment)))
