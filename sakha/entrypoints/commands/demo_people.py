"""The demonstration's confirmers and appeals: simulated people answer links, a few households object, offices decide.

A second walk finds the confirmers there and adds nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.actions import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.scoring.actions.appeals import NewAppeal, open_appeal
from sakha.scoring.actions.appeals_deciding import AppealDecision, concede_appeal, decide_appeal
from sakha.scoring.actions.confirming import NewConfirmer, add_confirmers, ask_confirmations
from sakha.scoring.actions.confirming_links import GivenAnswers, answer_link, links_to_send
from sakha.scoring.queries import find_scores
from sakha.scoring.queries.confirmations import confirmers
from sakha.scoring.rules.appeals import AppealKind, Override
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.jalali import TEHRAN

COUNTY: Final = "3001"
ASKED_HOUSEHOLDS: Final = 6
UPHELD: Final = (1, 2)
_KINDS: Final = (AppealKind.DATUM, AppealKind.VISIT, AppealKind.DECISION)
_STATEMENTS: Final = {
    AppealKind.DATUM: "خودرو پارسال فروخته شده است.",
    AppealKind.VISIT: "خواهش می‌کنیم به دیدن ما بیایید.",
    AppealKind.DECISION: "بیماری سنگینی در خانه داریم که در دفتر نیست.",
}
_ADDRESS: Final = "192.0.2.1"  # of the documentation (RFC 5737)
# Households of the county whose car only this charity told of (who told a datum may mend it), the least sure first.
_HOUSEHOLDS: Final = """
SELECT s.household_id, GREATEST(count(DISTINCT m.id), 1)::int FROM scoring_score s
JOIN registry_household h ON h.id = s.household_id AND h.county = %s AND NOT h.is_protected
JOIN registry_membership m ON m.household_id = h.id AND m.to_on IS NULL
JOIN registry_fact f ON f.household_id = h.id AND f.name = 'has_car'
GROUP BY s.household_id, s.poor40_share
HAVING bool_and(f.organisation_id = %s) ORDER BY abs(s.poor40_share - 500), s.household_id LIMIT %s
"""


def let_people_speak(*, officer: Actor, charities: list[Actor], at: datetime) -> None:
    """Let confirmers be added, asked and answer, and appeals be opened and decided."""
    if confirmers(actor=officer, limit=1):
        return
    add_confirmers(actor=officer, at=at, confirmers=_people())
    for charity in charities:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_HOUSEHOLDS, [COUNTY, charity.organisation_id, ASKED_HOUSEHOLDS])
            homes: list[tuple[int, int]] = cursor.fetchall()
        if not homes:
            continue
        for household_id, size in homes:
            _ask(officer, at, household_id, size)
        _object(officer, charity, at, [household_id for household_id, _ in homes])
        return


def _people() -> list[NewConfirmer]:
    return [
        NewConfirmer(kind=kind, name=f"گواه نمونهٔ {number}", mobile=f"0990{number:07d}", county=COUNTY)
        for number, kind in enumerate(list(ConfirmerKind) * 4, start=1)
    ]


def _ask(officer: Actor, at: datetime, household_id: int, size: int) -> None:
    topics = [QuestionCode.HOUSEHOLD_SIZE, QuestionCode.SHOCK]
    ask_confirmations(actor=officer, at=at, household_id=household_id, topics=topics, count=3)
    answers = {QuestionCode.LIVES_HERE: "1", QuestionCode.HOUSEHOLD_SIZE: str(min(size, 15)), QuestionCode.SHOCK: "0"}
    for link in links_to_send(actor=SYSTEM, at=at, limit=10):
        answer_link(
            at=at, token=link.token, code=link.mobile[-4:], address=_ADDRESS, given=GivenAnswers(answers=answers)
        )


def _object(officer: Actor, charity: Actor, at: datetime, households: list[int]) -> None:
    """A mended datum, a visit upheld and one rejected, a committee's decision, and some that wait for an answer."""
    decided_at = at + timedelta(minutes=1)
    for number, household_id in enumerate(households):
        kind = _KINDS[number % len(_KINDS)]
        appeal = NewAppeal(
            household_id=household_id,
            kind=kind,
            statement=_STATEMENTS[kind],
            fact=FactName.HAS_CAR if kind is AppealKind.DATUM else None,
            told_value=0 if kind is AppealKind.DATUM else None,
        )
        appeal_id = open_appeal(actor=charity, at=at, appeal=appeal)
        if number == 0:
            concede_appeal(actor=charity, at=decided_at, appeal_id=appeal_id)
        elif kind is not AppealKind.DATUM:
            decision = AppealDecision(
                appeal_id=appeal_id,
                is_upheld=number in UPHELD,
                reason="کارشناس به خانه رفت و گزارش داد.",
                override=_override(officer, at, household_id)
                if number in UPHELD and kind is AppealKind.DECISION
                else None,
            )
            decide_appeal(actor=officer, at=decided_at, decision=decision)


def _override(officer: Actor, at: datetime, household_id: int) -> Override:
    decile = find_scores(actor=officer, household_ids=[household_id])[household_id].decile
    today = at.astimezone(TEHRAN).date()
    return Override(decile=max(decile - 1, 1), from_on=today, until_on=today + timedelta(days=180))
