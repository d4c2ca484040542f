"""A batch is weighed before its work, and a look that finds nobody is written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.entrypoints.program_gate.limits import METER
from sakha.exchange.actions.answering import CONDITION_ITEMS_MAX
from tests.exchange_cast import Program, by_number, envelope, given_program, search_of
from tests.ledger_cast import AT, a_national_id, given_charity

SR, IBR = "/dci/social/registry/", "/dci/beneficiary/registry/"


def looks(program: Program) -> list[tuple[int | None, int]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id, person_count FROM access_entry WHERE organisation_id = %s ORDER BY id",
            [program.client.actor.organisation_id],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def test_each_hundred_items_begun_count_as_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    program = given_program(given_charity("نهاد وام"))
    weights: list[int] = []
    take = METER.take

    def counted(client: Any, *, route: str, weight: int, at: Any) -> Any:
        weights.append(weight)
        return take(client, route=route, weight=weight, at=at)

    monkeypatch.setattr(METER, "take", counted)
    wish = {"reg_event_type": "UPDATE", "filter_type": "idtype-value", "filter": {}, "notify_record_type": "Member"}
    wishes = [
        {"reference_id": f"r{place}", "timestamp": AT.isoformat(), "subscribe_criteria": wish} for place in range(201)
    ]
    for path, told in (
        (SR + "sync/search", search_of(*[("idtype-value", {"type": "EMAIL", "value": "a@b.example"})] * 201)),
        (SR + "subscribe", envelope("subscribe", {"subscribe_request": wishes})),
        (IBR + "sync/enrollment/updates", envelope("notify", {"enrolled_updates": {"beneficiaries": [{}] * 201}})),
    ):
        weights.clear()
        assert program.post(path, told).status_code == 200, path
        assert weights == [1, 2], path


def test_few_questions_by_conditions_go_into_one_message_and_nobody_found_is_written_down() -> None:
    program = given_program(given_charity("نهاد وام"))
    asked = ("expression", {"group_size": {"$ge": 1}})

    many = program.post(SR + "sync/search", search_of(*[asked] * (CONDITION_ITEMS_MAX + 1)))
    assert (many.status_code, many.json()["message"]["error"]["message"]) == (400, "rjct.total_count.limit_exceeded")
    assert looks(program) == []
    assert program.post(SR + "sync/search", search_of(asked, by_number(a_national_id()))).status_code == 200
    assert looks(program) == [(None, 0), (None, 0)]
