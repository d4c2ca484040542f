"""Belt and braces for the logs: whatever an event carries, nothing that looks like a person's own leaves in it.

Decides what looks like it. Events should carry ids only in the first place; this is for the day one does not.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

from sakha.vocabulary.identifiers import national_id_check_digit

# Words of field names, so that `mobile_sealed`, `headGivenName` and `father_name` are all caught.
_SECRET_WORDS: Final = frozenset(
    {
        *("national", "nationalid", "fida", "mobile", "phone", "telephone", "msisdn", "iban", "sheba", "card"),
        *("address", "postal", "birth", "payload", "password", "secret", "token", "cookie", "authorization", "keys"),
        *("given", "family", "father", "mother", "surname", "firstname", "lastname", "fullname", "person", "username"),
    }
)
# Fields that count or number a person: they carry no personal value and operators need them.
_OPEN_NAMES: Final = frozenset(
    {"person_id", "person_ids", "person_count", "persons", "national_count", "address_count", "family_count"}
)
# The machine that prints the event, not a person's text.
_MACHINE_NAMES: Final = frozenset({"timestamp", "level", "logger", "filename", "func_name", "lineno", "pathname"})

_STRIPPED: Final = "[removed]"
_ASCII_DIGITS: Final = {ord(sign): str(place % 10) for place, sign in enumerate("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩")}
_IBAN: Final = re.compile(r"\bIR[\s-]*\d{2}(?:[\s-]*\d){22}\b", re.IGNORECASE)
_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?98|0098|0)?[\s-]*9\d{2}[\s-]*\d{3}[\s-]*\d{4}(?!\d)")
_TEN_DIGITS: Final = re.compile(r"(?<![0-9A-Za-z.])\d{3}[\s-]?\d{6}[\s-]?\d(?![0-9A-Za-z])")
_LONG_DIGITS: Final = re.compile(r"(?<![0-9A-Za-z.-])\d{11,12}(?![0-9A-Za-z])")
_CARD: Final = re.compile(r"(?<!\d)\d{4}(?:[\s-]?\d{4}){3}(?!\d)")
# Events are English; Arabic script in one is somebody's text.
_PERSIAN: Final = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+(?:[\s\u200c]+[\u0600-\u06ff]+)*")
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Strip an event, in the form that structlog asks of the functions in its chain."""
    return {name: _strip_field(str(name), value) for name, value in event.items()}


def redact_text(text: str) -> str:
    """Strip everything from a text that looks like a number or a name of a person."""
    folded = text.translate(_ASCII_DIGITS)
    stripped = _IBAN.sub("[iban]", folded)
    stripped = _CARD.sub("[card]", stripped)
    stripped = _MOBILE.sub("[mobile]", stripped)
    stripped = _TEN_DIGITS.sub(_strip_national_id, stripped)
    stripped = _LONG_DIGITS.sub("[code]", stripped)
    return _PERSIAN.sub("[text]", stripped)


def is_secret_name(name: str) -> bool:
    """Whether a field of this name is never printed, whatever stands in it."""
    if name in _OPEN_NAMES:
        return False
    words = {word.lower() for word in _WORDS.findall(name)}
    return not words.isdisjoint(_SECRET_WORDS) or name.lower() in _SECRET_WORDS


def _strip_field(name: str, value: object) -> object:
    if name in _MACHINE_NAMES:
        return value
    return _STRIPPED if is_secret_name(name) else _strip_value(value)


def _strip_value(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if redact_text(str(value)) == str(value) else _STRIPPED
    if isinstance(value, Mapping):
        return {name: _strip_field(str(name), held) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_strip_value(held) for held in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return _STRIPPED
    return redact_text(value if isinstance(value, str) else repr(value))


def _strip_national_id(found: re.Match[str]) -> str:
    digits = "".join(sign for sign in found.group() if sign.isdigit())
    # Ten digits without the right check digit are a timestamp or a counter nine times in ten (exactly: 9 of 11).
    return "[id]" if national_id_check_digit(digits[:9]) == digits[9] else found.group()
