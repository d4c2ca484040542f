"""The demonstration's orphans: a body says that a household lacks a provider, sees the paper, and an office confirms.

The pilot's files tell of no orphan, so the households are chosen by who lives there: first a mother alone with a child.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.entrypoints.commands.demo_bodies import PROVINCE
from sakha.scoring.actions import SeenPaper, attach_proof, confirm_need, declare_need
from sakha.scoring.rules.needs_states import Proof
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

# Enough that each stands in a crowd.
ORPHANS_MOST: Final = 16
_MINOR: Final = timedelta(days=18 * 365)
_SEEN_BEFORE: Final = timedelta(days=3)
_CHOSEN: Final = """
    SELECT home.id, known.organisation_id
      FROM registry_household AS home
      JOIN registry_membership AS head ON head.household_id = home.id AND head.relation = 'HEAD' AND head.to_on IS NULL
      JOIN registry_person AS one ON one.id = head.person_id
     CROSS JOIN LATERAL (
        SELECT record.organisation_id FROM registry_record AS record
         WHERE record.household_id = home.id AND record.organisation_id = ANY(%(bodies)s)
         ORDER BY record.organisation_id LIMIT 1) AS known
     WHERE home.province = %(province)s AND home.merged_into_id IS NULL AND NOT home.is_protected
       AND EXISTS (SELECT 1 FROM registry_membership AS child
                     JOIN registry_person AS minor ON minor.id = child.person_id
                    WHERE child.household_id = home.id AND child.relation = 'CHILD' AND child.to_on IS NULL
                      AND minor.birth_on > %(minor)s)
     ORDER BY EXISTS (SELECT 1 FROM registry_membership AS spouse
                       WHERE spouse.household_id = home.id AND spouse.relation = 'SPOUSE' AND spouse.to_on IS NULL),
              one.gender <> 'F', home.id
     LIMIT %(most)s
"""


def verify_orphans(*, staff: Mapping[int, Actor], officer: Actor, at: datetime) -> None:
    """Let bodies say so of some households, with the paper they saw, and an office confirm."""
    on = at.astimezone(TEHRAN).date()
    asked: dict[str, Any] = {"bodies": list(staff), "province": PROVINCE, "minor": on - _MINOR, "most": ORPHANS_MOST}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CHOSEN, asked)
        chosen = cursor.fetchall()
    for number, (household_id, organisation_id) in enumerate(chosen, start=1):
        need = {"household_id": household_id, "kind": NeedKind.ORPHAN, "at": at}
        paper = SeenPaper(Proof.DEATH, f"گواهی فوت، پروندهٔ {number}", on - _SEEN_BEFORE)
        with suppress(Refusal):  # it stands from a walk before
            declare_need(actor=staff[organisation_id], **need, reason="پدر درگذشته است")
            attach_proof(actor=staff[organisation_id], **need, paper=paper)
            confirm_need(actor=officer, **need, reason="کارشناس به خانه رفت")
