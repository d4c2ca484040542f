"""Names as the engines compare them: one letter is one byte.

Engines count edits by bytes, so a Persian letter must be one. Decides the codes; what is heard of them is `voices`, how
near two of them are is `name_levels`.
"""

from typing import Final

LONGEST_CODE: Final = 48  # no name is longer; whole pages in a cell must cost no time

_PERSIAN: Final = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_BYTES: Final = "ABPTEJCHXDVRZ!SWUYLOQGFK#$IMN&*+"
_UNKNOWN_SCRIPTS: Final = "@^~:;<>=?"

# Letters of one sound, in codes: ط=ت, ص=ث=س, ذ=ض=ظ=ز, غ=ق, ح=ه, ع=ا.
HEARD_FROM: Final = "LUEVYOGHQ"
HEARD_TO: Final = "TSSZZZK*A"
HEARD: Final = str.maketrans(HEARD_FROM, HEARD_TO)


class _CodeTable(dict[int, str]):
    """One byte for each character that a match key can hold."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        coded = character if character.isascii() else _UNKNOWN_SCRIPTS[code % len(_UNKNOWN_SCRIPTS)]
        if code <= 0xFFFF:  # noqa: PLR2004 -- bounds the table's memory
            self[code] = coded
        return coded


_CODES: Final = _CodeTable({ord(letter): byte for letter, byte in zip(_PERSIAN, _BYTES, strict=True)})


def code_key(key: str) -> str:
    """Give a match key as ASCII, one byte a letter."""
    return key[:LONGEST_CODE].translate(_CODES)
