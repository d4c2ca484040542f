"""Signatures of messages between registries, in the two practices of SP DCI (`docs/databanks.md`), Ed25519 both.

The bytes signed are the canonical form of RFC 8785, so that a Persian name gives the same bytes in every language.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from sakha.vocabulary.refusal import Refusal

_JWS_DOTS: Final = 2
# RFC 7797 lets `b64` change what is signed, and `crit` makes more of a header binding; no partner of the standard does.
_FORBIDDEN_HEADERS: Final = frozenset({"b64", "crit"})
# RFC 9864 calls it Ed25519 today; the standard's partners still write and expect its older name.
ALGORITHM: Final = "EdDSA"
VALID_FOR: Final = timedelta(seconds=300)
SKEW: Final = timedelta(seconds=60)
_PAIR: Final = re.compile(r'(\w+)="([^"]*)"')
_HEADERS: Final = "(created) (expires) digest"
_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
# After the sign that a value begins: a number that is long or no whole one. A text that looks so goes the long way too.
_ODD_NUMBER: Final = "-?(?:[0-9]{16}|[0-9]+[.eE]|Infinity|NaN)"
_NOT_PLAIN: Final = re.compile(rf'":{_ODD_NUMBER}|,{_ODD_NUMBER}|\[{_ODD_NUMBER}'.encode())
_BEYOND_THE_PLANE: Final = re.compile(b"[\xf0-\xf4]")  # begins a character of four bytes


class _BothNames(jws.JWSRegistry):
    """Both names of the one algorithm, the older one without the library's warning."""

    def get_alg(self, name: str) -> jws.JWSAlgModel:  # type: ignore[name-defined] # the library doesn't re-export it
        """The algorithm, where it is ours."""
        if name not in {"EdDSA", "Ed25519"}:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


_REGISTRY: Final = _BothNames()


class SignatureBad(Refusal):
    """Not signed, signed by somebody else, changed, or too old."""

    code: ClassVar[str] = "SIGNATURE_BAD"
    sentence: ClassVar[str] = "امضای این پیام پذیرفته نشد ({reason})."

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="signature", reason=reason)
        self.reason = reason


def canonical(header: Mapping[str, Any], message: Mapping[str, Any]) -> bytes:
    """The bytes of an envelope that are signed."""
    return canonical_of({"header": header, "message": message})


def canonical_of(told: Any) -> bytes:
    """The one form of a JSON value. Raises: SignatureBad where it has none.

    Where no fraction, no number beyond 53 bits and no character beyond the basic plane is in sight, Python's own writer
    with sorted keys gives the same bytes ten times faster (a test compares); all else goes the long way.
    """
    try:
        content = _PLAIN.encode(told).encode()
        is_plain = (
            isinstance(told, Mapping) and not _NOT_PLAIN.search(content) and not _BEYOND_THE_PLANE.search(content)
        )
        return content if is_plain else rfc8785.dumps(told)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError, TypeError, ValueError):
        raise SignatureBad(reason="no canonical form") from None


def sign_jws(content: bytes, *, key: Ed25519PrivateKey, key_name: str) -> str:
    """A detached compact JWS: `header..signature`."""
    whole = jws.serialize_compact({"alg": ALGORITHM, "kid": key_name}, content, _jwk(key), registry=_REGISTRY)
    return str(jws.detach_content(whole))


def sign_http(content: bytes, *, key: Ed25519PrivateKey, key_name: str, at: datetime) -> str:
    """A signature in the manner of HTTP signatures, as one line."""
    created, expires = int(at.timestamp()), int((at + VALID_FOR).timestamp())
    signed = base64.b64encode(key.sign(_signed_text(created, expires, content))).decode()
    return (
        f'namespace="dci", kidId="{key_name}|ed25519", algorithm="ed25519", created="{created}", expires="{expires}",'
        f' headers="{_HEADERS}", signature="{signed}"'
    )


def verify(
    signature: Any, content: bytes, *, keys: Mapping[str, Ed25519PublicKey], practice: str, at: datetime
) -> None:
    """Refuse what none of the sender's keys has signed. `keys` are named as the signature names them.

    Raises: SignatureBad.
    """
    if not isinstance(signature, str) or not signature:
        raise SignatureBad(reason="missing")
    if practice == "JWS":
        _verify_jws(signature, content, keys)
    else:
        _verify_http(signature, content, keys, at)


def require_fresh(told: Any, *, at: datetime) -> None:
    """Refuse a message whose time is not now. Raises: SignatureBad."""
    try:
        told_at = datetime.fromisoformat(told)
        is_fresh = abs(told_at - at) <= VALID_FOR + SKEW
    except (TypeError, ValueError, OverflowError):
        raise SignatureBad(reason="message_ts") from None
    if not is_fresh:
        raise SignatureBad(reason="message_ts")


def _verify_jws(signature: str, content: bytes, keys: Mapping[str, Ed25519PublicKey]) -> None:
    """The library reads `payload` only where the middle is empty; what a signature carries itself proves nothing."""
    if signature.count(".") != _JWS_DOTS or ".." not in signature:
        raise SignatureBad(reason="not detached")
    try:
        header = jws.extract_compact(signature.encode()).headers()
        if not _FORBIDDEN_HEADERS.isdisjoint(header):
            raise SignatureBad(reason="header not taken")
        named = header.get("kid")
        key = keys.get(named) if isinstance(named, str) else None
        if key is None:
            raise SignatureBad(reason="unknown key")
        jws.deserialize_compact(signature, _jwk(key), registry=_REGISTRY, payload=content)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise SignatureBad(reason="not signed by this key") from None


def _verify_http(signature: str, content: bytes, keys: Mapping[str, Ed25519PublicKey], at: datetime) -> None:
    told = dict(_PAIR.findall(signature))
    name, _, algorithm = told.get("kidId", "").rpartition("|")
    key = keys.get(name)
    if key is None or algorithm != "ed25519" or told.get("headers") != _HEADERS:
        raise SignatureBad(reason="unknown key")
    created, expires = _seconds(told.get("created", "")), _seconds(told.get("expires", ""))
    now, skew = int(at.timestamp()), int(SKEW.total_seconds())
    if not created - skew <= now <= expires + skew or expires - created > VALID_FOR.total_seconds():
        raise SignatureBad(reason="too old")
    try:
        key.verify(base64.b64decode(told.get("signature", ""), validate=True), _signed_text(created, expires, content))
    except (InvalidSignature, binascii.Error, ValueError):
        raise SignatureBad(reason="not signed by this key") from None


def _signed_text(created: int, expires: int, content: bytes) -> bytes:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: {digest}".encode()


def _seconds(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 12 else 0  # noqa: PLR2004 -- seconds since 1970


def _jwk(key: Ed25519PrivateKey | Ed25519PublicKey) -> OKPKey:
    return OKPKey.import_key(key)
