"""What machines ask: alive, ready, metrics; and who is not told."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from pydantic import SecretStr

from sakha.entrypoints.operations.addresses import client_address

pytestmark = pytest.mark.django_db
STRANGER = {"REMOTE_ADDR": "203.0.113.9"}


def test_alive_and_ready_answer_without_a_word_about_people(client: Client) -> None:
    assert client.get("/alive").json() == {"alive": True}
    assert client.get("/ready").json() == {"ready": True}


def test_a_schema_behind_the_code_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _self: {})

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reason": "SCHEMA_BEHIND"}


def test_a_stranger_is_not_told_the_metrics_and_this_host_is(client: Client) -> None:
    assert client.get("/metrics", **STRANGER).status_code == 403
    assert b"sakha_requests_total" in client.get("/metrics").content


def test_with_a_token_only_the_token_counts(client: Client, settings) -> None:
    settings.SAKHA = settings.SAKHA.model_copy(update={"metrics_token": SecretStr("a long word")})

    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer a long word"}, **STRANGER).status_code == 200


def test_behind_a_proxy_nobody_is_local(client: Client, settings) -> None:
    settings.SAKHA = settings.SAKHA.model_copy(update={"proxy_header": True})

    assert client.get("/metrics").status_code == 403


def test_an_invented_method_makes_no_new_series(client: Client) -> None:
    client.generic("INVENTED", "/alive")

    assert b"INVENTED" not in client.get("/metrics").content


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::9", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::7", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("no address", "no address"),
    ],
)
def test_a_line_of_one_subscriber_counts_as_one_address(rf: RequestFactory, settings, seen: str, counted: str) -> None:
    assert client_address(rf.get("/", REMOTE_ADDR=seen)) == counted
    settings.SAKHA = settings.SAKHA.model_copy(update={"proxy_header": True})
    assert client_address(rf.get("/", headers={"X-Forwarded-For": f"198.51.100.1, {seen}"})) == counted
