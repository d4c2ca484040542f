"""Makes the link and the code of invitations, and the digests by which they are known again.

The texts themselves stand nowhere but in the message: whoever reads the database can open no door.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index_many
from sakha.coordination.rules.sms_text import CODE_LENGTH, LINK_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorKey:
    """A link and a code, and what is kept of them."""

    link: str = field(repr=False)
    code: str = field(repr=False)
    link_digest: bytes
    code_digest: bytes


def make_door_keys(ring: KeyRing, numbers: Sequence[str]) -> list[DoorKey]:
    """One for each of these phones; the code counts together with its own number alone."""
    # 9 random bytes are 12 letters that may stand in an address: 72 bits, and behind them the phone itself
    links = [secrets.token_urlsafe(LINK_LENGTH * 3 // 4) for _ in numbers]
    codes = [make_code(CODE_LENGTH) for _ in numbers]
    code_texts = [code_text(number, code) for number, code in zip(numbers, codes, strict=True)]
    made = zip(
        links,
        codes,
        blind_index_many(ring, IndexKind.DIGEST, [link_text(link) for link in links]),
        blind_index_many(ring, IndexKind.DIGEST, code_texts),
        strict=True,
    )
    return [DoorKey(link=link, code=code, link_digest=one, code_digest=other) for link, code, one, other in made]


def make_code(length: int) -> str:
    """Random digits, which every phone can type: one draw for all of them, a campaign makes a million."""
    return f"{secrets.randbelow(10**length):0{length}}"


def link_text(link: str) -> str:
    """What a link is digested as."""
    return f"door\x1f{link}"


def code_text(number: str, code: str) -> str:
    """What an invitation's code is digested as."""
    return f"invitation\x1f{number}\x1f{code}"


def sign_in_text(invitation_id: int, code: str) -> str:
    """What a one-time code is digested as."""
    return f"sign-in\x1f{invitation_id}\x1f{code}"
