"""The whole OpenAPI document tried by schemathesis: no failure, no answer outside of it, no form let through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client as Browser
from schemathesis import Case, GenerationMode

from tests.api_cast import given_place
from tests.ledger_cast import KnownHousehold

EXAMPLES = 4
# What a form can't say is refused as 422 by the rules: a check digit, an amount, one of two fields.
ALLOWED = ["2xx", "3xx", "400", "403", "404", "409", "422", "429"]
_turns = count()


def document() -> schemathesis.BaseSchema:
    config = schemathesis.Config.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": ALLOWED}}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler(), config=config)


def made_real(case: Case, home: KnownHousehold) -> None:
    """Every other time the household and the person that there are: random numbers alone would only find nothing."""
    if next(_turns) % 2:
        return
    if isinstance(case.path_parameters, dict) and "household_id" in case.path_parameters:
        case.path_parameters["household_id"] = home.id
    if isinstance(case.body, dict):
        real = {"household_id": home.id, "national_id": home.national_id}
        case.body.update({name: real[name] for name in real if name in case.body})


def tried_with(cases: Any, home: KnownHousehold | None, headers: dict[str, str]) -> Callable[[], None]:
    """Ask with each example, and let schemathesis judge the answer."""

    @hypothesis.given(case=cases)
    def answers_well(case: Case) -> None:
        if home is not None:
            made_real(case, home)
        case.call_and_validate(headers=headers)

    return answers_well


@pytest.fixture
def one_connection() -> Iterator[None]:
    """As Django's own test client: a request ends without closing the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.django_db
def test_every_operation_answers_as_the_document_says(client: Browser) -> None:
    caller, home = given_place(client, minute_limit=1_000_000, day_limit=1_000_000)
    headers = {"Authorization": f"Bearer {caller.secret}", "Accept-Encoding": "identity"}
    quiet = hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    tried: set[str] = set()
    for found in document().get_all_operations():
        operation = found.ok()
        for mode, real in ((GenerationMode.POSITIVE, home), (GenerationMode.NEGATIVE, None)):
            quiet(tried_with(operation.as_strategy(generation_mode=mode), real, headers))()
        tried.add(operation.label)
    assert len(tried) > 20
