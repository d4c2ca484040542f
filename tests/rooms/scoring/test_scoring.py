from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import psycopg
import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, PermissionMissing
from sakha.registry.actions.bank_answers import banks_organisation
from sakha.scoring.actions import (
    open_assessed_needs,
    rescore_households,
    score_changed_households,
    score_households,
)
from sakha.scoring.queries import current_card, find_scores, policies_on
from sakha.scoring.queries.documents import ModelOutOfDate
from sakha.scoring.queries.facts import facts_parameters, facts_sql, find_facts
from sakha.scoring.queries.needs_aid import aid_parameters, aided_sql
from sakha.scoring.queries.visits import next_facts, riskiest_households
from sakha.scoring.rules.assessment import assess
from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.sql import compile_sql
from sakha.vocabulary.need_kinds import NeedKind
from tests.rooms.scoring.given import (
    AT,
    Registered,
    add_facts,
    add_household,
    add_member,
    make_charities,
    register_households,
    staff_of,
)
from tests.rules.scoring.rows import YEAR, column_types, random_rows

pytestmark = pytest.mark.django_db


def facts_of(household_id: int) -> dict[str, int | str | None]:
    with acting(SYSTEM):
        row = find_facts(at=AT, household_id=household_id)
    assert row is not None
    return row


def facts_of_all() -> dict[int, dict[str, int | str | None]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        rules = policies_on(AT.date()).needs
        parameters = facts_parameters(at=AT, household_ids=None) | aid_parameters(rules, on=AT.date())
        cursor.execute(f"WITH {facts_sql()}, {aided_sql(rules)} SELECT * FROM aided", parameters)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["household_id"]: row for row in rows}


def score_one(household_id: int):
    score_households(actor=SYSTEM, at=AT, household_ids=[household_id])
    return find_scores(actor=SYSTEM, household_ids=[household_id])[household_id]


def test_postgresql_scores_like_python() -> None:
    card = current_card()
    rows, types = random_rows(card, 3_000, seed=21), column_types(card)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
    query = (
        f"SELECT {compile_sql(card, 'postgres', year=YEAR)}"
        f" FROM unnest({arrays}) WITH ORDINALITY AS facts({', '.join(types)}, number) ORDER BY number"
    )

    with connection.cursor() as cursor:
        cursor.execute(query, [[row[name] for row in rows] for name in types])
        scores = [row[0] for row in cursor.fetchall()]

    assert scores == [evaluate(card, row, year=YEAR).score for row in rows]


def test_all_households_in_sql_are_each_household_in_python(registered: Registered) -> None:
    run = score_households(actor=SYSTEM, at=AT)
    scores = find_scores(actor=SYSTEM, household_ids=registered.household_ids)

    facts, policies = facts_of_all(), policies_on(AT.date())
    opened: set[NeedKind] = set()
    for household_id in registered.household_ids:
        found = assess(current_card(), policies, facts[household_id], year=YEAR)
        stored = scores[household_id]
        opened |= {need.kind for need in found.needs}
        assert (stored.score, stored.decile, stored.poor20_share, stored.poor40_share) == (
            found.evaluation.score,
            found.place.decile,
            found.place.poor20_share,
            found.place.poor40_share,
        )
        assert stored.expected_gap_rial == found.expected_gap_rial
        assert stored.priority == found.priority
        assert stored.known_count == len(found.evaluation.contributions)
    assert run.household_count == len(registered.household_ids) == len(scores)
    assert opened == set(policies.needs.kinds)


def test_scoring_twice_changes_nothing_but_the_moment(registered: Registered) -> None:
    ids = registered.household_ids
    score_households(actor=SYSTEM, at=AT, household_ids=ids)
    first = find_scores(actor=SYSTEM, household_ids=ids)
    score_households(actor=SYSTEM, at=AT, household_ids=ids)

    assert find_scores(actor=SYSTEM, household_ids=ids) == first


def test_a_few_households_are_scored_as_all_of_them_are(registered: Registered) -> None:
    score_households(actor=SYSTEM, at=AT)
    every = open_assessed_needs(actor=SYSTEM, at=AT)
    whole = [kept_rows("scoring_score"), kept_rows("scoring_need"), kept_rows("ledger_need")]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_score SET score = -999, priority = 0, decile = 1, known_count = 0")

    few = rescore_households(actor=SYSTEM, at=AT, household_ids=registered.household_ids)

    assert [kept_rows("scoring_score"), kept_rows("scoring_need"), kept_rows("ledger_need")] == whole
    assert (few.assessed_count, few.opened_count, few.ended_count) == (every.assessed_count, 0, 0)
    with pytest.raises(PermissionMissing):
        rescore_households(actor=staff_of(registered.first_charity_id), at=AT, household_ids=[])


def kept_rows(table: str) -> list[tuple]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        return cursor.fetchall()


def test_the_latest_observation_counts_whoever_made_it() -> None:
    first, second = make_charities()
    household_id = add_household()
    add_facts(household_id, first, {"rooms": 5}, days_ago=10)
    add_facts(household_id, second, {"rooms": 1}, days_ago=2)
    add_facts(household_id, first, {"rooms": 4}, days_ago=8)

    assert facts_of(household_id)["rooms"] == 1


def banks_body() -> int:
    with acting(SYSTEM):
        return banks_organisation(at=AT)


def test_a_bank_outlives_a_word_for_half_a_year_and_no_longer() -> None:
    charity, banks = make_charities()[0], banks_body()
    soon, late = add_household(), add_household()
    for household_id, days in ((soon, 179), (late, 181)):
        add_facts(household_id, banks, {"pension_annual": 900}, days_ago=days)
        add_facts(household_id, charity, {"pension_annual": 100}, days_ago=0)

    assert facts_of(soon)["pension_annual"] == 900
    assert facts_of(late)["pension_annual"] == 100


def test_an_old_fact_counts_the_less_the_older_it_is() -> None:
    charity, _ = make_charities()
    fresh, old, ancient, unknown = (add_household() for _ in range(4))
    for household_id, days in ((fresh, 0), (old, 4 * 365), (ancient, 20 * 365)):
        add_facts(household_id, charity, {"rooms": 6}, days_ago=days)

    scores = [score_one(household_id) for household_id in (fresh, old, ancient, unknown)]

    assert facts_of(old)["rooms_age"] == 48
    assert scores[0].score > scores[1].score > scores[2].score
    assert scores[2].score == scores[3].score
    assert scores[2].known_count == scores[0].known_count


def test_members_make_the_size_and_declared_people_without_a_name_count_too() -> None:
    charity, _ = make_charities()
    household_id = add_household()
    add_member(household_id, "HEAD", 40, "F")
    add_member(household_id, "CHILD", 7)
    add_member(household_id, "CHILD", 30, is_dead=True)

    before = facts_of(household_id)
    add_facts(household_id, charity, {"hhsize": 4, "head_age": 99, "head_female": 0})
    after = facts_of(household_id)

    assert (before["hhsize"], before["equivalent_size"]) == (2, 150)
    assert (after["hhsize"], after["equivalent_size"]) == (4, 150 + 2 * 65)
    assert (after["head_age"], after["head_female"]) == (40, 1)
    assert after["is_woman_with_child"] == 1
    assert after["school_children"] == 1


def test_one_registered_member_is_not_taken_for_a_household_of_one() -> None:
    charity, _ = make_charities()
    alone, told = add_household(), add_household()
    for household_id in (alone, told):
        add_member(household_id, "HEAD", 70, "M")
    add_facts(told, charity, {"hhsize": 1})

    assert facts_of(alone)["equivalent_size"] is None
    assert facts_of(told)["equivalent_size"] == 100


def test_an_owner_pays_no_rent_without_anybody_writing_it_down() -> None:
    charity, _ = make_charities()
    owner, tenant = add_household(), add_household()
    add_facts(owner, charity, {"tenure": 1})
    add_facts(tenant, charity, {"tenure": 3})

    assert facts_of(owner)["rent_paid"] == 0
    assert facts_of(tenant)["rent_paid"] is None


def test_a_household_of_which_nothing_is_known_is_scored_in_the_middle_and_said_to_be_unknown() -> None:
    household_id = add_household(county="", is_urban=None)

    found = score_one(household_id)

    assert found.known_count == 1  # the province alone
    assert found.decile in {5, 6, 7}


def test_poorer_facts_give_a_lower_decile_and_a_higher_priority() -> None:
    charity, _ = make_charities()
    poor, rich = add_household(), add_household()
    add_facts(poor, charity, {"hhsize": 7, "rooms": 1, "area_m2": 30, "has_car": 0, "head_edu_years": 0, "tenure": 3,
                              "wage_private_annual": 0, "wage_public_annual": 0, "pension_annual": 0})  # fmt: skip
    add_facts(rich, charity, {"hhsize": 2, "rooms": 5, "area_m2": 200, "has_car": 1, "head_edu_years": 18, "tenure": 1,
                              "wage_public_annual": 20_000_000_000})  # fmt: skip

    low, high = score_one(poor), score_one(rich)

    assert low.decile == 1
    assert high.decile == 10
    assert low.priority > high.priority
    assert low.expected_gap_rial > high.expected_gap_rial


def test_the_least_sure_are_visited_first_and_told_what_to_ask(registered: Registered) -> None:
    score_households(actor=SYSTEM, at=AT)

    found = riskiest_households(actor=SYSTEM, at=AT, limit=20)
    asked = next_facts(actor=SYSTEM, at=AT, household_id=found[0].household_id)

    risks = [one.risk for one in found]
    assert risks == sorted(risks, reverse=True)
    assert risks[0] > 300
    assert all(asked[number].spread >= asked[number + 1].spread for number in range(len(asked) - 1))


def test_the_visit_list_logs_whom_it_shows_and_leaves_out_who_is_another(registered: Registered) -> None:
    score_households(actor=SYSTEM, at=AT)
    first, second = (one.household_id for one in riskiest_households(actor=SYSTEM, at=AT, limit=2))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET merged_into_id = %s WHERE id = %s", (second, first))

    found = riskiest_households(actor=SYSTEM, at=AT, limit=2)

    assert first not in {one.household_id for one in found}
    assert found[0].household_id == second
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_entry WHERE purpose = 'visit list'")
        assert cursor.fetchone() == (4,)
    with pytest.raises(PermissionMissing):
        riskiest_households(actor=staff_of(registered.first_charity_id), at=AT, limit=2)


def test_only_the_system_scores_since_others_see_only_a_part() -> None:
    charity, _ = make_charities()

    with pytest.raises(PermissionMissing):
        score_households(actor=staff_of(charity), at=AT)


def test_no_document_is_used_outside_its_validity() -> None:
    with pytest.raises(ModelOutOfDate):
        score_households(actor=SYSTEM, at=AT + timedelta(days=5000))


def test_changed_households_are_scored_again_and_only_they() -> None:
    ids = [add_household(days_ago=3) for _ in range(3)]
    assert score_changed_households(actor=SYSTEM, at=AT, limit=2).household_count == 2
    assert score_changed_households(actor=SYSTEM, at=AT, limit=2).household_count == 1
    assert score_changed_households(actor=SYSTEM, at=AT, limit=2).household_count == 0
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET changed_at = %s WHERE id = %s", (AT + timedelta(hours=1), ids[1]))

    later = AT + timedelta(hours=2)
    run = score_changed_households(actor=SYSTEM, at=later, limit=2)

    assert run.household_count == 1
    assert find_scores(actor=SYSTEM, household_ids=ids)[ids[1]].scored_at == later


def test_a_charity_sees_the_scores_of_its_own_clients_alone(owner_cursor: psycopg.Cursor) -> None:
    charity, _ = make_charities()
    household_id = add_household()
    score_households(actor=SYSTEM, at=AT)

    assert find_scores(actor=staff_of(charity), household_ids=[household_id]) == {}
    assert household_id in find_scores(actor=SYSTEM, household_ids=[household_id])


@pytest.mark.parametrize("table", ["scoring_model", "scoring_place"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_a_document_in_use_can_not_be_changed(
    table: str, change: str, new_connection: Callable[[], psycopg.Connection]
) -> None:
    column = {"scoring_model": "document", "scoring_place": "decile"}[table]

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        new_connection().execute(change.format(table, column, column))


def test_random_households_differ_from_each_other() -> None:
    registered = register_households(40, seed=Random(3).randrange(1000))
    score_households(actor=SYSTEM, at=AT)

    scores = find_scores(actor=SYSTEM, household_ids=registered.household_ids).values()

    assert len({score.score for score in scores}) > 20
