"""Campaigns: forecast, waves, pause and stop; the standing search; asking in person whom no SMS reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Scope
from sakha.access.rules.actor import NOBODY
from sakha.coordination.actions import (
    CampaignEnded,
    CampaignNotRunning,
    CampaignToOpen,
    CampaignUnknown,
    PersonalAskUnknown,
    ProvinceNotYours,
    forecast_campaign,
    forget_old_tries,
    invite_candidates,
    load_coverage_list,
    pause_campaign,
    people_to_ask,
    queue_due_waves,
    receive_reports,
    reopen_uncovered,
    resume_campaign,
    search_again,
    send_invitations,
    stop_campaign,
    take_person_to_ask,
    tell_outcome,
)
from sakha.coordination.actions.inviting import InvitationsQueued
from sakha.coordination.actions.sweeping import KEPT_FOR
from sakha.coordination.gateways import ProviderReport
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.coordination.rules.campaigns import PersonalOutcome
from sakha.coordination.rules.states import InvitationState
from tests.coordination_cast import (
    NOON,
    Family,
    a_list,
    candidate_states,
    given_agency,
    invitation_states,
    rows,
    search,
    write_extract,
)
from tests.ledger_cast import PROVINCE, an_officer, given_charity

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def found(tmp_path: Path) -> list[Family]:
    families = [Family(decile=1 + number % 3, county=("3001", "3002")[number % 2]) for number in range(7)]
    search(write_extract(tmp_path / "w.parquet", families))
    return families


def a_campaign(**other: object) -> CampaignToOpen:
    told: dict[str, object] = {"name": "پاییز", "province": PROVINCE, "limit": 100, "address": "sakha.example", **other}
    return CampaignToOpen(**told)


def send(at=NOON) -> int:
    run = send_invitations(actor=SYSTEM, clock=lambda: at, limit=1000, gateway=OutboxGateway())
    return run.sent_count


def test_a_forecast_keeps_nothing_and_says_what_the_run_then_does(found: list[Family]) -> None:
    for campaign in (a_campaign(), a_campaign(name="b", deciles_max=2, county="3001"), a_campaign(name="c", limit=2)):
        before = forecast_campaign(actor=an_officer(), at=NOON, campaign=campaign, part_rial=150)
        assert rows("SELECT count(*) FROM coordination_campaign") == [(0,)]
        assert invitation_states() == {}
        assert sum(before.by_decile) == sum(count for _, count in before.by_county) == before.queued.queued_count
        assert before.cost_rial == before.queued.part_count * 150
        assert before.registering_percent is None
    limits = forecast_campaign(actor=SYSTEM, at=NOON, campaign=a_campaign(wave_size=3))
    assert (limits.queued.queued_count, limits.wave_count, limits.cost_rial) == (7, 3, None)
    assert limits.by_decile[:3] == (3, 2, 2)

    real = invite_candidates(actor=an_officer(), at=NOON, campaign=a_campaign(deciles_max=2))

    assert real.queued_count == 5
    assert rows("SELECT max(official_decile) FROM coordination_candidate WHERE id IN"
                " (SELECT candidate_id FROM coordination_invitation)") == [(2,)]  # fmt: skip
    with pytest.raises(ProvinceNotYours):
        forecast_campaign(actor=an_officer(province="21"), at=NOON, campaign=a_campaign())


def test_waves_go_on_their_days_until_nobody_is_left(found: list[Family]) -> None:
    invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign(wave_size=3, wave_days=2))

    waves = [queue_due_waves(actor=SYSTEM, at=NOON + day * DAY) for day in (0, 1, 2, 3, 4, 6, 8)]

    assert waves == [0, 0, 3, 0, 1, 0, 0]
    assert invitation_states() == {"QUEUED": 7}
    assert rows("SELECT next_wave_on FROM coordination_campaign") == [(None,)]


def test_a_campaign_that_is_refused_holds_up_no_other(found: list[Family], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("بد", "خوب"):
        invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign(name=name, wave_size=1))

    def refuse_bad(*, actor: Actor, at: datetime, campaign: CampaignToOpen) -> InvitationsQueued:
        if campaign.name == "بد":
            raise CampaignNotRunning(field="name")
        return invite_candidates(actor=actor, at=at, campaign=campaign)

    monkeypatch.setattr("sakha.coordination.actions.campaigns.invite_candidates", refuse_bad)

    assert queue_due_waves(actor=SYSTEM, at=NOON + DAY) == 1
    assert invitation_states() == {"QUEUED": 3}


def test_a_pause_holds_everything_and_a_stop_cancels_what_another_campaign_may_invite(found: list[Family]) -> None:
    officer = an_officer()
    campaign_id = invite_candidates(actor=officer, at=NOON, campaign=a_campaign(wave_size=4)).campaign_id

    pause_campaign(actor=officer, at=NOON, campaign_id=campaign_id)
    paused = (send(), queue_due_waves(actor=SYSTEM, at=NOON + DAY))
    with pytest.raises(CampaignNotRunning):
        invite_candidates(actor=officer, at=NOON, campaign=a_campaign())
    resume_campaign(actor=officer, at=NOON, campaign_id=campaign_id)
    resumed = (queue_due_waves(actor=SYSTEM, at=NOON + DAY), send())
    invite_candidates(actor=officer, at=NOON, campaign=a_campaign(name="b", limit=0))
    cancelled = stop_campaign(actor=officer, at=NOON, campaign_id=campaign_id)

    assert (paused, resumed, cancelled) == ((0, 0), (3, 7), 0)
    with pytest.raises(CampaignEnded):
        resume_campaign(actor=officer, at=NOON, campaign_id=campaign_id)
    for stranger in (an_officer(province="21"), an_officer(Scope.COUNTY, county="3001")):
        with pytest.raises((CampaignUnknown, ProvinceNotYours)):
            stop_campaign(actor=stranger, at=NOON, campaign_id=campaign_id)
    with pytest.raises(PermissionMissing):
        stop_campaign(actor=given_charity("مهر"), at=NOON, campaign_id=campaign_id)


def test_what_was_cancelled_before_it_was_sent_is_invited_by_another_campaign_once(found: list[Family]) -> None:
    first = invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign(limit=5))
    stopped = stop_campaign(actor=SYSTEM, at=NOON, campaign_id=first.campaign_id)

    second = invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign(name="دوم"))
    sent = send()
    third = invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign(name="سوم"))

    assert (stopped, second.queued_count, sent, third.queued_count) == (5, 7, 7, 0)
    assert rows("SELECT count(*), count(DISTINCT candidate_id) FROM coordination_invitation") == [(7, 7)]


def test_what_comes_back_to_a_stopped_campaign_is_cancelled_and_invited_by_another(found: list[Family]) -> None:
    first = invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign())
    rows(
        "UPDATE coordination_invitation SET state = 'SENDING', sending_at = %s, attempt_count = 1, gateway = 'outbox'"
        " RETURNING id",
        NOON,
    )
    stopped = stop_campaign(actor=SYSTEM, at=NOON, campaign_id=first.campaign_id)
    run = send_invitations(actor=SYSTEM, clock=lambda: NOON + DAY / 24, limit=1000, gateway=OutboxGateway())
    cancelled = rows("SELECT DISTINCT state, reason FROM coordination_invitation")
    second = invite_candidates(actor=SYSTEM, at=NOON + DAY, campaign=a_campaign(name="دوم"))

    assert (stopped, run.sent_count, run.cancelled_count) == (0, 0, 7)
    assert cancelled == [("CANCELLED", "CAMPAIGN_STOPPED")]
    assert (second.queued_count, send(NOON + DAY)) == (7, 7)
    assert invite_candidates(actor=SYSTEM, at=NOON + DAY, campaign=a_campaign(name="سوم")).queued_count == 0


def test_coverage_that_ended_brings_the_household_back_into_view(tmp_path: Path, found: list[Family]) -> None:
    agency, until = given_agency(), (NOON + 10 * DAY).date()
    covered = a_list(found[0].head, until=until.isoformat())
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=covered,
        observed_on=NOON.date(),
    )
    extract = write_extract(tmp_path / "w.parquet", found)

    search(extract)
    then = candidate_states()
    early = reopen_uncovered(actor=SYSTEM, at=NOON + 9 * DAY)
    ended = reopen_uncovered(actor=SYSTEM, at=NOON + 10 * DAY)
    again = reopen_uncovered(actor=SYSTEM, at=NOON + 11 * DAY)

    assert then == {"OPEN": 6, "COVERED": 1}
    assert (early, ended, again) == (0, 1, 0)
    search(extract, at=NOON + 12 * DAY)  # the extract says the same
    assert candidate_states() == {"OPEN": 7}


def test_the_standing_search_runs_when_the_extract_is_newer_or_a_month_has_passed(tmp_path: Path) -> None:
    path, families = tmp_path / "w.parquet", [Family(), Family()]
    write_extract(path, families)

    def again(days: int) -> int | None:
        return search_again(actor=SYSTEM, at=NOON + days * DAY, extract=path, deciles_max=3)

    runs = [again(0), again(1)]
    write_extract(path, [*families, Family()])
    runs += [again(2), again(3), again(40)]

    assert runs == [2, None, 1, None, 0]
    assert [row[0] for row in rows("SELECT added_count FROM coordination_search ORDER BY id")] == [2, 1, 0]


def test_whom_no_sms_reached_stands_on_the_list_until_somebody_tells_an_outcome(tmp_path: Path) -> None:
    silent, reached, blocked = Family(mobile=None), Family(), Family(county="3002")
    search(write_extract(tmp_path / "w.parquet", [silent, reached, blocked]))
    invite_candidates(actor=SYSTEM, at=NOON, campaign=a_campaign())
    rows(
        "UPDATE coordination_invitation SET settled_at = queued_at, state = CASE county WHEN '3002'"
        " THEN 'BLOCKED_BY_RECIPIENT' ELSE 'DELIVERED' END RETURNING id"
    )
    officer = an_officer()

    lines = sorted(people_to_ask(actor=officer), key=lambda line: line.why, reverse=True)
    county = people_to_ask(actor=an_officer(Scope.COUNTY, county="3002"))
    whom = take_person_to_ask(actor=officer, at=NOON, candidate_id=lines[0].candidate_id)
    taken = {line.candidate_id: line for line in people_to_ask(actor=officer)}[lines[0].candidate_id]
    tell_outcome(actor=officer, at=NOON, candidate_id=lines[0].candidate_id, outcome=PersonalOutcome.WILL_COME)

    assert [(line.why, line.taken_by) for line in lines] == [("NO_PHONE", ""), ("BLOCKED_BY_RECIPIENT", "")]
    assert [line.county for line in county] == ["3002"]
    assert (whom.national_id, whom.mobile) == (silent.head, "")
    assert whom.national_id not in repr(whom)
    assert taken.is_mine
    assert [line.why for line in people_to_ask(actor=officer)] == ["BLOCKED_BY_RECIPIENT"]
    with pytest.raises(PersonalAskUnknown):
        tell_outcome(actor=officer, at=NOON, candidate_id=lines[1].candidate_id, outcome=PersonalOutcome.NOT_FOUND)
    with pytest.raises(PersonalAskUnknown):
        take_person_to_ask(actor=an_officer(province="21"), at=NOON, candidate_id=lines[1].candidate_id)
    with pytest.raises(PermissionMissing):
        people_to_ask(actor=given_charity("مهر"))


def test_knocks_misses_and_heard_texts_are_forgotten_after_thirty_days() -> None:
    for days in (0, 20):
        at = NOON + days * DAY
        rows("INSERT INTO coordination_knock (kind, address_digest, at) VALUES ('MISS', '\\x00', %s) RETURNING id", at)
        rows("INSERT INTO scoring_link_miss (address_digest, at) VALUES ('\\x00', %s) RETURNING id", at)
        rows(
            "INSERT INTO coordination_inbound (provider, provider_id, meaning, received_at)"
            " VALUES ('x', %s, 'OTHER', %s) RETURNING id",
            str(days),
            at,
        )

    gone = [forget_old_tries(actor=SYSTEM, at=NOON + KEPT_FOR + timedelta(hours=hours)) for hours in (0, 1, 2)]

    assert gone == [0, 3, 0]
    with pytest.raises(PermissionMissing):
        forget_old_tries(actor=an_officer(), at=NOON)


def test_strangers_see_nothing_of_what_comes_in_and_offices_their_own_searches_and_asks(
    tmp_path: Path, found: list[Family]
) -> None:
    rows(
        "INSERT INTO coordination_inbound (provider, provider_id, meaning, received_at) VALUES ('x', '1', 'OTHER', %s)"
        " RETURNING id",
        NOON,
    )
    early = ProviderReport(provider_id="1", state=InvitationState.DELIVERED)
    receive_reports(actor=SYSTEM, at=NOON, provider="x", reports=[early])
    silent = write_extract(tmp_path / "s.parquet", [*found, Family(mobile=None)])
    search_again(actor=SYSTEM, at=NOON, extract=silent, deciles_max=3)
    take_person_to_ask(actor=SYSTEM, at=NOON, candidate_id=people_to_ask(actor=SYSTEM)[0].candidate_id)
    tables = ("inbound", "early_report", "search", "personal_ask")

    def seen(actor: Actor) -> Iterator[str]:
        with acting(actor), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM coordination_{table}")
                if cursor.fetchone()[0]:
                    yield table

    assert list(seen(SYSTEM)) == list(tables)
    assert list(seen(an_officer())) == ["search", "personal_ask"]
    for stranger in (an_officer(province="21"), given_charity("مهر"), NOBODY):
        assert list(seen(stranger)) == []
    for table in tables:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), acting(an_officer()):
            connection.cursor().execute(f"INSERT INTO coordination_{table} DEFAULT VALUES")
