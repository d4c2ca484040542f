"""What a household had corrected stays corrected: where a bank repeats what was found wrong, it is disputed."""

from datetime import datetime
from typing import Any, Final

from sakha.databanks.rules.states import CORRECTION_COUNTS_FOR

_DOUBT: Final = """
    INSERT INTO databanks_evidence (subject_index, subject_sealed, fact, value, text_sealed, unit, source, observed_on,
                                    expires_on, status, asked_by_id, purpose, inquiry_id, fetched_at)
    SELECT told.subject_index, told.subject_sealed, told.fact, told.value, told.text_sealed, told.unit, told.source,
           told.observed_on, told.expires_on, 'DISPUTED', told.asked_by_id, told.purpose, told.inquiry_id, %(at)s
      FROM databanks_case AS upheld
      JOIN databanks_question AS question ON question.subject_id = upheld.subject_id AND question.bank = %(bank)s
           AND question.claim = %(claim)s AND question.claim <> ''
      JOIN databanks_subject AS subject ON subject.id = upheld.subject_id
      JOIN databanks_evidence AS told ON told.subject_index = subject.subject_index AND told.fact = upheld.fact
           AND told.source = upheld.source AND told.fetched_at = %(at)s AND told.status = 'KNOWN'
     WHERE upheld.state = 'UPHELD' AND upheld.kind = 'WRONG' AND upheld.settled_at > %(since)s
       AND told.value = upheld.found_value
"""


def doubt_what_was_corrected(cursor: Any, *, at: datetime, bank: str, claim: str) -> None:
    """Call it in the transaction that has just kept the answers of this batch at `at`, while it holds its claim."""
    cursor.execute(_DOUBT, {"at": at, "since": at - CORRECTION_COUNTS_FOR, "bank": bank, "claim": claim})
