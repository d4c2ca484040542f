"""Our key and the banks' keys: signing what goes out, and proving who sent what comes in."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from sakha.databanks.banks.installation import BankAccess, BanksFileInvalid, installation
from sakha.vocabulary.message_signing import ALGORITHM, SignatureBad, canonical, sign_http, sign_jws, verify


def signed_envelope(
    access: BankAccess, header: Mapping[str, Any], message: Mapping[str, Any], *, at: datetime
) -> dict[str, Any]:
    """An envelope signed in the practice of the bank. Raises: BanksFileInvalid."""
    content, key, name = canonical(header, message), _own_key(), _own_name()
    if access.signature == "JWS":
        signature = sign_jws(content, key=key, key_name=name)
    else:
        signature = sign_http(content, key=key, key_name=name, at=at)
    return {"signature": signature, "header": header, "message": message}


def verify_envelope(access: BankAccess, told: Any, *, at: datetime) -> None:
    """Refuse an envelope that the bank has not signed. Raises: SignatureBad."""
    header = told.get("header") if isinstance(told, Mapping) else None
    message = told.get("message") if isinstance(told, Mapping) else None
    if not isinstance(told, Mapping) or not isinstance(header, Mapping) or not isinstance(message, Mapping):
        raise SignatureBad(reason="no envelope")
    content = canonical(header, message)
    verify(told.get("signature"), content, keys=_keys_of(access), practice=access.signature, at=at)


def verify_body(access: BankAccess, signature: str, body: bytes, *, at: datetime) -> None:
    """Refuse a body whose detached signature is not the bank's. Raises: SignatureBad."""
    verify(signature, body, keys=_keys_of(access), practice="JWS", at=at)


def own_public_keys() -> dict[str, Any]:
    """Our public keys as a JWK set, for the banks to fetch."""
    if installation().signing_key_file is None:
        return {"keys": []}
    raw = _own_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    coded = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": coded, "kid": _own_name(), "use": "sig", "alg": ALGORITHM}]}


def _own_name() -> str:
    return f"{installation().sender_id}|{installation().signing_key_id}"


def _own_key() -> Ed25519PrivateKey:
    path = installation().signing_key_file
    if path is None:
        raise BanksFileInvalid(field="signing_key_file", reason="signing_key_file")
    return _read_private(path, _changed(path))


def _keys_of(access: BankAccess) -> Mapping[str, Ed25519PublicKey]:
    path = access.public_keys_file
    return {} if path is None else _read_public(path, _changed(path))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        raise BanksFileInvalid(field="keys", reason=path.name) from None


@lru_cache(maxsize=8)
def _read_private(path: Path, _time: int) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise BanksFileInvalid(field="signing_key_file", reason=path.name) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BanksFileInvalid(field="signing_key_file", reason=path.name)
    return key


@lru_cache(maxsize=64)
def _read_public(path: Path, _time: int) -> Mapping[str, Ed25519PublicKey]:
    """A set of JWKs, each named `kid` as its signatures name it."""
    try:
        lines = json.loads(path.read_text())["keys"]
        return {
            line["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(line["x"] + "=="))
            for line in lines
            if line.get("kty") == "OKP" and line.get("crv") == "Ed25519"
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BanksFileInvalid(field="public_keys_file", reason=path.name) from None
