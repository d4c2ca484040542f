"""Cuts a template's source into segments, and says it again in English before it is compiled.

A segment is a run of words and values between two tags, or the value of an attribute that people read. Decides no
word: it is given a way of saying them. A Persian page never comes here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Say = Callable[[str], str]

# Letters of words; marks and digits are turned one by one.
LETTER: Final = re.compile("[\u0621-\u064a\u0670-\u06d3\u06d5\u06fa-\u06ff]")
_MARKS: Final = str.maketrans({"،": ",", "؛": ";", "؟": "?", "«": "“", "»": "”", "٪": "%", "←": "→", "‹": "›"})
_VALUE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LOGIC: Final = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
_QUOTED: Final = rf'"(?:{_LOGIC}|[^"])*"|' + rf"'(?:{_LOGIC}|[^'])*'"
_TAG: Final = rf"</?[a-zA-Z!](?:{_LOGIC}|{_QUOTED}|[^<>\"'])*>"
_PIECES: Final = re.compile(rf"(\{{%.*?%\}}|\{{#.*?#\}}|{_TAG})", re.DOTALL)
_BETWEEN_LOGIC: Final = re.compile(r"(\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_ATTRIBUTE: Final = re.compile(rf"(?<=\s)([^\s=<>\"'{{}}]+)=({_QUOTED})", re.DOTALL)
_NAME: Final = re.compile(r"<(/?)([a-zA-Z!][^\s/>]*)")
_READ_ATTRIBUTES: Final = frozenset({"title", "aria-label", "placeholder", "alt", "label", "data-name"})
# Where a browser shows letters and no tags, and where nothing is ours to say.
_PLAIN_INSIDE: Final = frozenset({"title", "option"})
_UNSAID_INSIDE: Final = frozenset({"textarea", "script", "style"})
# What points onward in one direction of reading points back in the other.
_SIDES: Final = {"right": "left", "left": "right"}
_SIDED: Final = re.compile(r'(?<=")((?:chevron|arrow)-)(right|left)(?=")')
_FRAME: Final = (('lang="fa" dir="rtl"', 'lang="en" dir="ltr"'), ("vazirmatn-fa.woff2", "vazirmatn-latin.woff2"))
# Templates of Django's own widgets: only what people read of them.
_WIDGET_WORDS: Final = re.compile(r"\{\{ (widget\.label|group_name) \}\}")


def has_words(text: str) -> bool:
    """Whether there are Persian words in it."""
    return LETTER.search(text) is not None


def turn_marks(text: str) -> str:
    """Put the marks of the other script: commas, quotes, the sign of per cent."""
    return text.translate(_MARKS)


def say_widget(source: str) -> str:
    """A template of Django's own, whose labels are said when they are known."""
    return _WIDGET_WORDS.sub(r"{{ \1|said_plain }}", source)


def say_source(source: str, say: Say) -> str:
    """The source with every segment said, and every shown value on its way to be said when it is known."""
    for before, after in _FRAME:
        source = source.replace(before, after)
    said: list[str] = []
    inside, is_heading = "", False
    for piece in _PIECES.split(source):
        if piece.startswith(("{%", "{#")):
            is_heading = "block title" in piece or (is_heading and "endblock" not in piece)
            said.append(_SIDED.sub(lambda found: found[1] + _SIDES[found[2]], piece))
        elif named := _NAME.match(piece):
            inside = "" if named[1] else named[2]
            said.append(_say_tag(piece, named[2], say))
        elif inside in _UNSAID_INSIDE:
            said.append(piece)
        else:
            said.append(_say_run(piece, say, "said_plain" if is_heading or inside in _PLAIN_INSIDE else "said"))
    return "".join(said)


def _say_tag(tag: str, name: str, say: Say) -> str:
    is_component = name.startswith("c-")

    def turn(found: re.Match[str]) -> str:
        attribute, quote, value = found[1], found[2][0], found[2][1:-1]
        is_read = attribute in _READ_ATTRIBUTES if not is_component else not attribute.startswith(":")
        if not is_read or (is_component and not has_words(_VALUE.sub("", value))):
            return found[0]  # what a component is given is said where it shows it
        parts = (
            part if part.startswith(("{%", "{#")) else _say_run(part, say, "said_plain")
            for part in _BETWEEN_LOGIC.split(value)
        )
        return f"{attribute}={quote}{''.join(parts)}{quote}"

    return _ATTRIBUTE.sub(turn, tag)


def _say_run(piece: str, say: Say, filter_name: str) -> str:
    words = " ".join(piece.split())
    if not words:
        return piece
    before = piece[: len(piece) - len(piece.lstrip())]
    after = piece[len(piece.rstrip()) :]
    if has_words(_VALUE.sub("", words)):
        words = say(words)
    parts = re.split(r"(\{\{.*?\}\})", words)
    shown = (_say_value(part, filter_name) if part.startswith("{{") else turn_marks(part) for part in parts)
    return f"{before}{''.join(shown)}{after}"


def _say_value(value: str, filter_name: str) -> str:
    """A value on its way to be said, unless the template says that it is somebody's own words."""
    named = value[2:-2].strip()
    return f"{{{{ {named} }}}}" if named.endswith("|own") else f"{{{{ {named}|{filter_name} }}}}"
