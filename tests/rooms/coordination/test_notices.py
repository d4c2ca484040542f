"""Notices: one SMS about one thing, in the same queue and on the same terms as invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.access.rules.sealing import IndexKind, blind_index, seal
from sakha.coordination.actions import (
    HouseholdNotice,
    NoticesQueued,
    NoticeToQueue,
    opt_out,
    queue_household_notices,
    queue_notice,
    queue_notices,
    send_notices,
)
from sakha.coordination.gateways import MessageKind, OutgoingMessage, ProviderAnswer, SentMessage
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.sms_text import TextUnfit
from sakha.coordination.rules.states import InvitationState, OptOutSource
from sakha.vocabulary.identifiers import IdentifierInvalid
from tests.coordination_cast import MIDNIGHT, NOON, a_mobile, rows
from tests.door_cast import newest_text
from tests.ledger_cast import given_charity, given_household

pytestmark = pytest.mark.django_db


class Phone:
    """A gateway that reaches phones and says how each message ended."""

    name, reaches_phones, batch_size, statuses_kept_for = "phone", True, 10, timedelta(hours=48)

    def __init__(self, *ends: InvitationState) -> None:
        self.ends = list(ends)
        self.batches: list[list[OutgoingMessage]] = []

    def send(self, batch: list[OutgoingMessage]) -> list[ProviderAnswer]:
        self.batches.append(batch)
        return [
            ProviderAnswer(
                local_id=one.local_id,
                state=self.ends.pop(0) if self.ends else InvitationState.SENT,
                provider_id=str(one.local_id),
            )
            for one in batch
        ]

    def statuses(self, messages: list[SentMessage]) -> list[ProviderAnswer]:
        return [ProviderAnswer(local_id=one.local_id, state=InvitationState.DELIVERED) for one in messages]


def a_notice(mobile: str, reference: str = "test:1", **other: object) -> NoticeToQueue:
    values: dict[str, object] = {"kind": NoticeKind.GRIEVANCE, "text": "پاسخ شما آماده است. سخا", **other}
    return NoticeToQueue(mobile=mobile, reference=reference, **values)


def send(gateway: object, at=NOON):
    return send_notices(actor=SYSTEM, clock=lambda: at, limit=100, gateway=gateway)


def states() -> list[tuple[object, ...]]:
    return rows("SELECT state, reason, text_sealed IS NULL FROM coordination_notice ORDER BY id")


def test_a_notice_is_queued_once_sent_once_and_then_its_text_is_forgotten() -> None:
    mobile = a_mobile()

    queued = [queue_notice(actor=SYSTEM, at=NOON, notice=a_notice(mobile)) for _ in range(2)]
    runs = [send(OutboxGateway()).sent_count for _ in range(2)]

    assert (queued, runs) == ([True, False], [1, 0])
    assert newest_text() == "پاسخ شما آماده است. سخا"
    assert states() == [("SENT", "", True)]
    assert rows("SELECT notice_id IS NOT NULL, invitation_id FROM coordination_message") == [(True, None)]


def test_a_phone_that_said_no_gets_no_notice_neither_queued_nor_sent() -> None:
    refused, late = a_mobile(), a_mobile()
    opt_out(actor=SYSTEM, at=NOON, mobile=refused, source=OptOutSource.OFFICE)

    counts = queue_notices(actor=SYSTEM, at=NOON, notices=[a_notice(refused), a_notice(late, "test:2")])
    # what was queued in the same moment in which the no was kept is found before the provider
    opt_out(actor=SYSTEM, at=NOON, mobile=a_mobile(), source=OptOutSource.OFFICE)
    rows(
        "UPDATE coordination_opt_out SET mobile_index = (SELECT mobile_index FROM coordination_notice)"
        " WHERE id = (SELECT max(id) FROM coordination_opt_out) RETURNING id"
    )
    run = send(OutboxGateway())

    assert counts == NoticesQueued(queued_count=1, opted_out_count=1)
    assert (run.sent_count, run.cancelled_count) == (0, 1)
    assert states() == [("CANCELLED", "OPT_OUT", True)]


def test_by_night_only_whoever_has_just_asked_is_answered_and_old_news_is_dropped() -> None:
    queue_notices(
        actor=SYSTEM,
        at=NOON,
        notices=[
            a_notice(a_mobile()),
            a_notice(a_mobile(), "test:2", kind=NoticeKind.STATUS),
            a_notice(a_mobile(), "test:3", lives=timedelta(minutes=1)),
        ],
    )
    phone = Phone()

    night, morning = send(phone, MIDNIGHT), send(phone, NOON + timedelta(days=1))

    assert (night.sent_count, morning.sent_count, morning.cancelled_count) == (1, 1, 1)
    assert [state for state, _, _ in states()] == ["SENT", "SENT", "CANCELLED"]
    assert {one.kind for batch in phone.batches for one in batch} == {MessageKind.NOTICE}


def test_a_phones_second_notice_waits_for_the_next_batch_because_providers_answer_by_number() -> None:
    mobile = a_mobile()
    queue_notices(actor=SYSTEM, at=NOON, notices=[a_notice(mobile, f"test:{number}") for number in range(3)])
    phone = Phone(InvitationState.SENT, InvitationState.FILTERED)

    run = send(phone)

    assert [len(batch) for batch in phone.batches] == [1, 1, 1]
    assert (run.sent_count, run.failed_count) == (2, 1)
    assert [state for state, _, _ in states()] == ["SENT", "FILTERED", "SENT"]


def test_unfit_words_wrong_numbers_and_charities_queue_nothing() -> None:
    with pytest.raises(TextUnfit):
        queue_notice(actor=SYSTEM, at=NOON, notice=a_notice(a_mobile(), text="به خانوار نیازمند"))
    with pytest.raises(IdentifierInvalid):
        queue_notice(actor=SYSTEM, at=NOON, notice=a_notice("12"))
    with pytest.raises(PermissionMissing):
        queue_notice(actor=given_charity("مهر"), at=NOON, notice=a_notice(a_mobile()))


def test_a_household_is_told_on_its_heads_phone_but_never_a_protected_one() -> None:
    charity, mobile = given_charity("مهر"), a_mobile()
    home, hidden, silent = (given_household(charity, is_protected=one) for one in (False, True, False))
    ring = key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_person SET mobile_index = %s, mobile_sealed = %s WHERE id IN"
            " (SELECT person_id FROM registry_membership WHERE household_id = ANY(%s))",
            [blind_index(ring, IndexKind.MOBILE, mobile), seal(ring, mobile), [home.id, hidden.id]],
        )
    notices = [
        HouseholdNotice(kind=NoticeKind.APPEAL, reference=f"appeal:{one.id}", household_id=one.id, text="پاسخ رسید.")
        for one in (home, hidden, silent)
    ]

    told = queue_household_notices(actor=SYSTEM, at=NOON, notices=notices)

    assert told == NoticesQueued(queued_count=1)
    assert rows("SELECT household_id, province FROM coordination_notice") == [(home.id, "30")]
