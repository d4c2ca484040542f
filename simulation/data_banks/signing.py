"""Signs and checks envelopes by the two practices of `docs/databanks.md`, written from the document alone.

The canonical form is RFC 8785 as far as envelopes need it: objects, lists, text, whole numbers, true, false, null.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VALID_SECONDS = 300
SKEW_SECONDS = 60
_FIELD = re.compile(r'(\w+)="([^"]*)"')


class NotSignedError(ValueError):
    """The signature is missing, malformed, expired or wrong."""


@dataclass(frozen=True, slots=True)
class Key:
    """A sender's signing key with its name."""

    sender_id: str
    key_id: str
    private: Ed25519PrivateKey

    @property
    def jwk(self) -> dict[str, str]:
        """The public half."""
        raw = self.private.public_key().public_bytes_raw()
        return {
            "kty": "OKP", "crv": "Ed25519", "x": _url64(raw), "kid": f"{self.sender_id}|{self.key_id}", "use": "sig",
            "alg": "EdDSA",
        }  # fmt: skip


def canonical(value: Any) -> bytes:
    """Write a value so that everybody gets the same bytes."""
    _require_plain(value)
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _ordered(value: Any) -> Any:
    """Order keys by UTF-16 code units, as RFC 8785 asks."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [_ordered(one) for one in value] if isinstance(value, list) else value


def _require_plain(value: Any) -> None:
    if isinstance(value, float):
        raise NotSignedError("an envelope holds no fractions")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _require_plain(one)


def sign(practice: str, key: Key, signed: bytes, now: int) -> str:
    """Sign bytes by a practice."""
    if practice == "JWS":
        head = _url64(canonical({"alg": "EdDSA", "kid": f"{key.sender_id}|{key.key_id}"}))
        return f"{head}..{_url64(key.private.sign(f'{head}.{_url64(signed)}'.encode()))}"
    text = _http_text(now, now + VALID_SECONDS, signed)
    return (
        f'namespace="dci", kidId="{key.sender_id}|{key.key_id}|ed25519", algorithm="ed25519", created="{now}",'
        f' expires="{now + VALID_SECONDS}", headers="(created) (expires) digest",'
        f' signature="{base64.b64encode(key.private.sign(text)).decode()}"'
    )


def verify(practice: str, keys: dict[str, Ed25519PublicKey], signed: bytes, signature: str, now: int) -> str:
    """Check a signature and give the sender's id.

    Raises:
        NotSignedError: when anything about it is wrong.
    """
    try:
        key_name, text, value = (
            _read_jws(signature, signed) if practice == "JWS" else _read_http(signature, signed, now)
        )
        keys[key_name].verify(value, text)
    except (InvalidSignature, KeyError, ValueError, binascii.Error) as error:
        raise NotSignedError(str(error) or "the signature does not fit") from None
    return key_name.partition("|")[0]


def _read_jws(signature: str, signed: bytes) -> tuple[str, bytes, bytes]:
    head, middle, value = signature.split(".")
    if middle:
        raise NotSignedError("the JWS is not detached")
    protected = json.loads(_un_url64(head))
    if protected.get("alg") != "EdDSA":
        raise NotSignedError("another algorithm")
    return str(protected["kid"]), f"{head}.{_url64(signed)}".encode(), _un_url64(value)


def _read_http(signature: str, signed: bytes, now: int) -> tuple[str, bytes, bytes]:
    fields = dict(_FIELD.findall(signature))
    if fields["namespace"] not in {"dci", "spdci"} or fields["headers"] != "(created) (expires) digest":
        raise NotSignedError("another namespace or other headers")
    created, expires = int(fields["created"]), int(fields["expires"])
    if not created - SKEW_SECONDS <= now <= expires + SKEW_SECONDS or expires - created > VALID_SECONDS:
        raise NotSignedError("not valid now")
    key_name, _, algorithm = fields["kidId"].rpartition("|")
    if algorithm != "ed25519" or fields["algorithm"] != "ed25519":
        raise NotSignedError("another algorithm")
    return key_name, _http_text(created, expires, signed), base64.b64decode(fields["signature"], validate=True)


def _http_text(created: int, expires: int, signed: bytes) -> bytes:
    digest = base64.b64encode(hashlib.sha256(signed).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: {digest}".encode()


def read_keys(document: dict[str, Any]) -> dict[str, Ed25519PublicKey]:
    """Read a set of public keys by name."""
    return {
        str(one["kid"]): Ed25519PublicKey.from_public_bytes(_un_url64(str(one["x"])))
        for one in document["keys"]
        if one.get("crv") == "Ed25519"
    }


def _url64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _un_url64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
