"""The feed, single persons and referrals show no more than the client's level, and whoever was told of reads it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client as Browser

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, ClientLevel
from sakha.coordination.queries.introductions import IntroductionLine
from sakha.coordination.rules.introductions import IntroductionLevel, IntroductionState
from sakha.entrypoints.api.file_operations import show_referral
from sakha.exchange.actions.following import follow
from sakha.ledger.actions import hold_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.exchange_cast import Program, given_program, search_of
from tests.ledger_cast import AT, a_request, given_charity, given_household


def feed(program: Program) -> Any:
    return Browser().get("/exchange/events", headers={"Authorization": f"Bearer {program.key}"})


def test_the_feed_needs_a_level_and_is_written_down_for_each_household() -> None:
    own = given_charity("نهاد وام")
    home = given_household(own)
    follow(at=AT)
    hold_aid(actor=own, at=AT, household_id=home.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())
    assert follow(at=AT) > 0
    low, high = (given_program(own, level=level) for level in (ClientLevel.VERDICT, ClientLevel.NEEDS))

    webhook = {"address": "https://partner.example/hook", "events": ["aid.held"]}
    closed = (feed(low), low.post("/exchange/webhooks", webhook), low.post("/exchange/webhooks/1/replay", {"after": 0}))
    for answered in closed:
        assert (answered.status_code, answered.json()["errors"][0]["message"]) == (403, "LEVEL_MISSING")
    told = feed(high).json()["events"]
    assert {event["data"]["household"] for event in told} == {home.code}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT purpose FROM access_entry WHERE household_id = %s", [home.id])
        (purpose,) = cursor.fetchone()
    assert purpose.startswith("خواندن رویدادها")


def test_single_persons_are_asked_for_by_who_may_read_them() -> None:
    own = given_charity("نهاد وام")
    given_household(own)
    anybody = {"group_size": {"$ge": 1}}

    def status(level: ClientLevel, asked: Any, **criteria: Any) -> str:
        told = search_of(("expression", asked), **criteria)
        answered = given_program(own, level=level).post("/dci/social/registry/sync/search", told).json()
        return str(answered["message"]["search_response"][0]["status"])

    of_persons = ({"age": {"$lt": 25}}, {"birth_date": "2001-02-03"}, {"$not": {"sex": "female"}})
    by_age = [{"attribute_name": "birth_date", "sort_order": "asc"}]
    for level, expected in ((ClientLevel.NEEDS, "rjct"), (ClientLevel.FILE, "succ")):
        assert {status(level, asked) for asked in of_persons} == {status(level, anybody, sort=by_age)} == {expected}
    assert status(ClientLevel.NEEDS, anybody) == "succ"


def test_a_referral_below_the_file_has_neither_county_nor_decile() -> None:
    line = IntroductionLine(
        id=1, household_id=0, kind=NeedKind.RENT, state=IntroductionState.OFFERED, level=IntroductionLevel.COUNTY,
        province="30", county="3001", severity=1, decile=2, household_size=3, opened_at=AT, state_at=AT,
        claim_until=None, contacted_at=None, closes_at=None, is_disputed=False, closed_because=None, taken_by="",
        has_body_agreed=False, note="", offer_state=None,
    )  # fmt: skip

    below, whole = (show_referral(line, is_file=is_file) for is_file in (False, True))

    assert (below.province, below.county, below.decile) == ("30", None, None)
    assert (whole.county, whole.decile) == ("3001", 2)
