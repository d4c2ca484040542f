"""How a partner writes and may be written to: its name, the practice of its signatures, its keys, its addresses."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sakha.access.rules.clients import Client
from sakha.exchange.rules.addresses import read_target
from sakha.exchange.rules.refusals import MessageRefused
from sakha.vocabulary.message_signing import (
    ALGORITHM,
    SignatureBad,
    canonical,
    require_fresh,
    sign_http,
    sign_jws,
    verify,
)
from sakha.vocabulary.refusal import Refusal

_KEYS_MAX: Final = 8
_KEY_LENGTH: Final = 32
_UNSIGNED: Final = "unsigned"


class Practice(StrEnum):
    """How messages are signed. NONE leaves the proof to the line: for sandboxes and clients bound to a certificate."""

    NONE = "NONE"
    JWS = "JWS"
    HTTP = "HTTP"


class PartnerInvalid(Refusal):
    """What was told of a partner does not go together."""

    code: ClassVar[str] = "PARTNER_INVALID"
    sentence: ClassVar[str] = "این طرف تبادل را نمی‌شود چنین ثبت کرد: {reason}"

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="partner", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A client's way of writing. Without a sender's name any is taken: the token says who it is."""

    sender_id: str = ""
    practice: Practice = Practice.NONE
    public_keys: tuple[Mapping[str, str], ...] = ()
    reply_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnKey:
    """Our key for signing and the name under which its public half is published."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)


def require_partner(partner: Partner, *, named_hosts: Sequence[str]) -> None:
    """Refuse what can't work. Raises: PartnerInvalid, AddressRefused."""
    if len(partner.public_keys) > _KEYS_MAX:
        raise PartnerInvalid(reason="too many keys")
    if partner.practice is not Practice.NONE and (not partner.public_keys or not partner.sender_id):
        raise PartnerInvalid(reason="who signs has a sender_id and at least one key")
    keys_of(partner)
    for origin in partner.reply_origins:
        read_target(origin, named_hosts=named_hosts)


def keys_of(partner: Partner) -> dict[str, Ed25519PublicKey]:
    """The partner's public keys, named as its signatures name them. Raises: PartnerInvalid."""
    keys: dict[str, Ed25519PublicKey] = {}
    for line in partner.public_keys:
        try:
            raw = base64.urlsafe_b64decode(line["x"] + "==")
            keys[line["kid"]] = Ed25519PublicKey.from_public_bytes(raw)
        except (KeyError, ValueError, TypeError, binascii.Error):
            raise PartnerInvalid(reason="a key is a JWK: kty OKP, crv Ed25519, x, kid") from None
    return keys


def verify_message(partner: Partner, told: Mapping[str, Any], *, sender_id: str, at: datetime) -> None:
    """Refuse a message that the partner has not signed as it should. Raises: MessageRefused.

    A partner without signatures may leave the field out or say `unsigned…`; anything else there claims to be one, and
    nobody can prove it.
    """
    if partner.sender_id and sender_id and sender_id != partner.sender_id:
        raise MessageRefused(reason="sender_id is not this client's", error="err.sender_id.invalid")
    signature = told.get("signature")
    if partner.practice is Practice.NONE:
        if signature is None or (isinstance(signature, str) and (not signature or signature.startswith(_UNSIGNED))):
            return
        raise MessageRefused(reason="this client has no key to prove a signature with", error="err.signature.invalid")
    if signature is None or signature == "":
        raise MessageRefused(reason="the message is not signed", error="err.signature.missing")
    header, message = told["header"], told["message"]
    try:
        verify(signature, canonical(header, message), keys=keys_of(partner), practice=partner.practice, at=at)
        require_fresh(header.get("message_ts"), at=at)
    except SignatureBad as refusal:
        raise MessageRefused(reason=refusal.reason, error="err.signature.invalid") from None


def require_proof(partner: Partner, client: Client, *, is_demonstration: bool) -> None:
    """Refuse live clients that neither sign nor come with a certificate of their own. Raises: MessageRefused.

    A key alone can be copied out of any file; what a sandbox or a demonstration tells is simulated.
    """
    is_proved = partner.practice is not Practice.NONE or bool(client.certificate_fingerprint)
    if not is_proved and not client.is_sandbox and not is_demonstration:
        raise MessageRefused(reason="a live client signs, or has a certificate", error="err.signature.missing")


def sign_message(
    own: OwnKey, header: Mapping[str, Any], message: Mapping[str, Any], *, practice: Practice, at: datetime
) -> dict[str, Any]:
    """An envelope of ours, signed as the partner expects; who does not sign gets a JWS that it may leave unread."""
    content = canonical(header, message)
    if practice is Practice.HTTP:
        signature = sign_http(content, key=own.key, key_name=own.name, at=at)
    else:
        signature = sign_jws(content, key=own.key, key_name=own.name)
    return {"signature": signature, "header": header, "message": message}


def derive_key(secret: bytes, *, name: str) -> OwnKey:
    """Our signing key, derived from a key of the ring (RFC 5869): one secret less to keep, renewed with the ring."""
    seed = HKDF(algorithm=SHA256(), length=_KEY_LENGTH, salt=None, info=b"sakha exchange ed25519").derive(secret)
    return OwnKey(name, Ed25519PrivateKey.from_private_bytes(seed))


def public_jwk(own: OwnKey) -> dict[str, str]:
    """The public half as others read it."""
    raw = own.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    coded = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": coded, "kid": own.name, "use": "sig", "alg": ALGORITHM}
