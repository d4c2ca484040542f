"""Kavenegar's gateway against a server on loopback: what it sends, how it fails, what it never tells."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from sakha.coordination.gateways import (
    GatewayRefused,
    GatewayUncertain,
    OutgoingMessage,
    SentMessage,
)
from sakha.coordination.gateways.kavenegar import KavenegarAccount, KavenegarGateway
from sakha.coordination.rules.states import InvitationState
from tests.kavenegar_server import KEY, Provider, kavenegar


@pytest.fixture
def provider() -> Iterator[Provider]:
    with kavenegar() as running:
        yield running


@pytest.fixture
def gateway(provider: Provider) -> Iterator[KavenegarGateway]:
    opened = KavenegarGateway(an_account(provider.url))
    yield opened
    opened.close()


def an_account(url: str, key: str = KEY, answer_seconds: float = 5.0) -> KavenegarAccount:
    return KavenegarAccount(
        url=url, key=key, sender="10004346", connect_seconds=2, answer_seconds=answer_seconds, pause_seconds=0.001
    )


def messages(count: int = 2) -> list[OutgoingMessage]:
    return [
        OutgoingMessage(local_id=number, number=f"+98990111{number:04d}", text=f"سلام {number}", part_count=1)
        for number in range(1, count + 1)
    ]


def test_a_batch_is_sent_with_our_ids_and_costs_come_back(provider: Provider, gateway: KavenegarGateway) -> None:
    answers = gateway.send(messages())

    assert [(sms.local_id, sms.receptor, sms.text) for sms in provider.taken] == [
        (1, "09901110001", "سلام 1"),
        (2, "09901110002", "سلام 2"),
    ]
    assert [(one.local_id, one.state, one.provider_id, one.cost_rial) for one in answers] == [
        (1, InvitationState.SENT, "9000000", 120),
        (2, InvitationState.SENT, "9000001", 120),
    ]


@pytest.mark.parametrize("fault", [409])
def test_what_surely_took_nothing_is_tried_again(provider: Provider, gateway: KavenegarGateway, fault: int) -> None:
    provider.faults = [fault, fault]

    answers = gateway.send(messages())

    assert [one.state for one in answers] == [InvitationState.SENT] * 2
    assert len(provider.taken) == 2


def test_a_provider_that_stays_busy_took_nothing(provider: Provider, gateway: KavenegarGateway) -> None:
    provider.faults = [409] * 10

    with pytest.raises(GatewayRefused) as refusal:
        gateway.send(messages())

    assert refusal.value.status == "409"
    assert len(provider.calls) == 4


@pytest.mark.parametrize("status", [401, 402, 412, 413, 418])
def test_a_refusal_is_read_from_return_status_and_not_repeated(
    provider: Provider, gateway: KavenegarGateway, status: int
) -> None:
    provider.faults = [status]

    with pytest.raises(GatewayRefused) as refusal:
        gateway.send(messages())

    assert refusal.value.status == str(status)
    assert len(provider.calls) == 1


@pytest.mark.parametrize("fault", ["malformed", "not an object", "http 500", "hang up", "take and hang up"])
def test_a_sending_without_a_readable_answer_is_uncertain_and_never_repeated(
    provider: Provider, gateway: KavenegarGateway, fault: str
) -> None:
    provider.faults = [fault]

    with pytest.raises(GatewayUncertain):
        gateway.send(messages())

    assert len(provider.calls) == 1


def test_a_slow_answer_is_uncertain(provider: Provider) -> None:
    provider.answers.clear()
    hasty = KavenegarGateway(an_account(provider.url, answer_seconds=0.2))

    with pytest.raises(GatewayUncertain, match="GATEWAY_UNCERTAIN"):
        hasty.send(messages())

    assert len(provider.taken) == 2
    hasty.close()


def test_a_server_that_is_not_there_took_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        nobody = KavenegarGateway(an_account(url))

        with pytest.raises(GatewayRefused) as refusal:
            nobody.send(messages())

    assert refusal.value.status == "ConnectError"
    nobody.close()


def test_one_invalid_number_does_not_stop_the_others(provider: Provider, gateway: KavenegarGateway) -> None:
    provider.invalid_numbers = {"09901110003"}

    answers = gateway.send(messages(5))

    assert {one.local_id: one.state for one in answers} == {
        1: InvitationState.SENT,
        2: InvitationState.SENT,
        3: InvitationState.INVALID_NUMBER,
        4: InvitationState.SENT,
        5: InvitationState.SENT,
    }
    assert sorted(sms.local_id for sms in provider.taken) == [1, 2, 4, 5]


def test_after_half_a_batch_is_out_a_failure_does_not_make_it_look_unsent(
    provider: Provider, gateway: KavenegarGateway
) -> None:
    provider.faults = [411, "", 418]

    answers = gateway.send(messages(4))

    assert [one.local_id for one in answers] == [1, 2]
    assert [sms.local_id for sms in provider.taken] == [1, 2]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (1, InvitationState.SENT),
        (4, InvitationState.SENT),
        (6, InvitationState.FAILED),
        (10, InvitationState.DELIVERED),
        (11, InvitationState.UNDELIVERED),
        (13, InvitationState.CANCELLED),
        (14, InvitationState.BLOCKED_BY_RECIPIENT),
        (77, InvitationState.SENT),
    ],
)
def test_their_statuses_are_told_in_our_words(
    provider: Provider, gateway: KavenegarGateway, status: int, state: InvitationState
) -> None:
    (sent,) = gateway.send(messages(1))
    provider.taken[0].status = status

    by_theirs = gateway.statuses([SentMessage(local_id=1, provider_id=sent.provider_id)])
    by_ours = gateway.statuses([SentMessage(local_id=1)])

    assert [one.state for one in (*by_theirs, *by_ours)] == [state, state]
    assert by_ours[0].provider_id == sent.provider_id


def test_an_id_that_they_do_not_know_has_no_state(gateway: KavenegarGateway) -> None:
    (answer,) = gateway.statuses([SentMessage(local_id=99)])

    assert answer.state is None


@pytest.mark.parametrize("fault", ["malformed", "http 500", "hang up", 409])
def test_a_question_is_asked_again_after_any_failure(
    provider: Provider, gateway: KavenegarGateway, fault: int | str
) -> None:
    gateway.send(messages(1))
    provider.faults = [fault, fault]

    (answer,) = gateway.statuses([SentMessage(local_id=1)])

    assert answer.state is InvitationState.SENT


def test_more_ids_than_one_question_holds_are_asked_in_several(provider: Provider, gateway: KavenegarGateway) -> None:
    answers = gateway.statuses([SentMessage(local_id=number) for number in range(1, 1102)])

    assert len(answers) == 1101
    assert provider.calls == ["sms/statuslocalmessageid"] * 3


@pytest.mark.parametrize("fault", ["", 418, "malformed", "hang up", "refused", 401])
def test_neither_key_nor_number_reaches_a_log_or_an_exception(
    provider: Provider, caplog: pytest.LogCaptureFixture, fault: int | str
) -> None:
    for name in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    provider.faults = [fault] if fault else []
    url = "http://127.0.0.1:9" if fault == "refused" else provider.url
    talkative = KavenegarGateway(an_account(url))
    told = [repr(talkative), repr(an_account(url)), repr(messages())]

    try:
        talkative.send(messages())
    except (GatewayRefused, GatewayUncertain) as error:
        seen: BaseException | None = error
        while seen is not None:
            told += [str(seen), repr(seen), str(vars(seen))]
            seen = seen.__cause__ or seen.__context__
    talkative.close()

    assert any(record.name.startswith("httpcore") for record in caplog.records)
    text = caplog.text + "".join(str(record.args) for record in caplog.records) + "".join(told)
    assert KEY not in text
    assert "9901110001" not in text


def test_without_the_filter_httpx_would_log_the_key(
    provider: Provider, gateway: KavenegarGateway, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("httpx")
    kept = list(logger.filters)
    caplog.set_level(logging.INFO, logger="httpx")
    try:
        logger.filters.clear()
        gateway.send(messages())
    finally:
        logger.filters.extend(kept)

    assert KEY in caplog.text
