"""The keys of a deployment, as a text of one key a line, and what makes such a text wrong.

Decides which key is used for writing; where the text is kept is left to the settings.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from os import urandom
from typing import ClassVar, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sakha.vocabulary.refusal import Refusal

KEY_LENGTH: Final = 32
_KEY_IDS: Final = range(1, 65536)
_SEAL: Final = "seal"
_INDEX: Final = "index"
_WAITING: Final = "waiting"
_PEOPLE: Final = "people"
_WORD_COUNTS: Final = range(3, 5)

_HEADING: Final = """\
# Sakha's keys, one a line: purpose, number, 32 bytes in base64. The highest number writes, all of them read.
# A key marked "waiting" reads already and does not write yet (several machines: docs/security.md).
# A line "people real" or "people simulated" says of whom they are: others are refused with them.
# Whoever loses this file loses every identifier; whoever copies it can read them.
"""


class KeyRingInvalid(Refusal):
    """The keys can't be used: the sentence names the line, never the key."""

    code: ClassVar[str] = "KEY_RING_INVALID"
    sentence: ClassVar[str] = "کلیدهای رمزنگاری درست نیستند: {reason}"


class People(StrEnum):
    """Of whom a house is: its database and its keys say so, once."""

    REAL = "real"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True, eq=False)
class KeyRing:
    """All keys of a deployment. Any of them reads, the current one writes. `repr` shows numbers only.

    `people` None: nobody said of whom they are.
    """

    seal_key_id: int
    index_key_id: int
    ciphers: Mapping[int, AESGCM] = field(repr=False)
    index_keys: Mapping[int, bytes] = field(repr=False)
    people: People | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    purpose: str
    key_id: int
    key: bytes = field(repr=False)
    is_waiting: bool


@lru_cache(maxsize=4)
def parse_key_ring(text: str) -> KeyRing:
    """Read the keys; lines may also be parted by semicolons, for an environment variable of one line."""
    lines = list(_read_lines(text))
    return KeyRing(
        seal_key_id=_current(lines, _SEAL),
        index_key_id=_current(lines, _INDEX),
        ciphers={line.key_id: AESGCM(line.key) for line in lines if line.purpose == _SEAL},
        index_keys={line.key_id: line.key for line in lines if line.purpose == _INDEX},
        people=_read_people(text),
    )


def generate_key_ring() -> str:
    """Draw a first ring: one key to seal and another to index."""
    return f"{_HEADING}{_write_line(_SEAL, 1)}{_write_line(_INDEX, 1)}"


def say_people(text: str, people: People) -> str:
    """Say of whom the keys are. Raises: KeyRingInvalid, where they are of others already."""
    said = parse_key_ring(text).people
    if said not in {None, people}:
        raise KeyRingInvalid(reason=f"این کلیدها برای people {said} است، نه people {people}.")
    return text if said else f"{text.rstrip()}\n{_PEOPLE} {people}\n"


def add_keys(text: str, *, is_waiting: bool = False) -> str:
    """Add a new key of each purpose; the old ones stay, for what was written with them."""
    ring = parse_key_ring(text)
    mark = f" {_WAITING}" if is_waiting else ""
    seal = _write_line(_SEAL, max(ring.ciphers) + 1, mark)
    index = _write_line(_INDEX, max(ring.index_keys) + 1, mark)
    return f"{text.rstrip()}\n{seal}{index}"


def end_waiting(text: str) -> str:
    """Let the waiting keys write, once every machine has them."""
    return "".join(f"{line.removesuffix(_WAITING).rstrip()}\n" for line in _lines(text))


def drop_keys(text: str, *, seal_below: int, index_below: int) -> str:
    """Take out the keys that nothing is written with any more, after a finished rotation."""
    floors = {_SEAL: seal_below, _INDEX: index_below}
    kept: list[str] = []
    for line in _lines(text):
        words = line.split()
        if not words or words[0] not in floors or int(words[1]) >= floors[words[0]]:
            kept.append(f"{line}\n")
    return "".join(kept)


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from [line.rstrip()] if line.startswith("#") else (part.strip() for part in line.split(";"))


def _write_line(purpose: str, key_id: int, mark: str = "") -> str:
    return f"{purpose} {key_id} {base64.b64encode(urandom(KEY_LENGTH)).decode()}{mark}\n"


def _read_lines(text: str) -> Iterator[_Line]:
    seen_ids: set[tuple[str, int]] = set()
    seen_keys: set[bytes] = set()
    for number, raw in enumerate(_lines(text), start=1):
        words = raw.split()
        if not words or words[0].startswith("#") or words[0] == _PEOPLE:
            continue
        line = _read_line(words, number)
        if (line.purpose, line.key_id) in seen_ids:
            raise KeyRingInvalid(reason=f"سطر {number}: این شماره پیش‌تر آمده است.")
        if line.key in seen_keys:
            raise KeyRingInvalid(reason=f"سطر {number}: این کلید پیش‌تر آمده است؛ هر کلید تنها یک کار دارد.")
        seen_ids.add((line.purpose, line.key_id))
        seen_keys.add(line.key)
        yield line


def _read_people(text: str) -> People | None:
    said = {words[1] for raw in _lines(text) if len(words := raw.split()) > 1 and words[0] == _PEOPLE}
    if not said:
        return None
    if len(said) > 1 or not said <= set(People):
        raise KeyRingInvalid(reason="سطر people یک بار و real یا simulated است.")
    return People(said.pop())


def _read_line(words: list[str], number: int) -> _Line:
    if len(words) not in _WORD_COUNTS or words[0] not in {_SEAL, _INDEX} or words[3:] not in ([], [_WAITING]):
        raise KeyRingInvalid(reason=f"سطر {number} باید به این شکل باشد: seal 1 …")
    key_id = int(words[1]) if words[1].isascii() and words[1].isdigit() else 0
    if key_id not in _KEY_IDS:
        raise KeyRingInvalid(reason=f"سطر {number}: شماره باید از ۱ تا ۶۵۵۳۵ باشد.")
    try:
        key = base64.b64decode(words[2], validate=True)
    except binascii.Error:
        # The cause would carry the text of the key into a log.
        raise KeyRingInvalid(reason=f"سطر {number}: کلید base64 نیست.") from None
    if len(key) != KEY_LENGTH:
        raise KeyRingInvalid(reason=f"سطر {number}: کلید باید {KEY_LENGTH} بایت باشد.")
    if len(set(key)) == 1:
        raise KeyRingInvalid(reason=f"سطر {number}: کلید تصادفی نیست.")
    return _Line(words[0], key_id, key, len(words) == _WORD_COUNTS[-1])


def _current(lines: list[_Line], purpose: str) -> int:
    current = max((line.key_id for line in lines if line.purpose == purpose and not line.is_waiting), default=0)
    if not current:
        raise KeyRingInvalid(reason=f"کلید {purpose} نیست.")
    return current
