"""What is heard of a coded name, in whichever script it was written: a voice for comparing, a skeleton for finding.

Decides how a name in Latin letters, by any habit, meets the same name in Persian ones. How near two are says
`name_levels`.
"""

import re
from functools import lru_cache
from typing import Final

from sakha.linkage.rules.coding import HEARD

_PERSIAN_VOWELS: Final = str.maketrans("!", "J", "A&+*")
# A voice ends in this for any vowel but و, whichever letter writes it: موسی, Mousa; فاطمه, Fateme.
_END: Final = "_"
_VOICE_VOWELS: Final = str.maketrans("", "", "A&+*" + _END)
_SOFT_J: Final = str.maketrans("!", "J")

# Latin letters that stand for one sound together, the longer ones first; then each letter alone, in codes.
# Who writes as in Arabic or Urdu puts u where Persian is written with o: Muhammad, Hussein, Abdullah, Nuruddin.
_ARABIC_HABITS: Final = (("muham", "moham"), ("hus", "hos"), ("ulla", "olla"), ("uddi", "oddi"))
_LATIN_PAIRS: Final = (
    ("tch", "C"), ("kh", "X"), ("gh", "K"), ("sh", "W"), ("ch", "C"), ("zh", "J"), ("ph", "F"), ("dj", "J"),
    ("ck", "#"),
)  # fmt: skip
_LATIN_LETTERS: Final = str.maketrans("bptsjhdzrfkglmnvwcqx", "BPTSJ*DZRF#$IMN&&#KS")
_BEGINNING: Final = re.compile("[aeiou]+")
_MIDDLE: Final = re.compile("[aeiouy]+")
_ENDING: Final = re.compile("([aeiouy]+)h?$")
_TWO_SYLLABLES: Final = re.compile("[iy][ae]+$|i(?:ei|ey|ee|i)$")


def is_latin(code: str) -> bool:
    """Tell whether a coded name was written in Latin letters."""
    return "a" <= code[:1] <= "z"


def voice(code: str) -> str:
    """Give what both scripts write of a name: consonants by their sound, and the vowels that Persian writes too."""
    if not code:
        return ""
    return _latin_voice(code) if is_latin(code) else _persian_voice(code)


def skeleton(code: str) -> str:
    """Give what is heard of a coded name: one letter a sound, no vowels after the first, no letter twice in a row."""
    if not code:
        return ""
    if is_latin(code):
        heard = _latin_voice(code)
        return heard[0] + _single(heard[1:].translate(_VOICE_VOWELS))
    heard = code.translate(HEARD)
    return heard[0].translate(_SOFT_J) + _single(heard[1:].translate(_PERSIAN_VOWELS))


def _persian_voice(code: str) -> str:
    heard = code.translate(HEARD).translate(_SOFT_J)
    first, rest = heard[0], heard[1:]
    if heard.startswith("X&A"):  # خواجه: the و is not heard
        rest = rest[1:]
    ending = ""
    if rest.endswith(("A", "*")):
        rest, ending = rest[:-1], _END
    elif rest.endswith("+"):
        rest, ending = rest.rstrip("+"), _END
    return first + _single(rest.replace("A", "") + ending)


@lru_cache(maxsize=65_536)
def _latin_voice(code: str) -> str:
    for letters, sound in (*_ARABIC_HABITS, *_LATIN_PAIRS):
        if letters in code:
            code = code.replace(letters, sound)
    first = ""
    begun = _BEGINNING.match(code)
    if begun:
        first, code = "A" + _written_vowels(begun[0] if begun[0] != "u" else ""), code[begun.end() :]
    elif code.startswith("y"):
        first, code = "+", code[1:]
    ended, ending = _ENDING.search(code), ""
    if ended:
        code, ending = code[: ended.start()], _written_ending(ended[1])
    rest = _MIDDLE.sub(lambda found: _written_vowels(found[0]), code).translate(_LATIN_LETTERS)
    whole = first + rest + ending
    return whole[0] + _single(whole[1:])


def _written_vowels(run: str) -> str:
    """Give the vowels of a run that Persian writes: و for u, oo, ou; ی for i, y, ee, ei."""
    signs = {"&": min(_places(run, ("u", "oo")), default=-1), "+": min(_places(run, ("i", "y", "ee")), default=-1)}
    return "".join(sorted((sign for sign, place in signs.items() if place >= 0), key=lambda sign: signs[sign]))


def _places(run: str, parts: tuple[str, ...]) -> list[int]:
    return [run.index(part) for part in parts if part in run]


def _written_ending(run: str) -> str:
    if run[-1] in "uo":
        return _written_vowels(run[:-1]).replace("&", "") + "&"
    before = "&" if "&" in _written_vowels(run) else ""
    return before + ("+" if _TWO_SYLLABLES.search(run) else "") + _END


def _single(letters: str) -> str:
    return "".join(letter for place, letter in enumerate(letters) if place == 0 or letters[place - 1] != letter)
