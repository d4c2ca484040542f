"""The demonstration's confirmers and appeals: simulated people answer links, a few households object, offices decide.

A second walk finds the confirmers there and adds nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

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


class Ending(Enum):
    """How an appeal of the demonstration ends."""

    CONCEDED = "the body that told the datum says that the household is right"
    UPHELD = "the office decides for the household"
    REJECTED = "the office leaves the place as it is"
    OPEN = "it waits for an answer"


_OF_A_CAR: Final = ((AppealKind.DATUM, Ending.CONCEDED), (AppealKind.DATUM, Ending.OPEN))
_OF_OTHERS: Final = (
    (AppealKind.VISIT, Ending.UPHELD),
    (AppealKind.DECISION, Ending.UPHELD),
    (AppealKind.VISIT, Ending.REJECTED),
    (AppealKind.DECISION, Ending.REJECTED),
)
_STATEMENTS: Final = {
    AppealKind.DATUM: "خودرو پارسال فروخته شده است.",
    AppealKind.VISIT: "خواهش می‌کنیم به دیدن ما بیایید.",
    AppealKind.DECISION: "بیماری سنگینی در خانه داریم که در دفتر نیست.",
}
_ADDRESS: Final = "192.0.2.1"  # of the documentation (RFC 5737)
# The charity whose part of the county shows the most: households of whose car only it told (who told a datum may mend
# it) and other households of its own, the least sure of their place first.
_HOUSEHOLDS: Final = """
WITH told AS (
  SELECT f.household_id, f.organisation_id, bool_or(f.name = 'has_car') AS has_car
  FROM registry_fact f JOIN registry_household h ON h.id = f.household_id
  WHERE h.county = %(county)s AND NOT h.is_protected GROUP BY 1, 2
), homes AS (
  SELECT household_id, organisation_id, has_car AND car_count = 1 AS is_sole FROM (
    SELECT told.*, count(*) FILTER (WHERE has_car) OVER (PARTITION BY household_id) AS car_count FROM told
  ) AS told WHERE organisation_id = ANY(%(charities)s)
), placed AS (
  SELECT homes.*, row_number() OVER (
    PARTITION BY organisation_id, is_sole ORDER BY abs(s.poor40_share - 500), homes.household_id
  ) AS place FROM homes JOIN scoring_score s ON s.household_id = homes.household_id
), chosen AS (
  SELECT * FROM placed WHERE place <= CASE WHEN is_sole THEN %(data)s ELSE %(others)s END
), shown AS (
  SELECT organisation_id FROM chosen GROUP BY 1 ORDER BY count(*) DESC, organisation_id LIMIT 1
)
SELECT organisation_id, household_id, is_sole,
  (SELECT GREATEST(count(*), 1)::int FROM registry_membership m
   WHERE m.household_id = c.household_id AND m.to_on IS NULL)
FROM chosen c JOIN shown USING (organisation_id) ORDER BY is_sole DESC, place
"""


def let_people_speak(*, officer: Actor, charities: list[Actor], at: datetime) -> None:
    """Let confirmers be added, asked and answer, and appeals be opened and decided."""
    if confirmers(actor=officer, limit=1):
        return
    add_confirmers(actor=officer, at=at, confirmers=_people())
    by_organisation = {charity.organisation_id: charity for charity in charities}
    wanted: dict[str, Any] = {
        "county": COUNTY, "charities": list(by_organisation), "data": len(_OF_A_CAR), "others": len(_OF_OTHERS)
    }  # fmt: skip
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS, wanted)
        homes: list[tuple[int, int, bool, int]] = cursor.fetchall()
    for _, household_id, _, size in homes:
        _ask(officer, at, household_id, size)
    for is_sole, plans in ((True, _OF_A_CAR), (False, _OF_OTHERS)):
        households = [(by_organisation[home[0]], home[1]) for home in homes if home[2] is is_sole]
        for (charity, household_id), (kind, ending) in zip(households, plans, strict=False):
            appeal_id = _object(charity, at, household_id, kind)
            _answer(officer, charity, at + timedelta(minutes=1), (appeal_id, household_id, kind), ending)


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


def _object(charity: Actor, at: datetime, household_id: int, kind: AppealKind) -> int:
    appeal = NewAppeal(
        household_id=household_id,
        kind=kind,
        statement=_STATEMENTS[kind],
        fact=FactName.HAS_CAR if kind is AppealKind.DATUM else None,
        told_value=0 if kind is AppealKind.DATUM else None,
    )
    return open_appeal(actor=charity, at=at, appeal=appeal)


def _answer(officer: Actor, charity: Actor, at: datetime, appeal: tuple[int, int, AppealKind], ending: Ending) -> None:
    appeal_id, household_id, kind = appeal
    if ending is Ending.CONCEDED:
        concede_appeal(actor=charity, at=at, appeal_id=appeal_id)
    elif ending is not Ending.OPEN:
        is_upheld = ending is Ending.UPHELD
        decision = AppealDecision(
            appeal_id=appeal_id,
            is_upheld=is_upheld,
            reason="کارشناس به خانه رفت و گزارش داد.",
            override=_override(officer, at, household_id) if is_upheld and kind is AppealKind.DECISION else None,
        )
        decide_appeal(actor=officer, at=at, decision=decision)


def _override(officer: Actor, at: datetime, household_id: int) -> Override:
    decile = find_scores(actor=officer, household_ids=[household_id])[household_id].decile
    today = at.astimezone(TEHRAN).date()
    return Override(decile=max(decile - 1, 1), from_on=today, until_on=today + timedelta(days=180))
