"""What follows once people's word changed something: the household is scored anew and needs that they bear out stand.

The result itself is `confirming_results`; what a need's state means is `needs_states`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from sakha.access.rules import SYSTEM
from sakha.scoring.actions.needs_states import confirm_need
from sakha.scoring.actions.rescoring import rescore_households
from sakha.scoring.queries.confirmations import standing_confirmations
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

BORNE_OUT: Final = {
    QuestionCode.SHOCK: NeedKind.SHOCK,
    QuestionCode.ILLNESS: NeedKind.HEALTH,
    QuestionCode.DISABILITY: NeedKind.DISABILITY,
    QuestionCode.STUDENTS: NeedKind.EDUCATION,
}


def follow_confirmations(*, at: datetime, household_ids: Iterable[int]) -> None:
    """Score anew and confirm the needs that the answers bear out, as the system."""
    ids = list(household_ids)
    if not ids:
        return
    rescore_households(actor=SYSTEM, at=at, household_ids=ids)
    for household_id, lines in standing_confirmations(actor=SYSTEM, at=at, household_ids=ids).items():
        for line in lines:
            kind = BORNE_OUT.get(line.question) if line.question else None
            if kind is not None and line.value and line.confirmed_at == at:
                _confirm(at, household_id, kind)


def _confirm(at: datetime, household_id: int, kind: NeedKind) -> None:
    try:
        with transaction.atomic():
            confirm_need(actor=SYSTEM, at=at, household_id=household_id, kind=kind, reason="تأیید اهل محل")
    except Refusal as refusal:
        # people bear out a fact; that no need follows from it by the rules is no failure
        if refusal.code not in {"NEED_UNKNOWN", "NEED_WAY_CLOSED"}:
            raise
