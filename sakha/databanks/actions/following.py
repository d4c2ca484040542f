"""What waits in a bank's queue follows its people: it is asked with what is known of them now, or not at all.

Nothing that is being asked at this moment is touched: its answer comes, and the next asking is with the new words.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.actions.asking import PersonToAsk, add_told, banks_for, told_with
from sakha.databanks.actions.subjects import settle_subjects
from sakha.databanks.banks.catalogue import banks

# Whoever claims them at this moment is faster: his batch is already written.
_WAITING: Final = """
    SELECT id, bank, subject_id FROM databanks_question
     WHERE household_id = ANY(%s) AND state = 'WAITING' ORDER BY id FOR UPDATE SKIP LOCKED
"""
_RENEW: Final = """
    UPDATE databanks_question AS kept
       SET household_id = told.household_id, fillings_sealed = decode(told.sealed, 'hex'),
           fillings_index = decode(told.index, 'hex')
      FROM json_to_recordset(%s::json) AS told(id bigint, household_id bigint, sealed text, index text)
     WHERE kept.id = told.id AND (kept.household_id, coalesce(kept.fillings_index, ''))
           IS DISTINCT FROM (told.household_id, coalesce(decode(told.index, 'hex'), ''))
"""
_CANCEL: Final = "UPDATE databanks_question SET state = 'CANCELLED' WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How many waiting questions were told anew, and how many are no longer asked."""

    renewed_count: int = 0
    cancelled_count: int = 0


def renew_waiting_questions(*, household_ids: Sequence[int], people: Sequence[PersonToAsk]) -> Followed:
    """Let what waits about these households be asked about their people as they are now.

    A question about somebody who is none of them any more, whose identifier was corrected, or of whom the bank could
    no longer be told what it needs, is taken back.
    """
    known = banks()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(household_ids)])
        waiting = [(number, known.get(bank), subject) for number, bank, subject in cursor.fetchall()]
        if not waiting:
            return Followed()
        subjects = settle_subjects([person.identifier for person in people])
        now = {subjects[person.identifier]: person for person in people}
        kept = [
            (number, now[subject], bank)
            for number, bank, subject in waiting
            if bank is not None and subject in now and banks_for(now[subject], [bank])
        ]
        gone = {number for number, bank, _ in waiting if bank is not None} - {number for number, _, _ in kept}
        lines: list[dict[str, Any]] = [{"id": number, "household_id": one.household_id} for number, one, _ in kept]
        add_told(lines, told_with([(person, bank) for _, person, bank in kept]))
        cursor.execute(_RENEW, [json.dumps(lines)])
        renewed_count = int(cursor.rowcount)
        cursor.execute(_CANCEL, [sorted(gone)])
    return Followed(renewed_count=renewed_count, cancelled_count=len(gone))
