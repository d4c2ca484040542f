"""Confirmers who were asked and answered, and appeals of each kind: one decided for a time, some open."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.queries import acting
    from sakha.access.rules import SYSTEM
    from sakha.scoring.actions.appeals import NewAppeal, open_appeal
    from sakha.scoring.actions.appeals_deciding import AppealDecision, decide_appeal
    from sakha.scoring.actions.confirming import NewConfirmer, add_confirmer, ask_confirmations
    from sakha.scoring.actions.confirming_links import GivenAnswers, answer_link, check_link, links_to_send
    from sakha.scoring.models import HouseholdScore
    from sakha.scoring.rules.appeals import AppealKind, Override
    from sakha.scoring.rules.confirming import ConfirmerKind
    from sakha.scoring.rules.confirming_questions import QuestionCode
    from sakha.scoring.rules.confirming_voices import LinkClosed
    from tests.journeys.conftest import AT

    officer = walked.happened.cast.officer
    for number, kind in enumerate((ConfirmerKind.NEIGHBOUR, ConfirmerKind.TRUSTEE)):
        person = NewConfirmer(kind=kind, name="گواه نمونه", mobile=f"0960777000{number}", county="3001")
        add_confirmer(actor=officer, at=AT, confirmer=person)
    topics = [QuestionCode.HOUSEHOLD_SIZE]
    with acting(SYSTEM):
        score = HouseholdScore.objects.filter(
            household__county="3001", household__is_protected=False, decile__lte=9, household__memberships__gt=0
        ).first()
        household_id, decile = score.household_id, score.decile
    ask_confirmations(actor=officer, at=AT, household_id=household_id, topics=topics)
    for link in links_to_send(actor=SYSTEM, at=AT, limit=20):
        given = GivenAnswers(answers={QuestionCode.HOUSEHOLD_SIZE: "4"})
        answer_link(at=AT, token=link.token, code=link.mobile[-4:], address="192.0.2.1", given=given)
    with suppress(LinkClosed):
        check_link(at=AT, token="nothing", address="192.0.2.1")
    appeal = NewAppeal(household_id=household_id, kind=AppealKind.DECISION, statement="به شرایط ما نگاه کنید.")
    system_appeal = open_appeal(actor=SYSTEM, at=AT, appeal=appeal)
    override = Override(decile=decile + 1, from_on=AT.date(), until_on=AT.date() + timedelta(days=30))
    decision = AppealDecision(
        appeal_id=system_appeal, is_upheld=True, reason="کمیته خانه را دید و پذیرفت.", override=override
    )
    decide_appeal(actor=officer, at=AT, decision=decision)
