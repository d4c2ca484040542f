"""Checks a receipt of Sakha without Sakha: python check.py receipt.json roots.jsonl (Python 3.11+, nothing else).

Take roots.jsonl of the day of the receipt, or from somebody you trust: whoever rewrites the past can't rewrite yours.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

BLOCK = ("previous", "stream", "place", "first_id", "last_id", "row_count", "root", "secret_digest", "closed_at")


def sha(*parts: bytes) -> bytes:
    """Hash the parts as one."""
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(proof: dict[str, Any]) -> str:
    """Walk from the row to the root."""
    node = sha(b"\0", bytes.fromhex(proof["nonce"]), bytes.fromhex(proof["hidden"]), proof["row"].encode())
    index, count, path = proof["index"], proof["block"]["row_count"], [bytes.fromhex(one) for one in proof["path"]]
    while count > 1:
        if index ^ 1 < count:
            other = path.pop(0)
            node = sha(b"\1", other, node) if index & 1 else sha(b"\1", node, other)
        index, count = index // 2, (count + 1) // 2
    return node.hex() if index == 0 and not path else "no path"


def digest_of(block: dict[str, Any]) -> str:
    """Hash a block with all that is published of it."""
    return sha(b"\2", "\n".join(str(block[word]) for word in BLOCK).encode()).hex()


if __name__ == "__main__":
    receipt, roots = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:3])
    published = [json.loads(line) for line in roots.splitlines() if line]
    ends: dict[str, str] = {}
    for block in published:
        if block["previous"] != ends.get(block["stream"], "00" * 32) or block["digest"] != digest_of(block):
            sys.exit(f"The published chain is broken at block {block['place']} of {block['stream']}")
        ends[block["stream"]] = block["digest"]
    for proof in json.loads(receipt)["proofs"]:
        if proof["block"] not in published or root_of(proof) != proof["block"]["root"]:
            sys.exit(f"NOT TRUE: {proof['row']}")
        sys.stdout.write(f"true, in block {proof['block']['place']} of {proof['block']['stream']}: {proof['row']}\n")
