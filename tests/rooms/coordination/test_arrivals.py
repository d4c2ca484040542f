"""What comes in: texts of people, reports of where messages ended; and what waits below to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.actions import (
    NoticesQueued,
    NoticeToQueue,
    hear,
    opt_out,
    queue_notices,
    receive_reports,
    save_draft,
    send_invitations,
    tell_what_waits,
    withdraw_registration,
)
from sakha.coordination.actions.hearing import Inbound
from sakha.coordination.gateways import InboundText, ProviderReport
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.rules.inbound import InboundMeaning, meaning_of
from sakha.coordination.rules.notice_texts import (
    APPEAL_TEXTS,
    CONFIRMER_LINK,
    HELP,
    REMINDER,
    STATUS_TEXTS,
    FileState,
)
from sakha.coordination.rules.sms_text import TextUnfit, fit_text
from sakha.coordination.rules.states import InvitationState, OptOutSource
from tests.coordination_cast import NOON, Family, a_mobile, invitation_states, invite, rows, search, write_extract
from tests.door_cast import come_in, given_invited, link_of, newest_text
from tests.ledger_cast import given_charity

pytestmark = pytest.mark.django_db

SECRET = "a-secret-of-the-provider"
SITE = "sakha.example"


def said(mobile: str, text: str, *, provider_id: str = "", at=NOON) -> Inbound:
    told = InboundText(mobile=mobile, text=text, provider_id=provider_id)
    return hear(actor=SYSTEM, at=at, provider="kavenegar", told=told, address=SITE)


def answers() -> list[str]:
    sealed = rows("SELECT text_sealed FROM coordination_notice ORDER BY id")
    return [open_sealed(key_ring(), bytes(row[0])) for row in sealed]


@pytest.mark.parametrize("text", ["وضعیت", "وضعيت", "وضعیت؟", " پرونده ", "۲", "Status"])
def test_a_question_is_read_however_the_keyboard_writes_it(text: str) -> None:
    assert meaning_of(text) is InboundMeaning.STATUS


def test_what_holds_a_word_of_ours_is_not_that_word_and_all_texts_are_fit() -> None:
    assert meaning_of("وضعیت ما خوب نیست") is InboundMeaning.OTHER
    assert meaning_of("لغو") is InboundMeaning.OPT_OUT
    for text in (*STATUS_TEXTS.values(), *APPEAL_TEXTS.values(), HELP, REMINDER, CONFIRMER_LINK):
        assert fit_text(text.format(address=SITE, token="x" * 24)).part_count <= 2


def test_a_phone_is_told_where_its_file_stands_and_no_more(tmp_path: Path) -> None:
    family = given_invited(tmp_path)
    link = link_of(newest_text())

    said(family.mobile, "وضعیت", provider_id="1")
    registration_id = come_in(link)
    said(family.mobile, "وضعیت", provider_id="2")
    withdraw_registration(at=NOON, registration_id=registration_id)
    said(family.mobile, "وضعیت", provider_id="3")
    said(a_mobile(), "وضعیت", provider_id="4")

    states = (FileState.INVITED, FileState.BEGUN, FileState.WITHDRAWN, FileState.NONE)
    assert answers() == [STATUS_TEXTS[state].format(address=SITE) for state in states]


def test_a_text_that_is_brought_twice_is_heard_once_and_answers_are_few_a_day() -> None:
    mobile = a_mobile()

    twice = [said(mobile, "سلام", provider_id="7") for _ in range(2)]
    helps = [said(mobile, f"سلام {number}").is_answered for number in range(3)]
    asked = [said(mobile, "وضعیت", provider_id=f"s{number}").is_answered for number in range(5)]
    tomorrow = said(mobile, "وضعیت", provider_id="s9", at=NOON + timedelta(days=1, minutes=1))

    assert [one.is_new for one in twice] == [True, False]
    assert (twice[0].is_answered, helps) == (True, [False] * 3)
    assert asked == [True, True, True, False, False]
    assert tomorrow.is_answered
    assert rows("SELECT count(*) FROM coordination_inbound") == [(10,)]


def test_a_phone_that_said_no_is_answered_nothing() -> None:
    mobile = a_mobile()

    said(mobile, "وضعیت", provider_id="1")
    heard = said(mobile, "لغو", provider_id="2")
    again = said(mobile, "وضعیت", provider_id="3")

    assert (heard.is_opt_out, heard.cancelled_count, again.is_answered) == (True, 1, False)
    assert rows("SELECT state, reason FROM coordination_notice") == [("CANCELLED", "OPT_OUT")]
    with pytest.raises(PermissionMissing):
        hear(
            actor=given_charity("مهر"),
            at=NOON,
            provider="x",
            told=InboundText(mobile=mobile, text="لغو"),
            address=SITE,
        )


def test_the_providers_door_opens_by_its_secret_alone_and_takes_texts_and_deliveries(
    tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(write_extract(tmp_path / "w.parquet", [Family()]))
    invite()
    rows("UPDATE coordination_invitation SET state = 'SENT', gateway = 'kavenegar', provider_id = '900' RETURNING id")
    text = {"from": a_mobile().removeprefix("+"), "to": "3000", "message": "لغو", "messageid": "5"}
    closed = client.post(f"/sms-callbacks/{SECRET}/texts", text).status_code
    monkeypatch.setattr(
        "django.conf.settings.SAKHA.sms_callback_secret", type("S", (), {"get_secret_value": lambda _: SECRET})()
    )

    told = [
        client.post("/sms-callbacks/guess/texts", text).status_code,
        client.post(f"/sms-callbacks/{SECRET}/texts", text).status_code,
        client.get(f"/sms-callbacks/{SECRET}/texts", text).status_code,
        client.get(f"/sms-callbacks/{SECRET}/texts", {**text, "from": "IRANCELL", "messageid": "6"}).status_code,
        client.get(f"/sms-callbacks/{SECRET}/texts", {"from": "x"}).status_code,
        client.get(f"/sms-callbacks/{SECRET}/deliveries", {"messageid": "900", "status": "10"}).status_code,
        client.get(f"/sms-callbacks/{SECRET}/deliveries", {"messageid": "900", "status": "11"}).status_code,
        client.get(f"/sms-callbacks/{SECRET}/deliveries", {"messageid": "900", "status": "x"}).status_code,
    ]

    assert (closed, told) == (404, [404, 200, 200, 200, 400, 200, 200, 400])
    assert rows("SELECT count(*) FROM coordination_opt_out") == [(1,)]
    assert rows("SELECT count(*) FROM coordination_inbound") == [(1,)]
    assert invitation_states() == {"DELIVERED": 1}


def test_a_report_that_is_no_end_changes_nothing_and_another_providers_neither(tmp_path: Path) -> None:
    search(write_extract(tmp_path / "w.parquet", [Family()]))
    invite()
    rows("UPDATE coordination_invitation SET state = 'SENT', gateway = 'kavenegar', provider_id = '900' RETURNING id")
    on_its_way = ProviderReport(provider_id="900", state=InvitationState.SENT)
    there = ProviderReport(provider_id="900", state=InvitationState.DELIVERED)

    receive_reports(actor=SYSTEM, at=NOON, provider="kavenegar", reports=[on_its_way])
    receive_reports(actor=SYSTEM, at=NOON, provider="smpp", reports=[there])

    assert invitation_states() == {"SENT": 1}


def test_whoever_stopped_half_way_is_reminded_once_after_three_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    families = [Family(), Family()]
    for family in families:
        given_invited(tmp_path, family)
        save_draft(at=NOON, registration_id=come_in(link_of(newest_text())), draft={"head": {}})
    opt_out(actor=SYSTEM, at=NOON, mobile=families[1].mobile, source=OptOutSource.OFFICE)

    def told(days: int) -> int:
        at = NOON + timedelta(days=days)
        return tell_what_waits(actor=SYSTEM, at=at, limit=10, address=SITE).reminders.queued_count

    bad = Family()
    search(write_extract(tmp_path / "bad.parquet", [bad]))
    invite(name="بد")
    send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=1000, gateway=OutboxGateway())
    save_draft(at=NOON, registration_id=come_in(link_of(newest_text())), draft={"head": {}})
    [(bad_id,)] = rows("SELECT id FROM coordination_campaign WHERE name = 'بد'")

    def refuse_bad(*, actor: Actor, at: datetime, notices: Sequence[NoticeToQueue]) -> NoticesQueued:
        if any(one.campaign_id == bad_id for one in notices):
            raise TextUnfit(field="text", reason="")
        return queue_notices(actor=actor, at=at, notices=notices)

    # Its reminder is refused, those of others go.
    monkeypatch.setattr("sakha.coordination.actions.telling.queue_notices", refuse_bad)

    assert [told(days) for days in (2, 3, 4, 20)] == [0, 1, 0, 0]
    assert rows("SELECT kind, campaign_id IS NOT NULL FROM coordination_notice") == [("REMINDER", True)]
    assert answers() == [REMINDER.format(address=SITE)]


def test_nothing_waits_where_nothing_happened() -> None:
    told = tell_what_waits(actor=SYSTEM, at=NOON, limit=10, address=SITE)

    assert (told.links, told.appeals, told.reminders) == (NoticesQueued(),) * 3
    assert send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=1).sent_count == 0
