"""Sending what is queued, and learning where it arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, count, repeat
from pathlib import Path

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Role, Scope
from sakha.coordination.actions import (
    SendingRun,
    claiming,
    opt_out,
    pause_campaign,
    receive_inbound,
    refresh_statuses,
    resume_campaign,
    send_invitations,
)
from sakha.coordination.gateways import OutgoingMessage, ProviderAnswer
from sakha.coordination.gateways.kavenegar import KavenegarAccount, KavenegarGateway
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.queries import invitation_counts, outbox
from sakha.coordination.rules.states import InvitationState, OptOutSource
from tests.coordination_cast import (
    MIDNIGHT,
    NOON,
    Family,
    invitation_states,
    invite,
    rows,
    search,
    write_extract,
)
from tests.kavenegar_server import KEY, Provider, kavenegar
from tests.ledger_cast import PROVINCE, an_officer, given_charity

pytestmark = pytest.mark.django_db

OPERATOR = Actor(user_id=None, organisation_id=None, role=Role.OPERATOR, scope=Scope.NATION)
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with kavenegar() as running:
        yield running


@pytest.fixture
def gateway(provider: Provider) -> Iterator[KavenegarGateway]:
    opened = KavenegarGateway(
        KavenegarAccount(url=provider.url, key=KEY, sender="10004346", answer_seconds=5, pause_seconds=0.001)
    )
    yield opened
    opened.close()


def queue(tmp_path: Path, *families: Family) -> None:
    search(write_extract(tmp_path / "w.parquet", families))
    invite()


def send(gateway: KavenegarGateway | OutboxGateway, at=NOON) -> SendingRun:
    return send_invitations(actor=SYSTEM, clock=lambda: at, limit=1000, gateway=gateway)


def test_the_outbox_keeps_each_message_for_operators_with_its_number_masked(tmp_path: Path) -> None:
    family = Family()
    queue(tmp_path, family, Family())

    run = send(OutboxGateway())

    assert (run.sent_count, run.stopped_by) == (2, "")
    assert invitation_states() == {"SENT": 2}
    lines = outbox(actor=OPERATOR, limit=10)
    assert {line.number_masked for line in lines} >= {f"0{family.mobile[3:6]}•••{family.mobile[-4:]}"}
    assert all("sakha.example" in line.text and line.part_count == 2 for line in lines)
    assert [line.id for line in outbox(actor=OPERATOR, limit=1, after=lines[0].id)] == [lines[1].id]


def test_sending_again_sends_nothing(tmp_path: Path) -> None:
    queue(tmp_path, Family())
    send(OutboxGateway())

    assert send(OutboxGateway()) == SendingRun()
    assert len(outbox(actor=OPERATOR, limit=10)) == 1


def test_only_operators_read_the_outbox(tmp_path: Path) -> None:
    queue(tmp_path, Family())
    send(OutboxGateway())

    for actor in (an_officer(Scope.NATION), an_officer(), given_charity("مهر")):
        with pytest.raises(PermissionMissing):
            outbox(actor=actor, limit=10)
    for actor in (an_officer(), given_charity("نور")):
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM coordination_message")
            assert cursor.fetchone() == (0,)


def test_a_message_of_the_outbox_cannot_be_deleted(tmp_path: Path) -> None:
    queue(tmp_path, Family())
    send(OutboxGateway())

    with pytest.raises(ProgrammingError, match="permission denied"), acting(SYSTEM):
        connection.cursor().execute("DELETE FROM coordination_message")


def test_the_settings_name_the_outbox_unless_a_provider_is_set(tmp_path: Path) -> None:
    queue(tmp_path, Family())

    send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=10)

    assert rows("SELECT gateway FROM coordination_invitation") == [("outbox",)]


def test_no_phone_rings_at_night_but_the_outbox_never_rings(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    queue(tmp_path, Family())

    assert send(gateway, at=MIDNIGHT).stopped_by == "QUIET_HOURS"
    assert provider.calls == []
    assert send(OutboxGateway(), at=MIDNIGHT).sent_count == 1


def test_a_long_run_stops_when_the_night_comes(tmp_path: Path, provider: Provider, gateway: KavenegarGateway) -> None:
    queue(tmp_path, Family(), Family())
    gateway.batch_size = 1
    moments = chain([NOON] * 3, repeat(MIDNIGHT))

    run = send_invitations(actor=SYSTEM, clock=lambda: next(moments), limit=10, gateway=gateway)

    assert (run.sent_count, run.stopped_by) == (1, "QUIET_HOURS")
    assert invitation_states() == {"SENT": 1, "QUEUED": 1}


def test_another_worker_leaves_the_batch_in_flight_alone_however_long_the_run_lasts(
    tmp_path: Path, gateway: KavenegarGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(tmp_path, Family(), Family(), Family())
    gateway.batch_size = 1
    ticks = count()
    others: list[SendingRun] = []
    latest: list[datetime] = []
    call = gateway.send

    def clock() -> datetime:
        latest.append(NOON + timedelta(minutes=10 * next(ticks)))
        return latest[-1]

    def send_while_another_looks(messages: Sequence[OutgoingMessage]) -> Sequence[ProviderAnswer]:
        others.append(send_invitations(actor=SYSTEM, clock=lambda: latest[-1], limit=0, gateway=gateway))
        return call(messages)

    monkeypatch.setattr(gateway, "send", send_while_another_looks)
    run = send_invitations(actor=SYSTEM, clock=clock, limit=10, gateway=gateway)

    assert run.sent_count == 3
    assert others == [SendingRun()] * 3
    stamps = [row[0] for row in rows("SELECT sending_at FROM coordination_invitation ORDER BY sending_at")]
    assert stamps == [NOON + timedelta(minutes=10 * turn) for turn in (1, 3, 5)]


def test_what_a_provider_took_is_followed_until_it_arrived(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    queue(tmp_path, Family(), Family(), Family())
    run = send(gateway)
    provider.taken[0].status, provider.taken[1].status = 10, 14

    refresh_statuses(actor=SYSTEM, at=NOON + timedelta(hours=1), limit=100, gateway=gateway)

    assert run.sent_count == 3
    assert invitation_states() == {"DELIVERED": 1, "BLOCKED_BY_RECIPIENT": 1, "SENT": 1}
    counts = {
        one.state: (one.invitation_count, one.cost_rial) for one in invitation_counts(actor=SYSTEM, province="30")
    }
    assert counts[InvitationState.DELIVERED] == (1, 120)
    refresh_statuses(actor=SYSTEM, at=NOON + timedelta(hours=49), limit=100, gateway=gateway)
    assert invitation_states() == {"DELIVERED": 1, "BLOCKED_BY_RECIPIENT": 1, "UNKNOWN": 1}


def test_a_no_that_came_after_queueing_is_honoured_before_the_provider(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    refuses, silent = Family(), Family()
    queue(tmp_path, refuses, silent)
    with acting(SYSTEM), connection.cursor() as cursor:
        opt_out(actor=SYSTEM, at=NOON, mobile=refuses.mobile, source=OptOutSource.OFFICE)
        cursor.execute("UPDATE coordination_invitation SET state = 'QUEUED', settled_at = NULL")

    run = send(gateway)

    assert (run.sent_count, run.cancelled_count) == (1, 1)
    assert [sms.receptor for sms in provider.taken] == [f"0{silent.mobile[3:]}"]


def test_whoever_is_covered_meanwhile_gets_no_message(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    queue(tmp_path, Family())
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE coordination_candidate SET state = 'COVERED', left_at = %s", [NOON])

    assert send(gateway).cancelled_count == 1
    assert provider.taken == []
    assert rows("SELECT state, reason FROM coordination_invitation") == [("CANCELLED", "NO_LONGER_UNCOVERED")]


def test_without_credit_everything_stays_queued_however_often_it_is_tried(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    queue(tmp_path, Family(), Family())
    provider.faults = [418] * 5

    runs = [send(gateway).stopped_by for _ in range(5)]

    assert runs == ["GATEWAY_REFUSED"] * 5
    assert invitation_states() == {"QUEUED": 2}
    assert send(gateway).sent_count == 2


def test_an_invalid_number_ends_its_invitation_alone(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    wrong = Family()
    queue(tmp_path, wrong, Family(), Family())
    provider.invalid_numbers = {f"0{wrong.mobile[3:]}"}

    run = send(gateway)

    assert (run.sent_count, run.failed_count) == (2, 1)
    assert invitation_states() == {"SENT": 2, "INVALID_NUMBER": 1}
    assert rows("SELECT sent_at FROM coordination_invitation WHERE state = 'INVALID_NUMBER'") == [(None,)]


@pytest.mark.parametrize("fault", ["take and hang up", "hang up", "malformed"])
def test_after_silence_the_provider_is_asked_before_anything_is_sent_again(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway, fault: str
) -> None:
    first, second = Family(), Family()
    queue(tmp_path, first)
    send(gateway)  # a witness: the provider knows our ids
    search(write_extract(tmp_path / "w.parquet", [first, second]))
    invite()
    provider.faults = [fault]

    silent = send(gateway)
    too_early = send(gateway)
    states = invitation_states()
    later = send(gateway, at=LATER)

    assert (silent.stopped_by, silent.uncertain_count) == ("GATEWAY_UNCERTAIN", 1)
    assert too_early == SendingRun()
    assert states == {"SENT": 1, "SENDING": 1}
    assert later.reconciled_count == 1
    assert invitation_states() == {"SENT": 2}
    assert len(provider.texts_of(f"0{second.mobile[3:]}")) == 1


def test_in_doubt_nobody_gets_a_second_message(tmp_path: Path, provider: Provider, gateway: KavenegarGateway) -> None:
    provider.knows_local_ids = False
    family = Family()
    queue(tmp_path, family)
    provider.faults = ["take and hang up"]
    send(gateway)

    send(gateway, at=LATER)
    waits = invitation_states()
    send(gateway, at=NOON + timedelta(hours=13))

    assert waits == {"SENDING": 1}
    assert rows("SELECT state, reason FROM coordination_invitation") == [("UNKNOWN", "IN_DOUBT")]
    assert len(provider.texts_of(f"0{family.mobile[3:]}")) == 1


def test_without_asking_first_somebody_would_get_a_second_message(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    provider.knows_local_ids = False
    family = Family()
    queue(tmp_path, family)
    provider.faults = ["take and hang up"]
    send(gateway)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE coordination_invitation SET state = 'QUEUED'")

    send(gateway)

    assert len(provider.texts_of(f"0{family.mobile[3:]}")) == 2


def test_what_never_arrives_is_given_up_after_three_attempts(
    tmp_path: Path, provider: Provider, gateway: KavenegarGateway
) -> None:
    witness, family = Family(), Family()
    queue(tmp_path, witness)
    send(gateway)
    search(write_extract(tmp_path / "w.parquet", [witness, family]))
    invite()
    for attempt in range(4):
        provider.faults = ["hang up"] if attempt < 3 else []
        at = NOON + timedelta(minutes=20 * attempt)
        provider.faults = (["", *provider.faults]) if attempt else provider.faults
        send(gateway, at=at)

    assert invitation_states() == {"SENT": 1, "FAILED": 1}


def test_a_charity_may_neither_send_nor_say_no_for_others() -> None:
    charity = given_charity("مهر")

    with pytest.raises(PermissionMissing):
        send_invitations(actor=charity, clock=lambda: NOON, limit=1)
    with pytest.raises(PermissionMissing):
        receive_inbound(actor=charity, at=NOON, mobile="09901234567", text="لغو")


def test_offices_see_the_invitations_of_their_area_only(tmp_path: Path) -> None:
    queue(tmp_path, Family(county="3001"), Family(county="3002"))

    assert [one.invitation_count for one in invitation_counts(actor=an_officer(), province=PROVINCE)] == [2]
    county = invitation_counts(actor=an_officer(Scope.COUNTY, county="3002"), province=PROVINCE)
    assert [one.invitation_count for one in county] == [1]
    for stranger in (given_charity("مهر"), an_officer(province="21"), an_officer(Scope.COUNTY, county="3009")):
        assert invitation_counts(actor=stranger, province=PROVINCE) == ()


def test_a_batch_reads_its_own_rows_of_its_campaigns_queue_and_sorts_nothing(tmp_path: Path) -> None:
    queue(tmp_path, *(Family() for _ in range(5)))

    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # five rows would be read whole
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN " + claiming._CLAIM, [rows("SELECT max(id) FROM coordination_campaign")[0][0], 2])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "invitation_in_line" in plan
    assert "Sort" not in plan


def test_a_resting_campaign_leaves_the_turn_to_others_and_comes_back_to_it(tmp_path: Path) -> None:
    first, second = Family(), Family()
    queue(tmp_path, first)
    resting = rows("SELECT id FROM coordination_campaign")[0][0]
    search(write_extract(tmp_path / "b.parquet", [first, second]))
    invite(name="زمستان")
    pause_campaign(actor=SYSTEM, at=NOON, campaign_id=resting)

    assert [send(OutboxGateway()).sent_count, invitation_states()] == [1, {"QUEUED": 1, "SENT": 1}]
    resume_campaign(actor=SYSTEM, at=NOON, campaign_id=resting)

    assert [send(OutboxGateway()).sent_count, invitation_states()] == [1, {"SENT": 2}]
