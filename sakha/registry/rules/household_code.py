"""The code by which people name a household aloud: K7M-42Q, Crockford's base 32.

Decides how a code is read back; it is made in the database from the household's id (migration 0002).
"""

import re
from typing import Final

from sakha.vocabulary.digits import fold_digits

_NOISE: Final = re.compile(r"[\s\u200c\u200e\u200f‐-―_.\-]+")
# Crockford leaves out what is misread, and reads it as what was meant.
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{6}")


def find_household_code(text: str) -> str | None:
    """The code in its stored form, or None when the text is no code."""
    compact = _NOISE.sub("", fold_digits(text)).upper().translate(_MISREAD)
    return f"{compact[:3]}-{compact[3:]}" if _CODE.fullmatch(compact) else None
