"""Keys, seals and blind indexes: what opens, what does not, and how keys follow one another."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.access.rules.sealing import (
    INDEX_LENGTH,
    IndexKind,
    KeyMissing,
    KeyRing,
    KeyRingInvalid,
    SealBroken,
    add_keys,
    blind_index,
    blind_index_many,
    blind_indexes,
    drop_keys,
    end_waiting,
    generate_key_ring,
    is_current,
    open_many,
    open_sealed,
    parse_key_ring,
    reseal_many,
    seal,
    seal_many,
    sealed_key_id,
    sealed_prefix,
)

TEXT = generate_key_ring()
RING = parse_key_ring(TEXT)
ID = "9990000018"


def key(number: int) -> str:
    return base64.b64encode(bytes((number * 7 + place) % 256 for place in range(32))).decode()


@given(st.text())
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    assert open_sealed(RING, seal(RING, text)) == text


def test_equal_texts_are_never_sealed_alike() -> None:
    assert len({seal(RING, ID) for _ in range(50)} | set(seal_many(RING, [ID] * 50))) == 100


def test_a_seal_shows_its_key_and_nothing_of_the_text() -> None:
    sealed = seal(RING, ID)
    assert sealed_key_id(sealed) == 1
    assert sealed.startswith(sealed_prefix(RING))
    assert len(sealed) == 3 + 12 + len(ID) + 16
    assert ID.encode() not in sealed


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_breaks_the_seal(place: int, change: int) -> None:
    sealed = bytearray(seal(RING, ID))
    sealed[place] ^= change
    with pytest.raises((SealBroken, KeyMissing)):
        open_sealed(RING, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00\x01" + bytes(27), b"\x02\x00\x01" + bytes(40)])
def test_what_is_cut_or_of_another_format_is_broken(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(RING, sealed)


def test_what_is_sealed_as_one_kind_does_not_open_as_another() -> None:
    sealed = seal(RING, ID, kind="mobile")
    assert open_sealed(RING, sealed, kind="mobile") == ID
    with pytest.raises(SealBroken):
        open_sealed(RING, sealed, kind="address")
    with pytest.raises(SealBroken):
        open_sealed(RING, sealed)


def test_a_foreign_ring_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        open_sealed(parse_key_ring(generate_key_ring()), seal(RING, ID))


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    texts = [f"{number:010d}" for number in range(100)]
    assert open_many(RING, seal_many(RING, texts)) == texts
    assert blind_index_many(RING, IndexKind.FIDA, texts) == [blind_index(RING, IndexKind.FIDA, one) for one in texts]
    assert seal_many(RING, []) == []


def test_an_index_is_the_hmac_of_kind_and_value() -> None:
    digest = hmac.digest(RING.index_keys[1], bytes([IndexKind.NATIONAL_ID]) + ID.encode(), "sha256")
    assert blind_index(RING, IndexKind.NATIONAL_ID, ID) == digest[:INDEX_LENGTH]
    assert blind_index_many(RING, IndexKind.NATIONAL_ID, [ID]) == [digest[:INDEX_LENGTH]]


def test_many_values_open_as_the_database_gives_them_and_a_wrong_one_is_refused() -> None:
    ring = parse_key_ring(add_keys(TEXT))
    sealed = [seal(RING, "a"), seal(ring, "b")]
    assert open_many(ring, [memoryview(value) for value in sealed]) == ["a", "b"]
    with pytest.raises(KeyMissing):
        open_many(RING, sealed)
    with pytest.raises(SealBroken):
        open_many(ring, [sealed[0][:-1]])
    with pytest.raises(SealBroken):
        open_many(ring, [sealed[0][:3]])
    with pytest.raises(SealBroken):
        open_many(ring, [b""])


def test_an_index_is_stable_short_and_different_for_each_kind_and_key() -> None:
    indexes = {blind_index(RING, kind, ID) for kind in IndexKind}
    assert len(indexes) == len(IndexKind)
    assert {len(index) for index in indexes} == {INDEX_LENGTH}
    assert blind_index(RING, IndexKind.NATIONAL_ID, ID) == blind_index(parse_key_ring(TEXT), IndexKind.NATIONAL_ID, ID)
    assert blind_index(parse_key_ring(generate_key_ring()), IndexKind.NATIONAL_ID, ID) not in indexes


def test_after_a_new_key_the_old_still_opens_and_the_new_one_writes() -> None:
    newer = parse_key_ring(add_keys(TEXT))
    old = seal(RING, ID)
    assert open_sealed(newer, old) == ID
    assert (sealed_key_id(seal(newer, ID)), is_current(newer, old)) == (2, False)
    assert blind_indexes(newer, IndexKind.MOBILE, ID) == [
        blind_index(newer, IndexKind.MOBILE, ID),
        blind_index(RING, IndexKind.MOBILE, ID),
    ]


def test_a_waiting_key_opens_but_does_not_write_until_the_waiting_ends() -> None:
    text = add_keys(TEXT, is_waiting=True)
    waiting, ended = parse_key_ring(text), parse_key_ring(end_waiting(text))
    assert sealed_key_id(seal(waiting, ID)) == 1
    assert sealed_key_id(seal(ended, ID)) == 2
    assert open_sealed(waiting, seal(ended, ID)) == ID
    assert blind_index(ended, IndexKind.FIDA, ID) in blind_indexes(waiting, IndexKind.FIDA, ID)


def test_resealing_touches_only_what_an_older_key_has_sealed() -> None:
    newer = parse_key_ring(add_keys(TEXT))
    mixed = [seal(RING, "a", kind="k"), seal(newer, "b", kind="k"), seal(RING, "c", kind="k")]
    renewed = reseal_many(newer, mixed, kind="k")
    assert open_many(newer, renewed, kind="k") == ["a", "b", "c"]
    assert all(is_current(newer, value) for value in renewed)
    assert renewed[1] == mixed[1]
    assert reseal_many(newer, renewed, kind="k") == renewed


def test_after_the_old_key_is_dropped_only_what_was_not_renewed_is_lost() -> None:
    text = add_keys(TEXT)
    newer = parse_key_ring(text)
    alone = parse_key_ring(drop_keys(text, seal_below=2, index_below=2))
    assert open_sealed(alone, reseal_many(newer, [seal(RING, ID)])[0]) == ID
    with pytest.raises(KeyMissing) as refused:
        open_sealed(alone, seal(RING, ID))
    assert refused.value.facts == {"key_id": 1}


def test_a_ring_of_one_line_is_the_same_ring() -> None:
    ring = parse_key_ring(";".join(line for line in TEXT.splitlines() if not line.startswith("#")))
    assert open_sealed(ring, seal(RING, ID)) == ID


def test_a_ring_never_shows_a_key() -> None:
    shown = repr(RING) + str(RING)
    assert "seal_key_id=1" in shown
    for line in TEXT.splitlines():
        assert line.startswith("#") or line.split()[2] not in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        f"seal 1 {key(1)}",
        f"index 1 {key(1)}",
        f"seal 1 {key(1)} waiting; index 1 {key(2)}",
        f"seal 0 {key(1)}; index 1 {key(2)}",
        f"seal 65536 {key(1)}; index 1 {key(2)}",
        f"seal one {key(1)}; index 1 {key(2)}",
        f"seal ۱ {key(1)}; index 1 {key(2)}",
        f"seal 1 {key(1)}; seal 1 {key(3)}; index 1 {key(2)}",
        f"seal 1 {key(1)}; index 1 {key(1)}",
        "seal 1 c2hvcnQ=; index 1 c2hvcnQ=",
        f"seal 1 {key(1)[:-1]}; index 1 {key(2)}",
        f"seal 1 {base64.b64encode(bytes(32)).decode()}; index 1 {key(2)}",
        f"open 1 {key(1)}; index 1 {key(2)}",
        f"seal 1 {key(1)} sleeping; index 1 {key(2)}",
        f"seal 1 {key(1)} waiting waiting; index 1 {key(2)}",
    ],
)
def test_a_wrong_ring_is_refused_without_showing_a_key(text: str) -> None:
    with pytest.raises(KeyRingInvalid) as refused:
        parse_key_ring(text)
    told = f"{refused.value!r} {refused.value} {refused.value.message} {refused.value.__cause__}"
    assert key(1)[:12] not in told
    assert refused.value.message


def test_an_index_key_is_another_key_than_the_sealing_key() -> None:
    words = [line.split() for line in TEXT.splitlines() if not line.startswith("#")]
    assert {word[0] for word in words} == {"seal", "index"}
    assert len({word[2] for word in words}) == 2


def test_the_ring_is_what_all_functions_take() -> None:
    assert isinstance(RING, KeyRing)
