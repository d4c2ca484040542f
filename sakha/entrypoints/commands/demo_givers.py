"""The demonstration's givers: people of the province who are well off, by a code to their phone, and organisations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.rules.notices import NoticeKind
from sakha.entrypoints.commands.demo_bodies import Body
from sakha.giving.actions.donors import ask_giver_code, enter_giver, open_organisation_giver
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.rules.promises import GiverMarks

PEOPLE_MAX: Final = 16
ORGANISATIONS_MAX: Final = 4
# The simulated banks know the same people (simulation/data_banks/known.py).
_WELL_OFF: Final = """
    SELECT mobile FROM read_parquet(?)
     WHERE official_decile >= 9 AND is_head AND mobile IS NOT NULL AND birth_on < DATE '1990-01-01'
     ORDER BY national_id LIMIT ?
"""
_CODE: Final = "SELECT text_sealed FROM coordination_notice WHERE kind = %s ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Giver:
    """An account, and by what its promises are counted."""

    card: DonorCard
    marks: GiverMarks


def open_givers(*, pilot: Path, bodies: Sequence[Body], at: datetime) -> tuple[list[Giver], list[Giver]]:
    """Open the accounts of people and of organisations; the same again on a second run."""
    with duckdb.connect() as extract:
        found = extract.execute(_WELL_OFF, [str(pilot / "welfare.parquet"), PEOPLE_MAX]).fetchall()
    people = [_enter(at, mobile, number) for number, (mobile,) in enumerate(found)]
    chosen = sorted(bodies, key=lambda body: -body.capacity)[:ORGANISATIONS_MAX]
    ids = [open_organisation_giver(at=at, organisation_id=body.organisation_id) for body in chosen]
    return people, [_giver(one) for one in ids]


def _enter(at: datetime, mobile: str, number: int) -> Giver:
    address = f"203.0.113.{number % 250}"  # of the documentation (RFC 5737)
    asked = ask_giver_code(at=at, mobile=mobile, address=address)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CODE, [NoticeKind.GIVER_CODE.value])
        text = open_sealed(key_ring(), bytes(cursor.fetchone()[0]))
    code = re.search(r"\b(\d{6})\b", text)
    if code is None:
        raise LookupError("The notice with a giver's code tells no code.")
    return _giver(enter_giver(at=at, mobile=asked, code=code[1]))


def _giver(donor_id: int) -> Giver:
    card = find_donor(donor_id=donor_id)
    if card is None:
        raise LookupError("A giver's account that was opened is not there.")
    return Giver(card, GiverMarks(mobile=card.mobile, donor_id=donor_id, is_organisation=card.is_organisation))
