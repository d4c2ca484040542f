"""Messages are proved in both practices, with Persian names, by another library than the one that signed them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sakha.exchange.rules.outbox import ATTEMPTS_MAX, next_attempt_at, sign_webhook
from sakha.exchange.rules.partners import (
    OwnKey,
    Partner,
    PartnerInvalid,
    Practice,
    derive_key,
    public_jwk,
    require_partner,
    sign_message,
    verify_message,
)
from sakha.exchange.rules.refusals import MessageRefused
from sakha.vocabulary.message_signing import sign_http, sign_jws

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
OWN = derive_key(bytes(range(32)), name="sakha|1")
THEIRS = OwnKey("komak|7", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
HEADER = {"message_id": "m", "message_ts": AT.isoformat(), "action": "on-search"}
MESSAGE = {"search_response": [{"name": {"given_name": "محمّدرضا", "surname": "آل‌یاسین"}, "share": 0.1}]}


def content() -> bytes:
    return rfc8785.dumps({"header": HEADER, "message": MESSAGE})


def public_key() -> Ed25519PublicKey:
    raw = base64.urlsafe_b64decode(public_jwk(OWN)["x"] + "==")
    return Ed25519PublicKey.from_public_bytes(raw)


def test_what_we_sign_as_jws_is_proved_by_hand() -> None:
    envelope = sign_message(OWN, HEADER, MESSAGE, practice=Practice.JWS, at=AT)
    head, _, signature = envelope["signature"].split(".")

    coded = base64.urlsafe_b64encode(content()).rstrip(b"=")
    public_key().verify(base64.urlsafe_b64decode(signature + "=="), head.encode() + b"." + coded)
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["kid"] == public_jwk(OWN)["kid"] == "sakha|1"
    assert "محمّدرضا".encode() in content()


def test_what_we_sign_as_http_signature_is_proved_by_hand() -> None:
    envelope = sign_message(OWN, HEADER, MESSAGE, practice=Practice.HTTP, at=AT)
    told = dict(re.findall(r'(\w+)="([^"]*)"', envelope["signature"]))

    digest = base64.b64encode(hashlib.sha256(content()).digest()).decode()
    signed = f"(created): {told['created']}\n(expires): {told['expires']}\ndigest: {digest}".encode()
    public_key().verify(base64.b64decode(told["signature"]), signed)


@pytest.mark.parametrize("practice", [Practice.JWS, Practice.HTTP])
def test_what_another_library_signed_is_proved_and_one_changed_letter_is_not(practice: Practice) -> None:
    partner = Partner(sender_id="komak", practice=practice, public_keys=(public_jwk(THEIRS),))
    told: dict[str, Any] = {"header": HEADER, "message": MESSAGE}
    if practice is Practice.JWS:
        head = base64.urlsafe_b64encode(b'{"alg":"EdDSA","kid":"komak|7"}').rstrip(b"=").decode()
        coded = base64.urlsafe_b64encode(content()).rstrip(b"=").decode()
        signed = base64.urlsafe_b64encode(THEIRS.key.sign(f"{head}.{coded}".encode())).rstrip(b"=").decode()
        told["signature"] = f"{head}..{signed}"
    else:
        created = int(AT.timestamp())
        digest = base64.b64encode(hashlib.sha256(content()).digest()).decode()
        text = f"(created): {created}\n(expires): {created + 300}\ndigest: {digest}".encode()
        signature = base64.b64encode(THEIRS.key.sign(text)).decode()
        told["signature"] = (
            f'namespace="spdci", kidId="komak|7|ed25519", algorithm="ed25519", created="{created}",'
            f' expires="{created + 300}", headers="(created) (expires) digest", signature="{signature}"'
        )

    verify_message(partner, told, sender_id="komak", at=AT)
    changed = json.loads(json.dumps(told).replace("\\u0651", ""))
    for wrong in (
        changed,
        {**told, "signature": "invalid-signature"},
        {**told, "signature": ""},
        {**told, "signature": 5},
    ):
        with pytest.raises(MessageRefused):
            verify_message(partner, wrong, sender_id="komak", at=AT)
    with pytest.raises(MessageRefused, match="DCI_REFUSED"):
        verify_message(partner, told, sender_id="somebody", at=AT)
    with pytest.raises(MessageRefused):
        verify_message(partner, told, sender_id="komak", at=AT + timedelta(hours=1))


def test_a_partner_without_keys_may_not_claim_a_signature() -> None:
    told = {"header": HEADER, "message": MESSAGE}

    for signature in (None, "", "unsigned", "unsigned-stub"):
        verify_message(Partner(), {**told, "signature": signature}, sender_id="anybody", at=AT)
    for signature in ("invalid-signature", ["unsigned"], 5, sign_jws(content(), key=THEIRS.key, key_name="komak|7")):
        with pytest.raises(MessageRefused) as refused:
            verify_message(Partner(), {**told, "signature": signature}, sender_id="anybody", at=AT)
        assert refused.value.error == "err.signature.invalid"


def test_a_partner_that_signs_needs_a_name_and_keys() -> None:
    require_partner(Partner(), named_hosts=())
    for wrong in (
        Partner(practice=Practice.JWS),
        Partner(practice=Practice.HTTP, sender_id="komak"),
        Partner(sender_id="komak", practice=Practice.JWS, public_keys=({"kid": "x", "x": "short"},)),
    ):
        with pytest.raises(PartnerInvalid):
            require_partner(wrong, named_hosts=())


def test_attempts_wait_longer_and_end() -> None:
    waits = [next_attempt_at(count, at=AT) for count in range(1, ATTEMPTS_MAX + 1)]

    assert waits[0] == AT + timedelta(seconds=15)
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[-2] == AT + timedelta(hours=6)
    assert waits[-1] is None


def test_a_webhook_is_signed_as_its_specification_says() -> None:
    headers = sign_webhook(b"secret", name="msg_1", at=AT, body=b'{"type":"aid.held"}')

    signed = b"msg_1." + headers["webhook-timestamp"].encode() + b'.{"type":"aid.held"}'
    mac = hmac.new(b"secret", signed, "sha256").digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert sign_http(b"x", key=THEIRS.key, key_name="n", at=AT)
