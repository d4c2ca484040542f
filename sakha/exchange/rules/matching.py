"""Asking by keyed digest instead of an identifier: the formula, and which digests are asked for.

Decides what is digested and how; who has a key is decided where keys are kept.
"""

import hmac
import secrets
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

KEY_KIND: Final = "digest_key"  # as what a key is sealed
DIGEST_KEY_BYTES: Final = 32
DIGEST_KEYS_MAX: Final = 2  # the present one and its follower, so that a partner changes over without a gap


class TooManyDigestKeys(Refusal):
    """The client has a key and its follower."""

    code: ClassVar[str] = "TOO_MANY_DIGEST_KEYS"
    sentence: ClassVar[str] = "این برنامه دو کلید چکیده دارد. نخست یکی را پایان دهید."


def draw_digest_key() -> str:
    """A key as it is handed to a partner: hexadecimal letters."""
    return secrets.token_hex(DIGEST_KEY_BYTES)


def digest_identifier(digest_key: str, identifier: str) -> bytes:
    """HMAC-SHA256 over the identifier's ASCII digits as they are kept (a national ID has ten)."""
    return hmac.digest(bytes.fromhex(digest_key), identifier.encode("ascii"), "sha256")


def is_digested(text: str) -> bool:
    """Whether it is a number that a partner may know; persons without one are kept by words of a body."""
    return text.isascii() and text.isdigit()
