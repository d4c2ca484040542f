"""Signatures in both practices, over Persian names, against whatever is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sakha.vocabulary.message_signing import (
    SignatureBad,
    canonical,
    canonical_of,
    require_fresh,
    sign_http,
    sign_jws,
    verify,
)

UNHURRIED = settings(deadline=None)  # the first example pays for what is made once
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
KEYS = {"civil-registry|1": KEY.public_key()}
HEADER = {"message_id": "m", "action": "on-search"}
MESSAGE = {"search_response": [{"name": {"given_name": "محمّدرضا", "surname": "آل‌یاسین"}}]}


def signed(practice: str, content: bytes, key: Ed25519PrivateKey = KEY) -> str:
    if practice == "JWS":
        return sign_jws(content, key=key, key_name="civil-registry|1")
    return sign_http(content, key=key, key_name="civil-registry|1", at=AT)


@pytest.mark.parametrize("practice", ["JWS", "HTTP"])
def test_persian_names_are_signed_as_they_are(practice: str) -> None:
    content = canonical(HEADER, MESSAGE)

    verify(signed(practice, content), content, keys=KEYS, practice=practice, at=AT)

    assert "محمّدرضا".encode() in content


@pytest.mark.parametrize("practice", ["JWS", "HTTP"])
def test_the_order_of_fields_makes_no_difference_and_one_letter_does(practice: str) -> None:
    signature = signed(practice, canonical(HEADER, MESSAGE))
    turned = dict(reversed(HEADER.items()))
    other = {"search_response": [{"name": {"given_name": "محمدرضا", "surname": "آل‌یاسین"}}]}

    verify(signature, canonical(turned, MESSAGE), keys=KEYS, practice=practice, at=AT)
    with pytest.raises(SignatureBad):
        verify(signature, canonical(HEADER, other), keys=KEYS, practice=practice, at=AT)


@pytest.mark.parametrize("practice", ["JWS", "HTTP"])
def test_another_key_in_the_same_name_is_refused(practice: str) -> None:
    content = canonical(HEADER, MESSAGE)

    with pytest.raises(SignatureBad):
        verify(signed(practice, content, Ed25519PrivateKey.generate()), content, keys=KEYS, practice=practice, at=AT)


def test_a_signature_ends_with_its_time() -> None:
    content = canonical(HEADER, MESSAGE)
    signature = signed("HTTP", content)

    verify(signature, content, keys=KEYS, practice="HTTP", at=AT + timedelta(minutes=5))
    with pytest.raises(SignatureBad):
        verify(signature, content, keys=KEYS, practice="HTTP", at=AT + timedelta(minutes=7))


@UNHURRIED
@given(
    st.sampled_from(["JWS", "HTTP"]),
    st.none() | st.integers() | st.text(max_size=80) | st.from_regex(r"[a-zA-Z0-9_-]{0,20}\.\.[a-zA-Z0-9_-]{0,20}"),
)
def test_nothing_else_is_a_signature(practice: str, signature: Any) -> None:
    with pytest.raises(SignatureBad):
        verify(signature, b"{}", keys=KEYS, practice=practice, at=AT)


ODD_TEXTS = st.sampled_from(['":1.5', ",2e3", "[99999999999999999", '\\"\b\x1f\x7f\u2028', "\U0001f600", "\uffff"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | ODD_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@UNHURRIED
@given(VALUES.flatmap(lambda value: st.sampled_from([value, {"told": value}])))
def test_the_short_way_gives_the_bytes_of_the_standard_or_none(told: Any) -> None:
    try:
        expected = rfc8785.dumps(told)
    except (rfc8785.CanonicalizationError, UnicodeError):
        with pytest.raises(SignatureBad):
            canonical_of(told)
    else:
        assert canonical_of(told) == expected


@pytest.mark.parametrize(
    "told", [None, 5, "", "yesterday", "2026-11-22T07:00:00+00:00", "2026-11-22T08:00:00", "9" * 40]
)
def test_a_message_without_the_present_time_is_refused(told: Any) -> None:
    with pytest.raises(SignatureBad):
        require_fresh(told, at=AT)


def test_a_message_of_now_is_fresh_in_any_zone() -> None:
    require_fresh("2026-11-22T11:31:00+03:30", at=AT)
