"""The demonstration's truth beside the search: of the poor households that nobody covers, how many got how far.

Only the simulation knows who is truly poor, so this is no figure of the product.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import duckdb
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, blind_index_many

_TRUTH: Final = """
    SELECT head.national_id FROM read_parquet(?) AS home
      JOIN read_parquet(?) AS head ON head.household_no = home.household_no AND head.is_head
     WHERE home.uncovered AND head.national_id IS NOT NULL
"""
_STAGE: Final = "CREATE TEMP TABLE truly_uncovered (subject_index bytea NOT NULL) ON COMMIT DROP"
_COPY: Final = "COPY truly_uncovered FROM STDIN (FORMAT BINARY)"
_STEPS: Final = """
    SELECT count(*), count(found.id), count(*) FILTER (WHERE sent.sent_at IS NOT NULL),
           count(*) FILTER (WHERE sent.state = 'DELIVERED' OR sent.opened_at IS NOT NULL),
           count(*) FILTER (WHERE told.sent_at IS NOT NULL),
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM coordination_introduction AS one WHERE one.household_id IN (home.id, home.merged_into_id))),
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM coordination_introduction AS one WHERE one.household_id IN (home.id, home.merged_into_id)
                  AND one.served_at IS NOT NULL))
      FROM truly_uncovered AS truth
      LEFT JOIN coordination_candidate AS found ON found.subject_index = truth.subject_index
      LEFT JOIN coordination_invitation AS sent ON sent.candidate_id = found.id
      LEFT JOIN coordination_registration AS told ON told.invitation_id = sent.id
      LEFT JOIN registry_household AS home ON home.id = told.household_id
"""


@dataclass(frozen=True, slots=True)
class TruthReached:
    """How many truly poor and uncovered households there are, and how many of them got to each step."""

    uncovered: int = 0
    found: int = 0
    invited: int = 0
    reached: int = 0
    registered: int = 0
    introduced: int = 0
    helped: int = 0


def compare_with_truth(pilot: Path) -> TruthReached:
    """Count them by the head, as the search tells a household."""
    with duckdb.connect() as duck:
        told = duck.execute(_TRUTH, [str(pilot / "truth.parquet"), str(pilot / "welfare.parquet")]).fetchall()
    indexes = blind_index_many(key_ring(), IndexKind.NATIONAL_ID, [row[0] for row in told])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            copy.set_types(["bytea"])
            for index in indexes:
                copy.write_row((index,))
        cursor.execute("ANALYZE truly_uncovered")
        cursor.execute(_STEPS)
        reached = TruthReached(*cursor.fetchone())
        cursor.execute("DROP TABLE truly_uncovered")
    return reached


def tell_truth(truth: TruthReached) -> str:
    """The truth's funnel as a line of the page."""
    steps = asdict(truth)
    steps.pop("uncovered")
    whole = max(truth.uncovered, 1)
    told = ", ".join(f"{count:,} {word} ({100 * count / whole:.2f} %)" for word, count in steps.items())
    return f"in truth {truth.uncovered:,} poor households are covered by nobody; of these {told}"
