"""A signature that carries a content of its own proves no other one, whoever asks: partners, banks, callbacks."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from sakha.databanks.banks.installation import BankAccess
from sakha.databanks.banks.signatures import verify_body, verify_envelope
from sakha.exchange.rules.partners import OwnKey, Partner, Practice, public_jwk, verify_message
from sakha.exchange.rules.refusals import MessageRefused
from sakha.vocabulary.message_signing import SignatureBad, canonical, sign_jws

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
THEIRS = OwnKey("komak|7", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
HEADER = {"message_id": "m", "message_ts": AT.isoformat(), "action": "on-search"}
ASKED, OTHER = {"loan_rial": 1}, {"loan_rial": 1_000_000}


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed_with(header: str, content: bytes) -> str:
    text = f"{coded(header.encode())}.{coded(content)}"
    return f"{text}.{coded(THEIRS.key.sign(text.encode()))}"


def a_bank(folder: Path) -> BankAccess:
    keys = folder / "keys.json"
    keys.write_text(json.dumps({"keys": [public_jwk(THEIRS)]}))
    return BankAccess(url="https://bank.example", sender_id="komak", public_keys_file=keys)


def test_a_signature_over_one_content_lets_no_other_one_in(tmp_path: Path) -> None:
    bank, partner = (
        a_bank(tmp_path),
        Partner(sender_id="komak", practice=Practice.JWS, public_keys=(public_jwk(THEIRS),)),
    )
    first, second = canonical(HEADER, ASKED), canonical(HEADER, OTHER)
    attached = signed_with('{"alg":"Ed25519","kid":"komak|7"}', first)
    head, _, proof = attached.split(".")
    unheard = '{"alg":"Ed25519","kid":"komak|7","b64":false,"crit":["b64"]}'
    unheard_head, _, unheard_proof = signed_with(unheard, second).split(".")

    # The control: the library alone takes the attached signature for whatever content it is handed.
    jws.deserialize_compact(attached, OKPKey.import_key(THEIRS.key), algorithms=["Ed25519"], payload=second)
    refused = (attached, f"{head}. .{proof}", f"{head}..{proof}", f"{attached}.x", f"{unheard_head}..{unheard_proof}")
    for signature in refused:
        told = {"header": HEADER, "message": OTHER, "signature": signature}
        with pytest.raises(MessageRefused):
            verify_message(partner, told, sender_id="komak", at=AT)
        with pytest.raises(SignatureBad):
            verify_envelope(bank, told, at=AT)
        with pytest.raises(SignatureBad):
            verify_body(bank, signature, second, at=AT)

    detached = sign_jws(second, key=THEIRS.key, key_name=THEIRS.name)
    told = {"header": HEADER, "message": OTHER, "signature": detached}
    verify_message(partner, told, sender_id="komak", at=AT)
    verify_envelope(bank, told, at=AT)
    verify_body(bank, detached, second, at=AT)
