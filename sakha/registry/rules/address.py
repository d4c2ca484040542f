"""Where in an address its postal code stands: intake writes it behind the words of the address.

Decides what is taken for one; whether it is that household's, the post knows.
"""

import re
from typing import Final

from sakha.vocabulary.identifiers import is_strict_postal_code

_TEN_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{10}(?![0-9])", re.ASCII)


def postal_code_in(address: str) -> str:
    """The last number of the address that has the form of a postal code; empty where there is none."""
    found = [code for code in _TEN_DIGITS.findall(address) if is_strict_postal_code(code)]
    return found[-1] if found else ""
