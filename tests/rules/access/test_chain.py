"""The audit chain on paper: the tree of RFC 6962, proofs that hold, and that none holds in which anything changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakha.access.rules.chain import (
    NO_BLOCK,
    NONCE_LENGTH,
    BlockHeader,
    fold,
    follow_path,
    hidden_digest,
    leaf_hashes,
    path_of,
    row_nonces,
    secret_digest,
    split_row,
)
from sakha.access.rules.chain_findings import Changes, FindingKind, MarkedRows
from sakha.access.rules.proofs import Proof, ProofInvalid, ProofUnreadable, check_proof, read_proofs, write_proofs

SECRET = bytes(range(32))
AT = datetime(2026, 11, 22, 21, 5, tzinfo=UTC)


def row(number: int) -> bytes:
    return b"%d\t2026-11-22 08:00:00+00\t3\t1000\tsomebody\t\\N" % number


def by_recursion(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + by_recursion(leaves[:half]) + by_recursion(leaves[half:])).digest()


def a_proof(count: int, index: int) -> Proof:
    lines = [row(number) for number in range(1, count + 1)]
    leaves = leaf_hashes(lines, 2, SECRET, 0)
    shown, hidden = split_row(lines[index], 2)
    nonces = row_nonces(SECRET, index, 1)
    header = BlockHeader(
        stream="log/1",
        place=1,
        first_id=1,
        last_id=count,
        row_count=count,
        root=fold(leaves),
        secret_digest=secret_digest(SECRET),
        previous=NO_BLOCK,
        closed_at=AT,
    )
    return Proof(
        columns=("id", "at", "action", "amount"),
        row=shown.decode(),
        nonce=nonces[:NONCE_LENGTH],
        hidden=hidden_digest(nonces[NONCE_LENGTH:], hidden),
        index=index,
        path=tuple(path_of(leaves, index)),
        block=header,
    )


@settings(max_examples=40)
@given(st.integers(1, 300), st.data())
def test_every_row_of_every_size_of_tree_has_a_proof_that_holds(count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    proof = a_proof(count, index)

    check_proof(proof)
    assert proof.block.root == by_recursion(leaf_hashes([row(number) for number in range(1, count + 1)], 2, SECRET, 0))
    assert read_proofs(write_proofs([proof])) == (proof,)
    assert b"somebody" not in write_proofs([proof]).encode()


@settings(max_examples=40)
@given(st.integers(2, 300), st.data())
def test_a_proof_in_which_anything_changed_does_not_hold(count: int, data: st.DataObject) -> None:
    proof = a_proof(count, data.draw(st.integers(0, count - 1)))
    path = list(proof.path)
    place = data.draw(st.integers(0, len(path) - 1))
    path[place] = bytes([path[place][0] ^ 1]) + path[place][1:]
    forged = [
        replace(proof, row=proof.row.replace("1000", "9000")),
        replace(proof, nonce=bytes(NONCE_LENGTH)),
        replace(proof, hidden=bytes(32)),
        replace(proof, path=tuple(path)),
        replace(proof, path=proof.path[1:]),
        replace(proof, path=(*proof.path, bytes(32))),
        replace(proof, index=count),
        replace(proof, index=-1),
        replace(proof, block=replace(proof.block, root=bytes(32))),
        replace(proof, index=(proof.index + 1) % count),
    ]
    for one in forged:
        with pytest.raises(ProofInvalid):
            check_proof(one)


def test_a_node_is_never_taken_for_a_leaf() -> None:
    leaves = leaf_hashes([row(1), row(2)], 2, SECRET, 0)
    assert follow_path(fold(leaves), index=0, count=1, path=()) == fold(leaves)
    assert sha256(b"".join(leaves)).digest() != fold(leaves), "without its byte a node could be a leaf's text"


def test_rows_that_say_the_same_have_leaves_that_nobody_guesses() -> None:
    same = [row(7), row(7)]
    one, other = leaf_hashes(same, 2, SECRET, 0)
    assert one != other
    assert leaf_hashes(same, 2, bytes(32), 0) != [one, other]
    assert leaf_hashes(same[1:], 2, SECRET, 1) == [other], "a part is hashed by itself as in the whole"


def test_every_word_of_a_block_is_in_its_hash() -> None:
    header = a_proof(3, 1).block
    changes = {
        "stream": "log/2",
        "place": 2,
        "first_id": 0,
        "last_id": 4,
        "row_count": 4,
        "root": bytes(32),
        "secret_digest": bytes(32),
        "previous": bytes([1]) * 32,
        "closed_at": AT.replace(minute=6),
    }
    digests = {header.digest} | {replace(header, **{name: value}).digest for name, value in changes.items()}
    assert len(digests) == 1 + len(changes)
    assert set(changes) == set(BlockHeader.__slots__)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "سلام",
        "[]",
        "[" * 50_000,
        '{"format": "sakha-proof/1", "proofs": []}',
        '{"format": "sakha-proof/1", "proofs": [{}]}',
        '{"format": "sakha-proof/1", "proofs": "x"}',
        " " * 400_001,
        write_proofs([a_proof(3, 1)]).replace('"index": 1', '"index": true'),
        write_proofs([a_proof(3, 1)]).replace('"place": 1', f'"place": {10**30}'),
        write_proofs([a_proof(3, 1)]).replace("2026-11-22T21", "0001-01-01T00").replace("+00:00", "+23:00"),
        write_proofs([a_proof(3, 1)]).replace("2026-11-22 08", "\\ud800"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_proof_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises((ProofUnreadable, ProofInvalid)):
        read_proofs(text)


def test_a_block_that_does_not_lead_to_its_own_hash_is_refused() -> None:
    text = write_proofs([a_proof(3, 1)]).replace('"row_count": 3', '"row_count": 4')
    with pytest.raises(ProofInvalid):
        read_proofs(text)


def test_what_happened_to_rows_is_told_apart() -> None:
    def marked(**rows: str) -> MarkedRows:
        return MarkedRows([int(name[1:]) for name in rows], b"".join(mark.encode() * 8 for mark in rows.values()))

    kept = marked(_1="a", _2="b", _3="c", _4="d")
    changes = Changes()
    changes.add(kept, kept)
    assert changes.told() == {}
    changes.add(kept, marked(_1="x", _2="c", _3="b", _5="d"))
    assert changes.told() == {
        FindingKind.ALTERED: [1],
        FindingKind.REORDERED: [2, 3],
        FindingKind.REMOVED: [4],
        FindingKind.INSERTED: [5],
    }
