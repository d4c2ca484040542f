"""A need goes from the word to the hand by drawn ways alone, and its history writes itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.scoring.actions import (
    NeedStands,
    NeedUnknown,
    ProofIncomplete,
    ProofNotWanted,
    SeenPaper,
    attach_proof,
    confirm_need,
    declare_need,
    expire_needs,
    needs_states,
    open_assessed_needs,
    settle_needs,
)
from sakha.scoring.actions.resealing import reseal_batch
from sakha.scoring.queries import NeedCard, NeedsWanted, get_needs, list_needs
from sakha.scoring.rules.needs_states import WAYS, NeedState, NeedWayClosed, Proof
from sakha.vocabulary.need_kinds import NeedKind
from tests.rooms.scoring.given import AT, add_facts, add_household, add_record, make_charities, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def charity() -> int:
    return make_charities()[0]


@pytest.fixture
def staff(charity: int) -> Actor:
    return staff_of(charity)


@pytest.fixture
def household_id(charity: int) -> int:
    household_id = add_household(days_ago=30)
    add_record(household_id, charity)
    return household_id


def need_of(household_id: int, kind: NeedKind, *, actor: Actor = SYSTEM, at=AT) -> NeedCard:
    return next(one for one in get_needs(actor=actor, at=at, household_id=household_id).needs if one.kind is kind)


def paper(proof: Proof = Proof.COURT, reference: str = "نامهٔ ۱۲۳", days_ago: int = 0) -> SeenPaper:
    return SeenPaper(proof, reference, (AT - timedelta(days=days_ago)).date())


def give(staff: Actor, household_id: int, kind: NeedKind, quantity: int) -> None:
    result = hold_aid(
        actor=staff, at=AT, household_id=household_id, kind=kind, quantity=quantity, request_id=uuid4(), reason=""
    )
    deliver_aid(actor=staff, at=AT, hold_id=result.require_held())


def ledger_targets(household_id: int) -> dict[int, int]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind, target FROM ledger_need WHERE household_id = %s", [household_id])
        return dict(cursor.fetchall())


def test_a_need_goes_from_the_word_to_the_hand(staff: Actor, household_id: int) -> None:
    debt = {"household_id": household_id, "kind": NeedKind.DEBT}

    declare_need(actor=staff, at=AT, **debt, amount=80_000_000, reason="پدر در زندان است")
    assert need_of(household_id, NeedKind.DEBT).state is NeedState.DECLARED
    assert ledger_targets(household_id) == {}, "a word alone opens nothing for givers"
    attach_proof(actor=staff, at=AT, **debt, paper=paper())
    assert ledger_targets(household_id) == {NeedKind.DEBT.value: 80_000_000}
    confirm_need(actor=SYSTEM, at=AT, **debt)
    assert need_of(household_id, NeedKind.DEBT).state is NeedState.CONFIRMED
    give(staff, household_id, NeedKind.DEBT, 30_000_000)
    assert settle_needs(actor=SYSTEM, at=AT) == 1
    found = need_of(household_id, NeedKind.DEBT)
    assert (found.state, found.left) == (NeedState.PART_MET, 50_000_000)
    give(staff, household_id, NeedKind.DEBT, 50_000_000)
    settle_needs(actor=SYSTEM, at=AT)
    assert need_of(household_id, NeedKind.DEBT).state is NeedState.MET
    assert settle_needs(actor=SYSTEM, at=AT) == 0

    file = get_needs(actor=staff, at=AT, household_id=household_id)
    assert [event.after for event in reversed(file.history)] == [
        NeedState.DECLARED, NeedState.EVIDENCED, NeedState.CONFIRMED, NeedState.PART_MET, NeedState.MET
    ]  # fmt: skip
    assert file.history[-1].organisation_id == staff.organisation_id
    assert [(one.proof, one.reference) for one in file.proofs] == [(Proof.COURT, "نامهٔ ۱۲۳")]


def test_facts_bear_a_word_out_and_old_evidence_ends_and_fresh_renews(charity: int, household_id: int) -> None:
    add_facts(household_id, charity, {"shock_kind": 2}, days_ago=10)
    open_assessed_needs(actor=SYSTEM, at=AT)
    assert need_of(household_id, NeedKind.SHOCK).state is NeedState.EVIDENCED
    assert need_of(household_id, NeedKind.SHOCK).evidence_on == (AT - timedelta(days=10)).date()

    later = AT + timedelta(days=100)
    assert expire_needs(actor=SYSTEM, at=AT, limit=10) == 0
    assert expire_needs(actor=SYSTEM, at=later, limit=10) == 1
    open_assessed_needs(actor=SYSTEM, at=later)
    assert need_of(household_id, NeedKind.SHOCK).state is NeedState.EXPIRED
    add_facts(household_id, charity, {"shock_kind": 1}, days_ago=-99)
    open_assessed_needs(actor=SYSTEM, at=later)
    assert need_of(household_id, NeedKind.SHOCK).state is NeedState.EVIDENCED


def test_work_that_began_before_somebody_changed_a_need_goes_on_and_its_times_stay_in_order(
    charity: int, staff: Actor, household_id: int
) -> None:
    since = AT + timedelta(hours=2)
    add_facts(household_id, charity, {"shock_kind": 2}, days_ago=10)
    declare_need(actor=staff, at=since, household_id=household_id, kind=NeedKind.SHOCK)

    open_assessed_needs(actor=SYSTEM, at=AT)
    found = need_of(household_id, NeedKind.SHOCK)
    assert (found.state, found.state_at) == (NeedState.EVIDENCED, since)

    confirm_need(actor=SYSTEM, at=AT, household_id=household_id, kind=NeedKind.SHOCK)
    give(staff, household_id, NeedKind.SHOCK, found.target // 2)
    settle_needs(actor=SYSTEM, at=AT)
    found = need_of(household_id, NeedKind.SHOCK)
    assert (found.state, found.state_at) == (NeedState.PART_MET, since)

    add_facts(household_id, charity, {"shock_kind": 0}, days_ago=0)
    open_assessed_needs(actor=SYSTEM, at=AT)
    found = need_of(household_id, NeedKind.SHOCK)
    assert (found.state, found.state_at) == (NeedState.EXPIRED, since)


def test_what_no_longer_holds_ends_and_a_monthly_need_opens_again(charity: int, household_id: int) -> None:
    add_facts(household_id, charity, {"orphan_count": 1, "jailed_for_debt": 1, "rooms": 1, "has_car": 0})
    open_assessed_needs(actor=SYSTEM, at=AT)
    add_facts(household_id, charity, {"jailed_for_debt": 0}, days_ago=0)

    run = open_assessed_needs(actor=SYSTEM, at=AT)

    assert run.ended_count == 1
    assert need_of(household_id, NeedKind.DEBT).state is NeedState.EXPIRED
    give_all = need_of(household_id, NeedKind.ORPHAN)
    give(staff_of(charity), household_id, NeedKind.ORPHAN, give_all.target)
    open_assessed_needs(actor=SYSTEM, at=AT)
    assert need_of(household_id, NeedKind.ORPHAN).state is NeedState.MET
    month_later = AT + timedelta(days=31)
    open_assessed_needs(actor=SYSTEM, at=month_later)
    assert need_of(household_id, NeedKind.ORPHAN, at=month_later).state is NeedState.EVIDENCED


def test_opening_twice_writes_no_second_history(charity: int, household_id: int) -> None:
    add_facts(household_id, charity, {"jailed_for_debt": 1})
    open_assessed_needs(actor=SYSTEM, at=AT)
    open_assessed_needs(actor=SYSTEM, at=AT + timedelta(hours=1))

    assert len(get_needs(actor=SYSTEM, at=AT, household_id=household_id).history) == 1


def test_pension_and_parcels_are_taken_off_and_the_ledger_opens_the_rest(charity: int, household_id: int) -> None:
    poor = {"hhsize": 7, "rooms": 1, "has_car": 0, "head_edu_years": 0, "wage_private_annual": 0}
    add_facts(household_id, charity, poor | {"support_pension_monthly": 20_000_000})
    open_assessed_needs(actor=SYSTEM, at=AT)
    cash = need_of(household_id, NeedKind.CASH)
    assert (cash.less, cash.target) == (20_000_000, cash.amount - 20_000_000)
    assert ledger_targets(household_id)[NeedKind.CASH.value] == cash.target

    give(staff_of(charity), household_id, NeedKind.FOOD, 1)
    open_assessed_needs(actor=SYSTEM, at=AT)

    assert need_of(household_id, NeedKind.CASH).less == 30_000_000
    assert need_of(household_id, NeedKind.FOOD).state is NeedState.MET


def test_who_declares_the_same_at_the_same_moment_is_refused_and_breaks_nothing(
    staff: Actor, household_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    debt = {"household_id": household_id, "kind": NeedKind.DEBT}
    declare_need(actor=staff, at=AT, **debt)
    monkeypatch.setattr(needs_states, "_find", lambda *_: None)  # what the second one saw, a moment before

    with pytest.raises(NeedStands):
        declare_need(actor=staff, at=AT, **debt)
    monkeypatch.undo()

    assert need_of(household_id, NeedKind.DEBT).state is NeedState.DECLARED


def test_what_people_may_not_do_is_refused(staff: Actor, household_id: int) -> None:
    debt = {"household_id": household_id, "kind": NeedKind.DEBT}
    declare_need(actor=staff, at=AT, **debt)

    with pytest.raises(NeedStands):
        declare_need(actor=staff, at=AT, **debt)
    with pytest.raises(ProofNotWanted):
        attach_proof(actor=staff, at=AT, **debt, paper=paper(Proof.MARRIAGE))
    with pytest.raises(ProofIncomplete):
        attach_proof(actor=staff, at=AT, **debt, paper=paper(reference=" "))
    with pytest.raises(ProofIncomplete):
        attach_proof(actor=staff, at=AT, **debt, paper=paper(days_ago=-1))
    with pytest.raises(PermissionMissing):
        confirm_need(actor=staff, at=AT, **debt)
    with pytest.raises(NeedUnknown):
        confirm_need(actor=SYSTEM, at=AT, household_id=household_id, kind=NeedKind.WORK)
    expire_needs(actor=SYSTEM, at=AT + timedelta(days=91), limit=10)
    with pytest.raises(NeedWayClosed):
        confirm_need(actor=SYSTEM, at=AT + timedelta(days=91), **debt)
    with pytest.raises(PermissionMissing):
        expire_needs(actor=staff, at=AT, limit=1)


def test_a_stranger_declares_and_lists_nothing(household_id: int) -> None:
    with acting(SYSTEM):
        stranger = staff_of(make_another())

    with pytest.raises(NeedUnknown):
        declare_need(actor=stranger, at=AT, household_id=household_id, kind=NeedKind.DEBT)
    assert get_needs(actor=stranger, at=AT, household_id=household_id).needs == ()
    assert list_needs(actor=stranger, at=AT, wanted=NeedsWanted()) == ()


def make_another() -> int:
    from sakha.access.actions import create_organisation
    from sakha.access.rules import NewOrganisation, OrganisationKind

    new = NewOrganisation(kind=OrganisationKind.CHARITY, name="غریبه", province="21", county="2101")
    return create_organisation(actor=SYSTEM, at=AT, organisation=new)


@pytest.mark.parametrize("before", NeedState)
def test_the_database_knows_the_ways_that_the_rules_draw(before: NeedState, household_id: int) -> None:
    for after in NeedState:
        insert_need(household_id, before)
        is_open = after is before or after in WAYS[before]
        try:
            with acting(SYSTEM), connection.cursor() as cursor:
                cursor.execute("UPDATE scoring_need SET state = %s, confirmed_at = state_at", [after.value])
            assert is_open, (before, after)
        except IntegrityError:
            assert not is_open, (before, after)
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM scoring_need_event WHERE before = after")
            assert cursor.fetchone() == (0,)


def insert_need(household_id: int, state: NeedState) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        household = add_household()
        cursor.execute("SELECT count(*) FROM scoring_need")
        cursor.execute(
            "INSERT INTO scoring_need (household_id, kind, state, source, severity, amount, less, target, delivered,"
            " period, rules_sha, expires_on, opened_at, state_at, assessed_at, confirmed_at, proof, reason)"
            " VALUES (%s, 1, %s, 'RULE', 1, 1, 0, 1, 0, 0, '', %s, %s, %s, %s, %s, '', '')",
            [household, state.value, AT.date(), AT, AT, AT, AT],
        )


def test_a_household_has_a_need_of_a_kind_once_and_never_more_taken_off_than_needed(household_id: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        declare_need(actor=SYSTEM, at=AT, household_id=household_id, kind=NeedKind.DEBT)
        for change in ("less = amount + 1, target = -1", "target = target + 1", "severity = 4", "state = 9"):
            with pytest.raises(IntegrityError), acting(SYSTEM):
                cursor.execute(f"UPDATE scoring_need SET {change}")


def test_the_history_can_neither_be_forged_nor_changed(new_connection) -> None:
    for statement in (
        "INSERT INTO scoring_need_event (need_id, household_id, after, at) VALUES (1, 1, 3, now())",
        "UPDATE scoring_need_event SET after = 5",
        "DELETE FROM scoring_need_event",
        "UPDATE scoring_need_proof SET proof = 'VISIT'",
        "DELETE FROM scoring_need",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            new_connection().execute(statement)


def test_references_are_sealed_and_sealed_anew(staff: Actor, household_id: int) -> None:
    debt = {"household_id": household_id, "kind": NeedKind.DEBT}
    declare_need(actor=staff, at=AT, **debt)
    attach_proof(actor=staff, at=AT, **debt, paper=paper(reference="پروندهٔ زهرا نمونه"))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT reference_sealed FROM scoring_need_proof")
        assert "زهرا".encode() not in bytes(cursor.fetchone()[0])

    assert reseal_batch(actor=SYSTEM, ring=key_ring(), limit=10) == 0


def test_the_list_has_the_most_urgent_first_page_by_page_and_of_own_clients_alone(charity: int, staff: Actor) -> None:
    from sakha.scoring.actions import score_households

    for number in range(7):
        household = add_household(days_ago=60 * number)
        add_facts(household, charity, {"jailed_for_debt": number % 2, "shock_kind": 1, "hhsize": 2 + number})
        if number != 6:
            add_record(household, charity)
    score_households(actor=SYSTEM, at=AT)
    open_assessed_needs(actor=SYSTEM, at=AT)

    whole = list_needs(actor=staff, at=AT, wanted=NeedsWanted())
    first = list_needs(actor=staff, at=AT, wanted=NeedsWanted(limit=4))
    rest = list_needs(
        actor=staff, at=AT, wanted=NeedsWanted(limit=4, after=(first[-1].priority, first[-1].household_id))
    )

    assert len(whole) == 6
    assert first + rest == whole
    assert [one.priority for one in whole] == sorted((one.priority for one in whole), reverse=True)
    grave = list_needs(actor=staff, at=AT, wanted=NeedsWanted(kinds=(NeedKind.DEBT,)))
    assert len(grave) == 3
    assert all(NeedKind.DEBT in {need.kind for need in one.needs} for one in grave)
