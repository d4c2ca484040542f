"""The benchmark's path, small: two workers, a provider that fails, two deaths; everybody once, all ends known."""

from __future__ import annotations

import os
import threading

import pytest

from bench.coordination.ground.campaign import AT, run_campaign
from bench.coordination.ground.candidates import load_candidates, open_campaign
from bench.coordination.ground.provider import open_provider

pytestmark = [pytest.mark.races, pytest.mark.killing]

PEOPLE = 2_000


def test_killed_twice_with_a_failing_provider_nobody_gets_two_and_all_ends_are_known(
    committed: None, app_url: str
) -> None:
    load_candidates(PEOPLE, AT)
    assert open_campaign(PEOPLE, AT) == PEOPLE
    with open_provider(seed=7) as provider:
        serving = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            environment = {**os.environ, "DATABASE_URL": app_url}
            outcome = run_campaign(people=PEOPLE, port=provider.server_address[1], environment=environment)
        finally:
            provider.provider.hold(0)
            provider.shutdown()
            serving.join()

    assert outcome.kill_count == 2
    assert outcome.provider["most_a_number"] == 1
    assert outcome.provider["message_count"] == sum(outcome.states.values()) == PEOPLE
    assert outcome.different_count == 0
    assert set(outcome.states) <= {"DELIVERED", "UNDELIVERED", "BLOCKED_BY_RECIPIENT", "FILTERED"}
