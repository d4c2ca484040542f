"""`sakha publish-roots`: the roots of closed blocks as JSON lines, to be kept where nobody here can rewrite them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sakha.access.queries.chain import block_headers
from sakha.access.rules.proofs import write_header

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file to write."""
    parser.add_argument("--out", type=Path, help="file to write (default: standard output)")


def run(arguments: argparse.Namespace) -> int:
    """Write a line for each block."""
    text = "".join(f"{json.dumps(write_header(header))}\n" for header in block_headers())
    if arguments.out is None:
        sys.stdout.write(text)
    else:
        arguments.out.write_text(text, encoding="utf-8")
    return 0
