"""Names as the engines compare them: one letter is one byte, and a skeleton of what is heard.

Engines count edits by bytes, so a Persian letter must be one. Decides the codes; how near two of them are is `levels`.
"""

from typing import Final

from sakha.linkage.rules.names import name_key

LONGEST_CODE: Final = 48  # no name is longer; whole pages in a cell must cost no time

_PERSIAN: Final = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_BYTES: Final = "ABPTEJCHXDVRZ!SWUYLOQGFK#$IMN&*+"
_UNKNOWN_SCRIPTS: Final = "@^~:;<>=?"

# Letters of one sound, in codes: ط=ت, ص=ث=س, ذ=ض=ظ=ز, غ=ق, ح=ه, ع=ا.
HEARD_FROM: Final = "LUEVYOGHQ"
HEARD_TO: Final = "TSSZZZK*A"
_HEARD: Final = str.maketrans(HEARD_FROM, HEARD_TO)
_PERSIAN_VOWELS: Final = str.maketrans("", "", "A&+*")
_LATIN_HEARD: Final = str.maketrans("cqzvjd", "kksfgt", "aeiouyhw")
_LATIN_PAIRS: Final = (("ph", "f"), ("ck", "k"), ("gh", "g"), ("wr", "r"), ("kn", "n"))


class _CodeTable(dict[int, str]):
    """One byte for each character that a match key can hold."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        coded = character if character.isascii() else _UNKNOWN_SCRIPTS[code % len(_UNKNOWN_SCRIPTS)]
        if code <= 0xFFFF:  # noqa: PLR2004 -- bounds the table's memory
            self[code] = coded
        return coded


_CODES: Final = _CodeTable({ord(letter): byte for letter, byte in zip(_PERSIAN, _BYTES, strict=True)})
_LONGEST_NAME: Final = 200


def code_name(name: str) -> str:
    """Give a name without honorifics as ASCII, one byte a letter; equal for every spelling that `name_key` folds.

    An initial («م.») is no name: it would differ from the name that it stands for.
    """
    code = code_key(name_key(name[:_LONGEST_NAME]))
    return code if len(code) > 1 else ""


def code_key(key: str) -> str:
    """Give a match key as ASCII, one byte a letter."""
    return key[:LONGEST_CODE].translate(_CODES)


def skeleton(code: str) -> str:
    """Give what is heard of a coded name: one letter a sound, no vowels after the first, no letter twice in a row."""
    if not code:
        return ""
    if code[0].islower():
        return _latin_skeleton(code)
    heard = code.translate(_HEARD)
    return heard[0] + _single(heard[1:].translate(_PERSIAN_VOWELS))


def _latin_skeleton(code: str) -> str:
    for pair, sound in _LATIN_PAIRS:
        if pair in code:
            code = code.replace(pair, sound)
    rest = code[1:].translate(_LATIN_HEARD)
    return code[0] + _single(rest)


def _single(letters: str) -> str:
    return "".join(letter for place, letter in enumerate(letters) if place == 0 or letters[place - 1] != letter)
