"""A proof that a row stands in a closed block: how it is written, read and checked, with nothing but the proof.

Decides whether a proof holds in itself; whether its block was published is asked of the published roots.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from sakha.access.rules.chain import (
    DIGEST_LENGTH,
    NONCE_LENGTH,
    BlockHeader,
    follow_path,
    leaf_hash,
    show_moment,
)
from sakha.vocabulary.refusal import Refusal

PROOF_FORMAT: Final = "sakha-proof/1"
PROOF_BYTES_MAX: Final = 400_000  # a large basket's
_ID_MAX: Final = 2**63 - 1
_PATH_MAX: Final = 64


class ProofUnreadable(Refusal):
    """The text is no proof."""

    code: ClassVar[str] = "PROOF_UNREADABLE"
    sentence: ClassVar[str] = "این نوشته رسیدِ سخا نیست یا بخشی از آن جا مانده است."


class ProofInvalid(Refusal):
    """The proof does not lead to the root it names: something in it was changed."""

    code: ClassVar[str] = "PROOF_INVALID"
    sentence: ClassVar[str] = "این رسید درست نیست: آنچه در آن نوشته شده به ریشهٔ خودش نمی‌رسد."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One row and the way from it to its block's root; nothing of any other row but hashes."""

    columns: tuple[str, ...]
    row: str
    nonce: bytes
    hidden: bytes
    index: int
    path: tuple[bytes, ...]
    block: BlockHeader


def check_proof(proof: Proof) -> None:
    """Walk from the row to the root. Raises: ProofInvalid."""
    leaf = leaf_hash(proof.nonce, proof.hidden, proof.row.encode())
    root = follow_path(leaf, index=proof.index, count=proof.block.row_count, path=proof.path)
    if root != proof.block.root:
        raise ProofInvalid


def write_proofs(proofs: Sequence[Proof]) -> str:
    """The proofs as the text that is handed out."""
    told = {"format": PROOF_FORMAT, "proofs": [_write_one(proof) for proof in proofs]}
    return json.dumps(told, ensure_ascii=False, indent=1)


def read_proofs(text: str) -> tuple[Proof, ...]:
    """The proofs of a text that anybody may have written. Raises: ProofUnreadable."""
    if len(text.encode(errors="replace")) > PROOF_BYTES_MAX:
        raise ProofUnreadable
    try:
        told = json.loads(text)
        if told["format"] != PROOF_FORMAT or not told["proofs"]:
            raise ProofUnreadable
        return tuple(_read_one(one) for one in told["proofs"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
        raise ProofUnreadable from None


def write_header(header: BlockHeader) -> dict[str, Any]:
    """A block as it is published, one JSON object."""
    return {
        "stream": header.stream,
        "place": header.place,
        "first_id": header.first_id,
        "last_id": header.last_id,
        "row_count": header.row_count,
        "root": header.root.hex(),
        "secret_digest": header.secret_digest.hex(),
        "previous": header.previous.hex(),
        "closed_at": show_moment(header.closed_at),
        "digest": header.digest.hex(),
    }


def read_header(told: Mapping[str, Any]) -> BlockHeader:
    """A published block. Raises: ProofUnreadable, ProofInvalid when it doesn't lead to its own hash."""
    try:
        header = BlockHeader(
            stream=_text(told["stream"]),
            place=_number(told["place"]),
            first_id=_number(told["first_id"]),
            last_id=_number(told["last_id"]),
            row_count=_number(told["row_count"]),
            root=_bytes(told["root"], DIGEST_LENGTH),
            secret_digest=_bytes(told["secret_digest"], DIGEST_LENGTH),
            previous=_bytes(told["previous"], DIGEST_LENGTH),
            closed_at=_moment(told["closed_at"]),
        )
        is_own = header.digest == _bytes(told["digest"], DIGEST_LENGTH)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise ProofUnreadable from None
    if not is_own:
        raise ProofInvalid
    return header


def _write_one(proof: Proof) -> dict[str, Any]:
    return {
        "columns": list(proof.columns),
        "row": proof.row,
        "nonce": proof.nonce.hex(),
        "hidden": proof.hidden.hex(),
        "index": proof.index,
        "path": [node.hex() for node in proof.path],
        "block": write_header(proof.block),
    }


def _read_one(told: Mapping[str, Any]) -> Proof:
    path = tuple(_bytes(node, DIGEST_LENGTH) for node in told["path"])
    if len(path) > _PATH_MAX:
        raise ProofUnreadable
    return Proof(
        columns=tuple(_text(column) for column in told["columns"]),
        row=_text(told["row"]),
        nonce=_bytes(told["nonce"], NONCE_LENGTH),
        hidden=_bytes(told["hidden"], DIGEST_LENGTH),
        index=_number(told["index"]),
        path=path,
        block=read_header(told["block"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # half a surrogate pair is no text
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not -_ID_MAX <= value <= _ID_MAX:
        raise TypeError
    return value


def _bytes(value: Any, length: int) -> bytes:
    found = bytes.fromhex(_text(value))
    if len(found) != length:
        raise ValueError
    return found


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError
    return at
