"""How the banks are doing: last answer, errors of the last hours, what waits. Names nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.banks.catalogue import banks
from sakha.databanks.banks.installation import installation
from sakha.databanks.rules.bank import Transport

LOOKED_BACK: Final = timedelta(hours=24)

_STATES: Final = """
    SELECT bank, breaker, last_answer_at, last_error_at, last_error_code FROM databanks_bank_state
"""
_QUESTIONS: Final = """
    SELECT bank, count(*) FILTER (WHERE state = 'WAITING'), count(*) FILTER (WHERE state IN ('ASKING', 'AWAITED')),
           count(*) FILTER (WHERE state = 'ANSWERED'), count(*) FILTER (WHERE state = 'REFUSED'),
           min(next_try_at) FILTER (WHERE state = 'WAITING')
      FROM databanks_question GROUP BY bank
"""
_EXCHANGES: Final = """
    SELECT bank, count(*), count(*) FILTER (WHERE error_code <> ''), coalesce(sum(answered_count), 0),
           coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE answered_count > 0), 0)
      FROM databanks_exchange WHERE ended_at > %s GROUP BY bank
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatus:
    """One bank. `error_share` is of the batches of the last day; a bank that is not reached is not asked."""

    bank: str
    label: str
    transport: Transport
    is_reached: bool
    breaker: str
    last_answer_at: datetime | None
    last_error_at: datetime | None
    last_error_code: str
    waiting_count: int
    asking_count: int
    answered_count: int
    refused_count: int
    oldest_due_at: datetime | None
    batch_count: int
    failed_count: int
    answers_of_a_day: int
    usual_milliseconds: int

    @property
    def error_share(self) -> float:
        """Failed batches among all of the last day."""
        return self.failed_count / self.batch_count if self.batch_count else 0.0


def bank_statuses(*, at: datetime) -> tuple[BankStatus, ...]:
    """All banks, by name. Figures only, so whoever calls decides who may look."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_STATES)
        states = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_QUESTIONS)
        questions = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_EXCHANGES, [at - LOOKED_BACK])
        exchanges = {row[0]: row[1:] for row in cursor.fetchall()}
    reached = installation().banks
    statuses = []
    for name, bank in banks().items():
        breaker, last_answer_at, last_error_at, last_error_code = states.get(name, ("closed", None, None, ""))
        waiting, asking, answered, refused, oldest = questions.get(name, (0, 0, 0, 0, None))
        batch_count, failed_count, answers, milliseconds = exchanges.get(name, (0, 0, 0, 0))
        statuses.append(
            BankStatus(
                bank=name, label=bank.label, transport=bank.transport, is_reached=name in reached, breaker=breaker,
                last_answer_at=last_answer_at, last_error_at=last_error_at, last_error_code=last_error_code,
                waiting_count=waiting, asking_count=asking, answered_count=answered, refused_count=refused,
                oldest_due_at=oldest, batch_count=batch_count, failed_count=failed_count,
                answers_of_a_day=int(answers), usual_milliseconds=milliseconds,
            )
        )  # fmt: skip
    return tuple(statuses)
