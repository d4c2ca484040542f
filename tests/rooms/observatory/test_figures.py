"""The province's figures: which refusals count as double aid, and what the page shows to whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, Scope
from sakha.access.rules.sealing import IndexKind, blind_index, open_sealed
from sakha.coordination.actions import Consent, send_invitations, send_registration
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.ledger.actions import check_aid, deliver_aid, hold_aid, open_needs, release_aid
from sakha.ledger.rules import HoldResult, NeedToOpen, Outcome
from sakha.observatory.actions import reckon_province
from sakha.observatory.queries import get_figures, read_figures
from sakha.observatory.rules import Place, PlaceUnknown
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import Family, invite, rows, search, write_extract
from tests.door_cast import come_in, link_of, told_by
from tests.ledger_cast import (
    AT,
    PROVINCE,
    KnownHousehold,
    a_request,
    an_officer,
    given_charity,
    given_household,
)

pytestmark = pytest.mark.django_db

AZAR = AT + timedelta(days=12)  # the next monthly period, still inside food's 30 days
PARCEL_RIAL = 10_000_000
CONSENT = Consent(is_given=True)


@pytest.fixture
def mehr() -> Actor:
    return given_charity("خیریهٔ مهر")


@pytest.fixture
def omid() -> Actor:
    return given_charity("خیریهٔ امید")


@pytest.fixture
def household(mehr: Actor, omid: Actor) -> KnownHousehold:
    return given_household(mehr, omid)


def hold(
    actor: Actor, household: KnownHousehold, kind: NeedKind = NeedKind.FOOD, quantity: int = 1, at: datetime = AT
) -> HoldResult:
    return hold_aid(actor=actor, at=at, household_id=household.id, kind=kind, quantity=quantity, request_id=a_request())


def double_aid() -> tuple[int, int]:
    """How often double aid was refused, and its worth; what is counted as of a later day says the same."""
    later = AT + timedelta(days=60)
    day = later.astimezone(TEHRAN).date() - timedelta(days=1)
    reckon_province(actor=SYSTEM, at=later, province=PROVINCE, day=day)
    counted = get_figures(actor=an_officer(), place=Place(PROVINCE), on=day)
    read = read_figures(actor=an_officer(), province=PROVINCE)
    told = read["DOUBLE_AID_REFUSED"].value, read["DOUBLE_AID_WORTH"].value
    assert (counted["DOUBLE_AID_REFUSED"].value, counted["DOUBLE_AID_WORTH"].value) == told
    return told


def test_aid_that_another_had_promised_counts_once_however_often_it_is_tried(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold(mehr, household)

    refused = [hold(omid, household).outcome for _ in range(3)]

    assert refused == [Outcome.COVERED] * 3
    assert double_aid() == (1, PARCEL_RIAL)


def test_help_of_another_in_the_window_counts_though_it_was_of_the_period_before(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    deliver_aid(actor=mehr, at=AT, hold_id=hold(mehr, household).require_held())

    assert hold(omid, household, at=AZAR).outcome is Outcome.SOFT
    assert double_aid() == (1, PARCEL_RIAL)


@pytest.mark.parametrize(("at", "outcome"), [(AT, Outcome.COVERED), (AZAR, Outcome.SOFT)])
def test_an_organisations_own_second_attempt_is_not_double_aid(
    mehr: Actor, household: KnownHousehold, at: datetime, outcome: Outcome
) -> None:
    hold(mehr, household)

    assert hold(mehr, household, at=at).outcome is outcome
    assert double_aid() == (0, 0)


def test_more_than_is_open_is_not_double_aid(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    need = NeedToOpen(household_id=household.id, kind=NeedKind.CASH, period=140508, target=100)
    open_needs(actor=SYSTEM, at=AT, needs=[need])
    nothing_given = hold(omid, household, NeedKind.CASH, 101)
    hold(mehr, household, NeedKind.CASH, 60)
    part_given = hold(omid, household, NeedKind.CASH, 50)

    assert [nothing_given.outcome, part_given.outcome] == [Outcome.EXCEEDS] * 2
    assert double_aid() == (0, 0)


def test_whoever_gave_its_share_and_tries_again_is_not_double_aid(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    need = NeedToOpen(household_id=household.id, kind=NeedKind.CASH, period=140508, target=100)
    open_needs(actor=SYSTEM, at=AT, needs=[need])
    hold(mehr, household, NeedKind.CASH, 60)
    hold(omid, household, NeedKind.CASH, 40)

    assert hold(omid, household, NeedKind.CASH, 50).outcome is Outcome.COVERED
    assert double_aid() == (0, 0)


def test_a_promise_that_was_given_up_covered_nobody_twice(mehr: Actor, omid: Actor, household: KnownHousehold) -> None:
    promised = hold(mehr, household)
    hold(omid, household)
    release_aid(actor=mehr, at=AT, hold_id=promised.require_held())

    assert double_aid() == (0, 0)


def test_aid_of_another_kind_period_or_household_is_no_cover(
    mehr: Actor, omid: Actor, household: KnownHousehold
) -> None:
    hold(omid, household)
    hold(mehr, household, NeedKind.DOWRY)
    hold(mehr, given_household(mehr))
    hold(mehr, household, at=AT + timedelta(days=40))

    assert hold(omid, household).outcome is Outcome.COVERED
    assert double_aid() == (0, 0)


def test_another_province_and_a_charity_are_refused(mehr: Actor) -> None:
    with pytest.raises(PlaceUnknown):
        read_figures(actor=an_officer(province="23"), province=PROVINCE)
    with pytest.raises(PlaceUnknown):
        read_figures(actor=an_officer(Scope.NATION), province="99")
    with pytest.raises(PermissionMissing):
        read_figures(actor=mehr, province=PROVINCE)


def test_the_funnel_counts_each_step_on_its_own(mehr: Actor, tmp_path: Path) -> None:
    stayed, came = Family(), Family()
    search(write_extract(tmp_path / "w.parquet", [stayed, came, Family(mobile=None)]))
    invite()
    send_invitations(actor=SYSTEM, clock=lambda: AT, limit=10, gateway=OutboxGateway())
    texts = [
        open_sealed(key_ring(), bytes(text))
        for (text,) in rows(
            "SELECT m.text_sealed FROM coordination_message m JOIN coordination_invitation i ON i.id = m.invitation_id"
            " JOIN coordination_candidate c ON c.id = i.candidate_id ORDER BY c.subject_index = %s",
            blind_index(key_ring(), IndexKind.NATIONAL_ID, came.head),
        )
    ]
    come_in(link_of(texts[0]), at=AT)
    sent = send_registration(
        at=AT, registration_id=come_in(link_of(texts[1]), at=AT), declaration=told_by(came), consent=CONSENT
    )
    check_aid(actor=mehr, at=AT, kind=NeedKind.FOOD, national_id=came.head)
    held = hold_aid(
        actor=mehr, at=AT, household_id=sent.household_id, kind=NeedKind.FOOD, quantity=1, request_id=a_request()
    )
    deliver_aid(actor=mehr, at=AT, hold_id=held.require_held())

    read = read_figures(actor=an_officer(), province=PROVINCE)

    steps = ("FOUND", "INVITED", "REACHED", "REGISTRATIONS_BEGUN", "REGISTERED_THEMSELVES", "REGISTERED_AND_HELPED")
    assert [read[code].value for code in steps] == [3, 2, 2, 2, 1, 1]
    assert read["SHARED_HOUSEHOLDS"].value == 0
