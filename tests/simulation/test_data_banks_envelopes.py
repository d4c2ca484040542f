"""Messages of the simulated banks: signatures, replays, expiry, and the process with its own certificate."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulation.data_banks.catalogue import BANKS
from simulation.data_banks.signing import Key, NotSignedError, canonical, read_keys, sign, verify
from tests.simulation.asking_banks import NOW, Asking


@pytest.mark.parametrize("bank", ["civil_registry", "behzisti_coverage"])
def test_a_right_envelope_with_persian_words_is_answered_and_signed(
    asking: Asking, people: list[dict[str, Any]], bank: str
) -> None:
    status, response = asking.search(bank, asking.envelope(bank, people[0]["identifier"]))

    keys = read_keys(json.loads((asking.installation.home / f"{bank}.jwks.json").read_text()))
    pair = {"header": response["header"], "message": response["message"]}
    signer = verify(BANKS[bank].practice, keys, canonical(pair), response["signature"], int(NOW))
    assert (status, signer) == (200, BANKS[bank].sender_id)
    assert response["header"]["action"] == "on-search"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"message_ts": "2026-11-22T07:54:00+00:00"}, "rjct.message_ts.invalid"),
        ({"message_ts": "2026-11-22T08:00:00"}, "rjct.message_ts.invalid"),
        ({"action": "notify"}, "rjct.action.invalid"),
        ({"total_count": 7}, "rjct.total_count.invalid"),
        ({"total_count": "1"}, "rjct.total_count.invalid"),
        ({"sender_id": "somebody"}, "err.sender_id.invalid"),
        ({"receiver_id": "imdad-coverage"}, "err.receiver_id.invalid"),
        ({"version": "9"}, "rjct.version.invalid"),
        ({"is_msg_encrypted": True}, "err.encryption.invalid"),
        ({"message_id": ""}, "rjct.message_id.invalid"),
        ({"favourite_colour": "blue"}, "err.request.bad"),
    ],
)
def test_an_envelope_with_a_wrong_header_is_refused(asking: Asking, header: dict[str, Any], code: str) -> None:
    status, answer = asking.search("civil_registry", asking.envelope("civil_registry", "9990000000", **header))

    assert (status, answer["message"]["ack_status"]) == (400, "ERR")
    assert answer["message"]["error"]["code"] == code


@pytest.mark.parametrize("bank", ["civil_registry", "imdad_coverage"])
def test_a_wrong_or_missing_signature_and_a_changed_message_are_refused(asking: Asking, bank: str) -> None:
    right = asking.envelope(bank, "9990000000")
    pair = {"header": right["header"], "message": right["message"]}
    strange = replace(asking.key, private=Ed25519PrivateKey.generate())
    changed = json.loads(json.dumps(right))
    changed["message"]["search_request"][0]["search_criteria"]["query"]["value"] = "9990000001"

    for envelope, code in (
        (asking.signed(bank, pair, strange), "err.signature.invalid"),
        (changed, "err.signature.invalid"),
        ({**right, "signature": ""}, "err.signature.missing"),
        (pair, "err.signature.missing"),
    ):
        status, answer = asking.search(bank, envelope)
        assert (status, answer["message"]["error"]["code"]) == (401, code)


def test_a_message_that_comes_again_is_refused(asking: Asking, people: list[dict[str, Any]]) -> None:
    envelope = asking.envelope("civil_registry", people[0]["identifier"])

    assert asking.search("civil_registry", envelope)[0] == 200
    status, answer = asking.search("civil_registry", envelope)
    assert (status, answer["message"]["error"]["code"]) == (400, "rjct.message_id.duplicate")


def test_an_escaped_text_is_another_text_and_its_signature_doesn_t_fit(asking: Asking) -> None:
    envelope = asking.envelope("civil_registry", "9990000000")
    pair = {"header": envelope["header"], "message": envelope["message"]}
    escaped = json.dumps(pair, sort_keys=True, separators=(",", ":")).encode()
    assert escaped != canonical(pair)

    signature = sign("JWS", asking.key, escaped, int(NOW))

    assert asking.search("civil_registry", {"signature": signature, **pair})[0] == 401


def test_an_expired_signature_is_refused() -> None:
    key = Key("sakha", "1", Ed25519PrivateKey.generate())
    keys = read_keys({"keys": [key.jwk]})
    signature = sign("HTTP", key, b"x", 1000)

    assert verify("HTTP", keys, b"x", signature, 1300) == "sakha"
    with pytest.raises(NotSignedError):
        verify("HTTP", keys, b"x", signature, 1361)


def test_a_stranger_can_t_send_the_bank_s_answer_elsewhere(asking: Asking) -> None:
    envelope = asking.envelope("imdad_coverage", "9990000000", sender_uri="http://elsewhere/imdad_coverage")

    status, answer = asking.search("imdad_coverage", envelope)

    assert (status, answer["message"]["error"]["code"]) == (400, "err.sender_uri.invalid")
