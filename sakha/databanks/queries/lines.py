"""Whose a telephone is: the answer to the one question that was asked about exactly this person and this number.

Whoever calls has checked that the asker may know of this person; here it is read as the system.
"""

import json
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import IndexKind, blind_indexes
from sakha.databanks.rules import NATIONAL_ID_LENGTH, BankFact
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.lines import IS_OWN, LINE_BANK, LineState
from sakha.databanks.rules.states import UNSETTLED_QUESTIONS, QuestionState
from sakha.vocabulary.jalali import TEHRAN

# The evidence of this very question's inquiry: an answer about an earlier number of the same person tells nothing.
_LINE: Final = """
    SELECT question.state, question.fresh_until > %(at)s, said.value, said.status,
           said.expires_on IS NULL OR said.expires_on > %(today)s
      FROM databanks_subject AS subject
      JOIN databanks_question AS question ON question.subject_id = subject.id AND question.bank = %(bank)s
      LEFT JOIN LATERAL (
           SELECT told.value, told.status, told.expires_on FROM databanks_evidence AS told
            WHERE told.subject_index = subject.subject_index AND told.fact = %(fact)s
                  AND told.inquiry_id = question.inquiry_id
            ORDER BY told.id DESC LIMIT 1) AS said ON true
     WHERE subject.subject_index = ANY(%(indexes)s) AND question.fillings_index = ANY(%(told)s)
"""


def line_state(*, at: datetime, identifier: str, mobile: str) -> LineState:
    """What the bank of lines says of this person and this number."""
    ring = key_ring()
    kind = IndexKind.NATIONAL_ID if len(identifier) == NATIONAL_ID_LENGTH else IndexKind.FIDA
    told = json.dumps({Filling.MOBILE.value: mobile}, ensure_ascii=False, sort_keys=True)
    facts: dict[str, Any] = {
        "at": at,
        "today": at.astimezone(TEHRAN).date(),
        "bank": LINE_BANK,
        "fact": BankFact.MOBILE_OWNED.value,
        "indexes": blind_indexes(ring, kind, identifier),
        "told": blind_indexes(ring, IndexKind.DIGEST, told),
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_LINE, facts)
        rows = cursor.fetchall()
    states = {_state(row) for row in rows}
    return next(
        (one for one in (LineState.OWN, LineState.ASKED, LineState.NOT_OWN) if one in states), LineState.NOT_ASKED
    )


def _state(row: Any) -> LineState:
    state, is_fresh, value, status, is_believed = row
    if state in {one.value for one in UNSETTLED_QUESTIONS}:
        return LineState.ASKED
    if state == QuestionState.REFUSED:
        return LineState.NOT_OWN
    if state != QuestionState.ANSWERED or not is_fresh:
        return LineState.NOT_ASKED
    return LineState.OWN if value == IS_OWN and status == "KNOWN" and is_believed else LineState.NOT_OWN
