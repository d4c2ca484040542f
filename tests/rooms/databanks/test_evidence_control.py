"""What the grants on evidence are good for: without them an answer could be changed."""

from datetime import date

import psycopg

from sakha.access.rules import SYSTEM
from sakha.databanks.actions import record_evidence_many
from sakha.databanks.queries import evidence_history
from sakha.databanks.rules import official_decile
from tests.ledger_cast import AT


def test_the_owner_whom_the_grants_do_not_bind_can_change_an_answer(
    committed: None, owner_cursor: psycopg.Cursor
) -> None:
    answer = official_decile(subject_index=b"i" * 16, subject_sealed=None, decile=2, decile_on=date(2026, 8, 23))
    record_evidence_many(actor=SYSTEM, at=AT, purpose="آزمون", evidence=[answer])

    owner_cursor.execute("UPDATE databanks_evidence SET value = 9")

    (line,) = evidence_history(actor=SYSTEM, subject_indexes=[answer.subject_index])
    assert line.value == 9
