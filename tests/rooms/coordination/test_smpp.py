"""Sending by SMPP 3.4, against a server of another make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import NoticeToQueue, apply_early_reports, collect, queue_notices, send_notices
from sakha.coordination.gateways import GatewayRefused, OutgoingMessage
from sakha.coordination.gateways.smpp import SmppAccount, SmppGateway
from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.sms_text import part_count
from sakha.vocabulary.refusal import Refusal
from tests.coordination_cast import NOON, a_mobile, rows
from tests.smpp_server import Centre, smpp_centre

pytestmark = pytest.mark.django_db

LONG = "سامانهٔ احسان و نیکوکاری (سخا) شما را دعوت می‌کند. 😀 " * 4
SHORT = "سخا: پاسخ شما آماده است."


@pytest.fixture
def centre() -> Iterator[Centre]:
    with smpp_centre() as running:
        yield running


def a_gateway(centre: Centre, **other: object) -> SmppGateway:
    told = {"system_id": "sakha", "password": "secret", "sender": "3000", "pause_seconds": 0.01, "answer_seconds": 5}
    return SmppGateway(SmppAccount(host="127.0.0.1", port=centre.port, **{**told, **other}))


def a_message(local_id: int, text: str = SHORT) -> OutgoingMessage:
    return OutgoingMessage(local_id=local_id, number=a_mobile(), text=text, part_count=part_count(text))


def queue(*texts: str) -> list[str]:
    mobiles = [a_mobile() for _ in texts]
    notices = [
        NoticeToQueue(kind=NoticeKind.GRIEVANCE, reference=f"smpp:{number}", mobile=mobile, text=text)
        for number, (mobile, text) in enumerate(zip(mobiles, texts, strict=True))
    ]
    queue_notices(actor=SYSTEM, at=NOON, notices=notices)
    return mobiles


def states() -> list[str]:
    return [row[0] for row in rows("SELECT state FROM coordination_notice ORDER BY id")]


def hear_all(centre: Centre, gateway: SmppGateway, seconds: float = 0.6) -> int:
    del centre
    return collect(actor=SYSTEM, clock=lambda: NOON, gateway=gateway, seconds=seconds)


@pytest.mark.parametrize("uses_payload", [False, True])
def test_long_persian_texts_arrive_whole_in_parts_or_as_payload(centre: Centre, uses_payload: bool) -> None:
    messages = [a_message(1, LONG), a_message(2)]

    answers = a_gateway(centre, uses_payload=uses_payload).send(messages)

    assert {answer.local_id: answer.state for answer in answers} == {1: "SENT", 2: "SENT"}
    assert centre.texts() == {one.number.removeprefix("+"): one.text for one in messages}
    assert {part.data_coding for part in centre.taken} == {8}
    long = [part for part in centre.taken if part.number == messages[0].number.removeprefix("+")]
    long.sort(key=lambda part: part.content[5:6])  # the server may take parts in any order
    assert len(long) == (1 if uses_payload else 4)
    assert [part.registered for part in long] == [0] * (len(long) - 1) + [1]
    # the id of the part whose receipt was asked for is the one that is kept
    assert next(answer for answer in answers if answer.local_id == 1).provider_id == long[-1].id


def test_throttled_messages_are_sent_after_a_pause_and_at_last_left_for_the_next_run(centre: Centre) -> None:
    mobiles = queue(SHORT, SHORT, SHORT)
    centre.faults = ["throttled", "full"]

    first = send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=a_gateway(centre))
    queue_notices(
        actor=SYSTEM,
        at=NOON,
        notices=[NoticeToQueue(kind=NoticeKind.GRIEVANCE, reference="late", mobile=mobiles[0], text=SHORT)],
    )
    centre.faults = ["throttled"] * 10
    second = send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=a_gateway(centre, attempt_count=2))

    assert (first.sent_count, first.stopped_by) == (3, "")
    assert (second.sent_count, second.uncertain_count, second.stopped_by) == (0, 0, "GATEWAY_FULL")
    assert states() == ["SENT", "SENT", "SENT", "QUEUED"]
    assert sorted(part.number for part in centre.taken) == sorted(one.removeprefix("+") for one in mobiles)


def test_a_refused_number_ends_alone_and_a_wrong_account_takes_nothing(centre: Centre) -> None:
    queue(SHORT, SHORT)
    centre.faults = ["number", "broken"]

    run = send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=a_gateway(centre))

    assert (run.sent_count, run.failed_count) == (0, 2)
    assert sorted(states()) == ["FAILED", "INVALID_NUMBER"]
    with pytest.raises(GatewayRefused):
        SmppGateway(
            SmppAccount(host="127.0.0.1", port=1, system_id="x", password="x", sender="1", pause_seconds=0.0)
        ).send([a_message(1)])


def test_a_broken_connection_leaves_only_what_was_out_in_doubt_and_the_next_batch_binds_again(centre: Centre) -> None:
    queue(SHORT, SHORT, SHORT)
    centre.faults = ["", "hang up"]

    first = send_notices(
        actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=a_gateway(centre, window=1, answer_seconds=3)
    )
    second = send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=a_gateway(centre))

    assert (first.sent_count, first.uncertain_count) == (1, 1)
    assert second.sent_count == 1
    assert states() == ["SENT", "SENDING", "SENT"]
    numbers = [part.number for part in centre.taken]
    assert len(numbers) == len(set(numbers)) == 3
    assert centre.bind_count == 2


def test_receipts_end_messages_once_also_when_they_are_repeated_or_come_too_early(centre: Centre) -> None:
    queue(SHORT, SHORT, SHORT, SHORT)
    gateway = a_gateway(centre)
    centre.report("m4", "DELIVRD")  # before anything was sent: its id is not known here yet
    hear_all(centre, gateway)
    early = rows("SELECT provider_id FROM coordination_early_report")
    send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=gateway)
    centre.report("m1", "ACCEPTD")
    centre.report("m1", "DELIVRD")
    centre.report("m1", "UNDELIV")
    centre.report("m2", "", state=5)
    centre.report("m2", "", state=5)
    centre.report("m3", "REJECTD")
    centre.report("nobody's", "DELIVRD")

    taken = hear_all(centre, gateway)
    applied = apply_early_reports(actor=SYSTEM, at=NOON)

    assert early == [("m4",)]
    assert (taken, applied) == (7, 1)
    assert centre.waiting == []
    ends = rows("SELECT provider_id, state FROM coordination_notice ORDER BY provider_id")
    assert ends == [("m1", "DELIVERED"), ("m2", "UNDELIVERED"), ("m3", "FILTERED"), ("m4", "DELIVERED")]


def test_a_text_over_smpp_is_heard_and_answered_on_the_same_phone(centre: Centre) -> None:
    mobile = a_mobile()
    centre.say(mobile.removeprefix("+"), "وضعیت")
    centre.say("IRANCELL", "تبلیغ")
    gateway = a_gateway(centre)

    taken = hear_all(centre, gateway)
    send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=gateway)

    assert taken == 2
    assert list(centre.texts()) == [mobile.removeprefix("+")]
    assert "پرونده‌ای نیست" in centre.texts()[mobile.removeprefix("+")]


def test_a_text_that_is_refused_stops_no_receipt(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(SHORT)
    gateway = a_gateway(centre)
    send_notices(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=gateway)
    centre.say(a_mobile().removeprefix("+"), "وضعیت")
    centre.report("m1", "DELIVRD")

    def refuse(**_: object) -> None:
        raise Refusal

    monkeypatch.setattr("sakha.coordination.actions.arrivals.hear", refuse)

    assert hear_all(centre, gateway) == 2
    assert (states(), centre.waiting) == (["DELIVERED"], [])


def test_what_could_not_be_written_is_not_acknowledged_and_comes_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.report("m1", "DELIVRD")
    gateway = a_gateway(centre)
    with monkeypatch.context() as broken:
        broken.setattr("sakha.coordination.actions.arrivals.receive_reports", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hear_all(centre, gateway)

    assert len(centre.waiting) == 1
    assert hear_all(centre, gateway) == 1
