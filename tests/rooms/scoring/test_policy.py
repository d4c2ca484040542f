"""A policy is drafted, simulated, approved by other eyes and used from its day; the simulation is what would be."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from sakha.access.actions import create_users
from sakha.access.queries import acting, find_actor
from sakha.access.rules import SYSTEM, Actor, NewUser, PermissionMissing, Role
from sakha.ledger.rules.terms import UNIT_WORTH_RIAL
from sakha.scoring.actions import open_assessed_needs, score_changed_households, score_households
from sakha.scoring.actions.policy import (
    PolicyDecided,
    PolicyNotSimulated,
    PolicyNotYours,
    PolicyTooEarly,
    PolicyUnknown,
    PolicyUnreasoned,
    approve_policy,
    change_draft,
    draft_policy,
    simulate_policy,
    withdraw_policy,
)
from sakha.scoring.actions.policy_material import make_material
from sakha.scoring.queries import current_card, find_scores, policies_on
from sakha.scoring.queries.facts import find_facts
from sakha.scoring.queries.policy import shipped_text
from sakha.scoring.queries.policy_list import get_policy, list_policies, policies_in_use
from sakha.scoring.queries.policy_simulation import simulate
from sakha.scoring.rules.assessment import assess
from sakha.scoring.rules.policy import Policies, PolicyOfNation, PolicyState, PolicySubject, SameEyes
from sakha.scoring.rules.policy_simulation import POOR_DECILE, ListEnd, Simulation
from sakha.scoring.rules.priority import PriorityInvalid
from tests.rooms.scoring.given import AT, PASSWORD, Registered, make_charities, register_households, staff_of
from tests.rules.scoring.rows import YEAR

pytestmark = pytest.mark.django_db
REASON = "خانوارهای بی‌پوشش باید زودتر دیده شوند."
WEIGHTS = shipped_text(PolicySubject.PRIORITY).replace("severity_points = 10", "severity_points = 25").replace(
    "gap_points = 4", "gap_points = 1"
)  # fmt: skip
CUTS = shipped_text(PolicySubject.CUT_OFFS).replace("urban_shift = 0", "urban_shift = 6")
NEEDS = shipped_text(PolicySubject.NEEDS).replace('when = "cut_decile <= 4"', 'when = "cut_decile <= 6"', 1)
CHANGES = {PolicySubject.PRIORITY: WEIGHTS, PolicySubject.CUT_OFFS: CUTS, PolicySubject.NEEDS: NEEDS}


def make_officer(name: str, role: Role = Role.PROVINCE_OFFICER, province: str = "30") -> Actor:
    user = NewUser(username=name, role=role, display_name=name, password=PASSWORD, province=province)
    with acting(SYSTEM):
        (user_id,) = create_users(actor=SYSTEM, at=AT, users=[user])
    actor = find_actor(user_id, at=AT)
    assert actor is not None
    return actor


@pytest.fixture
def drafter() -> Actor:
    return make_officer("drafter")


@pytest.fixture
def approver() -> Actor:
    return make_officer("approver", Role.NATION_OFFICER, "")


@pytest.fixture
def few() -> Registered:
    return register_households(10, seed=4)


def draft(actor: Actor, subject: PolicySubject = PolicySubject.PRIORITY, text: str | None = None) -> int:
    return draft_policy(
        actor=actor, at=AT, subject=subject, document=text or CHANGES[subject], title="نسخهٔ تازه", reason=REASON
    )


def approved(drafter: Actor, approver: Actor, subject: PolicySubject = PolicySubject.PRIORITY, days: int = 0) -> int:
    policy_id = draft(drafter, subject)
    simulate_policy(actor=drafter, at=AT, policy_id=policy_id, end=ListEnd(household_count=20))
    day = (AT + timedelta(days=days)).date()
    approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=day)
    return policy_id


# --- the simulation is what would be --------------------------------------------------------------------------------


def judge_alone(registered: Registered, before: Policies, after: Policies) -> dict[int, dict[str, int]]:
    """Each household judged alone in Python, sorted by hand."""
    card, people = current_card(), {}
    for household_id in registered.household_ids:
        with acting(SYSTEM):
            row = find_facts(at=AT, household_id=household_id, rules=before.needs)
        people[household_id] = row | {"household_id": household_id}
    judged: dict[int, dict[str, int]] = {number: {} for number in people}
    for side, policies in (("before", before), ("after", after)):
        for number, row in people.items():
            found = assess(card, policies, row, year=YEAR)
            left = [need for need in found.needs if need.left > 0]
            judged[number] |= {
                f"{side}_due": len(left),
                f"{side}_priority": found.priority,
                f"{side}_cost": sum(need.left * UNIT_WORTH_RIAL.get(need.kind, 1) for need in left),
                f"{side}_cut": found.numbers["cut_decile"],
                "p40": found.place.poor40_share,
            }
        order = sorted(
            people,
            key=lambda n: (
                judged[n][f"{side}_due"] == 0,
                -judged[n][f"{side}_priority"],
                -people[n]["waiting_days"],
                policies.weights.draw_of(n),
            ),
        )
        for place, number in enumerate(order, 1):
            judged[number][f"{side}_place"] = place
    return judged


@pytest.mark.parametrize("subject", PolicySubject)
def test_the_simulation_is_each_household_judged_alone(
    registered: Registered, drafter: Actor, subject: PolicySubject
) -> None:
    open_assessed_needs(actor=SYSTEM, at=AT)
    make_material(actor=SYSTEM, at=AT)
    with acting(SYSTEM):
        before = policies_on(AT.date())
    after = before.with_document(subject, CHANGES[subject])
    judged = judge_alone(registered, before, after)
    for end in (ListEnd(household_count=40), ListEnd(budget_rial=60_000_000_000)):
        found = simulate(actor=drafter, at=AT, before=before, after=after, end=end)
        compare(found, judged, end)


def compare(found: Simulation, expected: dict[int, dict[str, int]], end: ListEnd) -> None:
    for side in ("before", "after"):
        spent = 0
        for one in sorted(expected.values(), key=lambda one: one[f"{side}_place"]):
            spent += one[f"{side}_cost"]
            within = spent <= end.budget_rial if end.budget_rial else one[f"{side}_place"] <= (end.household_count or 0)
            one[f"{side}_in"] = int(one[f"{side}_due"] > 0 and within)
    ones, whole = list(expected.values()), found.whole
    assert whole.household_count == len(ones)
    assert whole.due_after == sum(one["after_due"] > 0 for one in ones)
    assert whole.chosen_before == sum(one["before_in"] for one in ones)
    assert whole.entered_count == sum(one["after_in"] > one["before_in"] for one in ones)
    assert whole.left_count == sum(one["after_in"] < one["before_in"] for one in ones)
    assert whole.entered_count + whole.left_count > 0
    assert whole.cost_before_rial == sum(one["before_cost"] for one in ones)
    assert whole.cost_after_rial == sum(one["after_cost"] for one in ones)
    assert whole.included_after == sum(one["after_cut"] <= POOR_DECILE for one in ones)
    poor = sum(one["p40"] for one in ones)
    inside = sum(one["p40"] for one in ones if one["after_cut"] <= POOR_DECILE)
    assert whole.missed_after == (poor - inside) * 1000 // poor
    moves = [one["before_place"] - one["after_place"] for one in ones]
    assert whole.up_count == sum(move * 1000 // len(ones) > 10 for move in moves if move > 0)
    far = max(ones, key=lambda one: one["before_place"] - one["after_place"])
    assert found.movers[0].before_place - found.movers[0].after_place == far["before_place"] - far["after_place"]
    for mover in found.movers:
        one = expected[mover.household_id]
        assert (mover.before_place, mover.after_place) == (one["before_place"], one["after_place"])
        assert (mover.before_priority, mover.after_priority) == (one["before_priority"], one["after_priority"])
    for dimension in ("county", "head", "settlement", "household_type"):
        parts = [group for group in found.groups if group.dimension == dimension]
        assert len(parts) > 1
        for name in ("household_count", "entered_count", "left_count", "cost_after_rial", "up_count", "moved_places"):
            assert sum(getattr(part, name) for part in parts) == getattr(whole, name), (dimension, name)
    assert sum(found.bars) == sum(one["before_due"] > 0 or one["after_due"] > 0 for one in ones)


def test_a_policy_that_changes_nothing_moves_nobody(few: Registered, drafter: Actor) -> None:
    make_material(actor=SYSTEM, at=AT)
    with acting(SYSTEM):
        now = policies_on(AT.date())

    found = simulate(actor=drafter, at=AT, before=now, after=now, end=ListEnd(household_count=10))

    assert (found.whole.up_count, found.whole.down_count, found.whole.entered_count, found.whole.left_count) == (0,) * 4
    assert found.movers == ()


def test_what_is_simulated_is_what_scoring_then_gives(registered: Registered, drafter: Actor, approver: Actor) -> None:
    score_households(actor=SYSTEM, at=AT)
    before = find_scores(actor=SYSTEM, household_ids=registered.household_ids)
    policy_id = draft(drafter)
    found = simulate_policy(actor=drafter, at=AT, policy_id=policy_id, end=ListEnd(household_count=30))
    approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=AT.date())

    run = score_changed_households(actor=SYSTEM, at=AT + timedelta(minutes=20), limit=1_000)

    after = find_scores(actor=SYSTEM, household_ids=registered.household_ids)
    assert run.household_count == len(registered.household_ids), "a new policy scores everybody anew"
    for mover in found.movers:
        assert before[mover.household_id].priority == mover.before_priority
        assert after[mover.household_id].priority == mover.after_priority


def test_an_officer_simulates_on_the_households_of_the_own_area(few: Registered) -> None:
    make_material(actor=SYSTEM, at=AT)
    with acting(SYSTEM):
        now = policies_on(AT.date())
    elsewhere = make_officer("yazd", province="21")

    with pytest.raises(StopIteration):
        next(iter(simulate(actor=elsewhere, at=AT, before=now, after=now, end=ListEnd(household_count=5)).groups))


# --- four eyes, and once used never changed -------------------------------------------------------------------------


def test_a_policy_goes_from_draft_over_simulation_and_other_eyes_to_use(
    few: Registered, drafter: Actor, approver: Actor
) -> None:
    policy_id = approved(drafter, approver, days=3)

    card = get_policy(actor=drafter, policy_id=policy_id)
    assert card.state is PolicyState.APPROVED
    assert card.drafted_by == "drafter"
    assert get_policy(actor=approver, policy_id=policy_id).approved_by == "approver"
    assert card.simulation is not None
    assert card.simulation["whole"]["household_count"] == len(few.household_ids)
    assert [one.id for one in list_policies(actor=drafter)] == [policy_id]
    with acting(SYSTEM):
        assert policies_on((AT + timedelta(days=2)).date()).weights.gap_points == 4, "the old one until its last day"
        assert policies_on((AT + timedelta(days=3)).date()).weights.gap_points == 1
    in_use = {one.subject: one for one in policies_in_use(actor=drafter, at=AT + timedelta(days=4))}
    assert in_use[PolicySubject.PRIORITY].version == card.version
    assert in_use[PolicySubject.NEEDS].since is None


def test_nobody_changes_anothers_draft_and_then_approves_his_own_words(
    few: Registered, drafter: Actor, approver: Actor
) -> None:
    policy_id = draft(drafter)

    with pytest.raises(PolicyNotYours):
        change_draft(
            actor=approver, at=AT, policy_id=policy_id, document=WEIGHTS.replace("= 25", "= 24"), reason=REASON
        )

    assert get_policy(actor=approver, policy_id=policy_id).document == WEIGHTS


def test_what_is_against_the_way_is_refused(few: Registered, drafter: Actor, approver: Actor) -> None:
    policy_id = draft(drafter)
    today = AT.date()

    with pytest.raises(PolicyNotSimulated):
        approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=today)
    simulate_policy(actor=drafter, at=AT, policy_id=policy_id, end=ListEnd(household_count=5))
    with pytest.raises(SameEyes):
        approve_policy(actor=drafter, at=AT, policy_id=policy_id, in_use_from=today)
    with pytest.raises(PolicyTooEarly):
        approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=today - timedelta(days=1))
    change_draft(actor=drafter, at=AT, policy_id=policy_id, document=WEIGHTS.replace("= 25", "= 24"), reason=REASON)
    with pytest.raises(PolicyNotSimulated):
        approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=today)
    simulate_policy(actor=approver, at=AT, policy_id=policy_id, end=ListEnd(household_count=5))
    approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=today)
    for again in (
        lambda: change_draft(actor=drafter, at=AT, policy_id=policy_id, document=WEIGHTS, reason=REASON),
        lambda: withdraw_policy(actor=drafter, at=AT, policy_id=policy_id),
        lambda: simulate_policy(actor=drafter, at=AT, policy_id=policy_id, end=ListEnd(household_count=5)),
    ):
        with pytest.raises(PolicyDecided):
            again()
    with pytest.raises(PolicyTooEarly):
        approved(drafter, approver)
    with pytest.raises(PolicyUnknown):
        withdraw_policy(actor=drafter, at=AT, policy_id=policy_id + 99)
    with pytest.raises(PolicyUnreasoned):
        draft_policy(actor=drafter, at=AT, subject=PolicySubject.PRIORITY, document=WEIGHTS, title="", reason="کوتاه")
    with pytest.raises(PriorityInvalid):
        draft(drafter, PolicySubject.PRIORITY, "gap_points = -4")


def test_the_database_keeps_what_was_approved(few: Registered, drafter: Actor, approver: Actor) -> None:
    approved(drafter, approver)

    for change in (
        "document = document || ' '",
        "state = 'DRAFT'",
        "state = 'WITHDRAWN'",
        "in_use_from = in_use_from - 1",
        "simulation = NULL",
        "approved_by_id = drafted_by_id",
    ):
        with pytest.raises(IntegrityError), acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"UPDATE scoring_policy SET {change}")


def test_the_policy_of_the_nation_is_approved_by_its_officers_alone(
    few: Registered, drafter: Actor, approver: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy_id = draft(drafter)
    simulate_policy(actor=drafter, at=AT, policy_id=policy_id, end=ListEnd(household_count=20))
    neighbour = make_officer("neighbour", province="21")

    with pytest.raises(PolicyOfNation):
        approve_policy(actor=neighbour, at=AT, policy_id=policy_id, in_use_from=AT.date())
    # without the rule the database still refuses, and the nation's officer may
    monkeypatch.setattr("sakha.scoring.actions.policy.may_decide_for", lambda *_: True)
    with pytest.raises(ProgrammingError):
        approve_policy(actor=neighbour, at=AT, policy_id=policy_id, in_use_from=AT.date())
    approve_policy(actor=approver, at=AT, policy_id=policy_id, in_use_from=AT.date())
    assert get_policy(actor=drafter, policy_id=policy_id).state is PolicyState.APPROVED


def test_the_database_lets_no_draft_jump(drafter: Actor) -> None:
    draft(drafter)

    for change in (
        "state = 'APPROVED'",
        "state = 'SIMULATED'",
        "drafted_by_id = drafted_by_id + 1",
        "version = version + 1",
        "approved_by_id = drafted_by_id",
        "state = 'USED'",
    ):
        with pytest.raises(IntegrityError), acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"UPDATE scoring_policy SET {change}")


def test_nobody_else_decides_and_a_charity_sees_no_draft(drafter: Actor) -> None:
    draft(drafter)
    charity = staff_of(make_charities()[0])

    with pytest.raises(PermissionMissing):
        draft(charity)
    with pytest.raises(PermissionMissing):
        list_policies(actor=charity)
    with pytest.raises(PermissionMissing):
        draft(SYSTEM)
    with acting(charity), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scoring_policy")
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE scoring_policy SET state = 'WITHDRAWN'")
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError), acting(charity), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scoring_policy (subject, version, title, document, sha, reason, state, drafted_by_id,"
            " drafted_at, simulated_sha) VALUES ('PRIORITY', 9, '', '', '', '', 'DRAFT', %s, %s, '')",
            [charity.user_id, AT],
        )


def test_random_order_of_equal_households_is_the_published_draw() -> None:
    with acting(SYSTEM):
        weights = policies_on(AT.date()).weights
    numbers = Random(1).sample(range(1, 10**6), 500)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT array_agg({weights.draw_sql()} ORDER BY place)"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS one(household_id, place)",
            [numbers],
        )
        assert cursor.fetchone()[0] == [weights.draw_of(number) for number in numbers]
