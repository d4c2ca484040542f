"""Candidates enough for a campaign, sealed as the search seals them, and the campaign that invites them all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, blind_index_many, seal_many
from sakha.coordination.actions import CampaignToOpen, invite_candidates

_BATCH: Final = 50_000
# The table has row-level security, into which nothing is copied.
_STAGING: Final = """
    CREATE TEMP TABLE made (subject_index bytea, subject_sealed bytea, mobile_index bytea, mobile_sealed bytea)
    ON COMMIT DROP
"""
_COPY: Final = "COPY made FROM STDIN (FORMAT BINARY)"
_KEEP: Final = """
    INSERT INTO coordination_candidate (subject_index, subject_sealed, mobile_index, mobile_sealed, province, county,
        official_decile, decile_on, household_size, reasons, state, found_at)
    SELECT *, '30', '3001', 1, %s, 4, ARRAY['LOW_OFFICIAL_DECILE'], 'OPEN', %s FROM made
"""
_TYPES: Final = ("bytea", "bytea", "bytea", "bytea")


def load_candidates(count: int, at: datetime) -> None:
    """Poor households that nobody covers, each with a phone of its own; all numbers are made up."""
    ring = key_ring()
    for start in range(0, count, _BATCH):
        numbers = range(start, min(start + _BATCH, count))
        people = [f"999{number:07d}" for number in numbers]
        mobiles = [f"+9899{number:08d}" for number in numbers]
        rows = zip(
            blind_index_many(ring, IndexKind.NATIONAL_ID, people),
            seal_many(ring, people),
            blind_index_many(ring, IndexKind.MOBILE, mobiles),
            seal_many(ring, mobiles),
            strict=True,
        )
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_STAGING)
            with cursor.copy(_COPY) as copy:
                copy.set_types(_TYPES)
                for row in rows:
                    copy.write_row(row)
            cursor.execute(_KEEP, [at.date(), at])


def open_campaign(count: int, at: datetime) -> int:
    """Queue an invitation for each; tells how many."""
    campaign = CampaignToOpen(name="bench", province="30", limit=count, address="sakha.example")
    return invite_candidates(actor=SYSTEM, at=at, campaign=campaign).queued_count
