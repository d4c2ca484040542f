"""What is known of each household, one row each: the SQL that every score and every explanation starts from.

Which word about a fact counts is `rules.whose_word`; what came after the moment asked about doesn't exist.
Composition comes from registered members; where more people are declared than registered, the rest counts as persons of
unknown age. Unknown stays NULL, and every fact of the card has its age in months beside it; a committee's running
decision too.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from sakha.scoring.queries.confirmations import CONFIRMED_FACTS_SQL
from sakha.scoring.queries.documents import current_card
from sakha.scoring.queries.needs_aid import aid_parameters, aided_sql
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.ageing import AGE_SUFFIX
from sakha.scoring.rules.card import PLACE_COLUMNS, Card
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, parts_of
from sakha.scoring.rules.needs import NeedRules
from sakha.scoring.rules.whose_word import CONFIRMED_LEAD_DAYS, lead_sql
from sakha.vocabulary.fact_names import FACT_VALID_DAYS, FactName

TEHRAN: Final = ZoneInfo("Asia/Tehran")
# facts that the composition below derives or completes
COMPOSED: Final = (FactName.HHSIZE, FactName.HEAD_AGE, FactName.HEAD_FEMALE, FactName.URBAN, FactName.N_STUDENTS)
ALWAYS_READ: Final = (*COMPOSED, FactName.TENURE, FactName.RENT_PAID, FactName.DISABLED_COUNT, FactName.ROOMS)
# the body in whose name the banks' answers stand among the facts (registry.actions.bank_answers)
BANKS_SQL: Final = (
    "(SELECT id FROM access_organisation WHERE licence_issuer = 'SAKHA' AND licence_number = 'NATIONAL-DATA-BANKS')"
)
# Owners and those who live free pay no rent: known to be zero, though nobody writes it down (codes of the survey).
RENTLESS_TENURES: Final = "(1, 2, 5, 6)"

_CHOSEN: Final = """
chosen AS (
    SELECT id AS household_id, COALESCE(NULLIF(county, ''), province) AS county, is_urban::int AS is_urban,
        GREATEST(%(on)s::date - (registered_at AT TIME ZONE 'Asia/Tehran')::date, 0) AS waiting_days,
        (SELECT decile::bigint FROM scoring_override decided WHERE decided.household_id = registry_household.id
            AND from_on <= %(on)s::date AND until_on > %(on)s::date AND decided_at <= %(at)s) AS committee_decile
    FROM registry_household
    WHERE %(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[])
),
people AS (
    SELECT m.household_id, m.relation, p.gender,
        date_part('year', age(%(on)s::date, p.birth_on))::bigint AS years
    FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
    WHERE m.from_on <= %(on)s::date AND (m.to_on IS NULL OR m.to_on > %(on)s::date)
        AND (p.died_on IS NULL OR p.died_on > %(on)s::date)
        AND (%(ids)s::bigint[] IS NULL OR m.household_id = ANY(%(ids)s::bigint[]))
),
members AS MATERIALIZED (
    SELECT household_id, count(*) AS members,
        count(*) FILTER (WHERE years >= 15) AS adults,
        count(*) FILTER (WHERE years < 15) AS children,
        count(*) FILTER (WHERE years < 6) AS under_six,
        count(*) FILTER (WHERE years BETWEEN 6 AND 17) AS of_school_age,
        count(*) FILTER (WHERE years BETWEEN 18 AND 55) AS working_age_count,
        max(years) FILTER (WHERE relation = 'HEAD') AS head_years,
        max(CASE gender WHEN 'F' THEN 1 WHEN 'M' THEN 0 END) FILTER (WHERE relation = 'HEAD') AS is_head_female
    FROM people GROUP BY household_id
),
said AS (
    SELECT known.household_id, known.name, known.value, known.observed_on, known.submitted_at, known.id, {lead} AS lead
    FROM registry_fact known LEFT JOIN scoring_contested(%(ids)s::bigint[], %(at)s) contested
        ON contested.household_id = known.household_id AND contested.fact = known.name
    WHERE known.submitted_at <= %(at)s AND (known.disputed_at IS NULL OR known.disputed_at > %(at)s)
    UNION ALL
    SELECT household_id, name, value, observed_on, submitted_at, id, {confirmed_days} FROM ({confirmed}) AS agreed
),
told AS (
    SELECT DISTINCT ON (household_id, name) household_id, name, value, observed_on,
        GREATEST(%(on)s::date - observed_on, 0) * 12 / 365 AS age
    FROM said
    WHERE name = ANY(%(names)s) AND (%(ids)s::bigint[] IS NULL OR household_id = ANY(%(ids)s::bigint[])){passing}
    ORDER BY household_id, name, observed_on + lead DESC, observed_on DESC, submitted_at DESC, id DESC
)"""
# One registered member and no declared size: perhaps alone, perhaps a family of which only one was written down.
_SIZED: Final = """
sized AS (
    SELECT chosen.household_id, chosen.county, COALESCE(is_urban, told_urban) AS urban, waiting_days, committee_decile,
        CASE WHEN told_hhsize IS NULL AND COALESCE(members, 0) <= 1 THEN NULL
            ELSE GREATEST(members, told_hhsize) END AS hhsize,
        COALESCE(adults, 0) AS adults, COALESCE(children, 0) AS children,
        COALESCE(head_years, told_head_age) AS head_age,
        COALESCE(is_head_female, told_head_female) AS head_female,
        GREATEST(COALESCE(of_school_age, 0), COALESCE(told_n_students, 0)) AS school_children,
        COALESCE(working_age_count, 0) AS working_age_count,
        under_six, members, told_hhsize, told_n_students, told_rent_paid,
        {plain}, {ages}
    FROM chosen LEFT JOIN members USING (household_id) LEFT JOIN pivoted USING (household_id)
)"""
# Official scale, in hundredths: first adult 100, further adults 70, children under 15 50; a person of unknown age 65,
# the mean of the survey of 1398.
_COMPLETE: Final = """
facts AS MATERIALIZED (
    SELECT *,
        CASE WHEN hhsize IS NULL THEN NULL
            WHEN adults >= 1 THEN 100 + 70 * (adults - 1) + 50 * children + 65 * (hhsize - adults - children)
            WHEN hhsize > children THEN 100 + 50 * children + 65 * (hhsize - children - 1)
            ELSE 100 + 50 * (children - 1) END AS equivalent_size,
        CASE WHEN told_rent_paid IS NULL AND tenure IN {rentless} THEN 0 ELSE told_rent_paid END AS rent_paid,
        (disabled_count >= 1)::int AS is_with_disabled,
        (COALESCE(hhsize, members) = 1 AND head_age >= 65)::int AS is_aged_alone,
        (head_female = 1 AND children >= 1)::int AS is_woman_with_child,
        (under_six >= 1)::int AS is_with_under_six,
        (orphan_count >= 1)::int AS is_with_orphan,
        told_n_students AS n_students
    FROM sized
)"""
_TOLD_ONLY: Final = frozenset(
    {FactName.HHSIZE, FactName.HEAD_AGE, FactName.HEAD_FEMALE, FactName.URBAN, FactName.N_STUDENTS, FactName.RENT_PAID}
)


@cache
def facts_sql() -> str:
    """Common table expressions that end with `facts`: the product's own card and need rules say which are read."""
    names = fact_names()
    ages = _aged_names(current_card())
    pivots = ",\n        ".join([*map(_pivot, names), *map(_pivot_age, ages)])
    plain = ", ".join(name for name in names if name not in _TOLD_ONLY)
    pivoted = (
        f"pivoted AS MATERIALIZED (\n    SELECT household_id,\n        {pivots}\n    FROM told GROUP BY household_id\n)"  # noqa: S608 (own names)
    )
    complete = _COMPLETE.format(rentless=RENTLESS_TENURES)
    chosen = (
        _CHOSEN.replace("{passing}", _passing())
        .replace("{confirmed}", CONFIRMED_FACTS_SQL)
        .replace(
            "{lead}", lead_sql(is_bank=f"organisation_id = {BANKS_SQL}", is_contested="contested.fact IS NOT NULL")
        )
        .replace("{confirmed_days}", str(CONFIRMED_LEAD_DAYS))
    )
    # who lives together is known by its days, so its size has no age
    known_ages = ", ".join(
        [*(f"{name}{AGE_SUFFIX}" for name in ages), f"NULL::bigint AS {EQUIVALENT_SIZE}{AGE_SUFFIX}"]
    )
    return ",\n".join((chosen, pivoted, _SIZED.format(plain=plain, ages=known_ages), complete))


@cache
def fact_names() -> tuple[str, ...]:
    """Every fact: a document of needs may ask for any of them, and is simulated before it is used."""
    return tuple(sorted(name.value for name in FactName))


def facts_parameters(*, at: datetime, household_ids: Iterable[int] | None) -> dict[str, Any]:
    """The parameters that `facts_sql` asks for."""
    ids = None if household_ids is None else list(household_ids)
    return {"ids": ids, "on": at.astimezone(TEHRAN).date(), "at": at, "names": list(fact_names())}


def find_facts(
    *, at: datetime, household_id: int, rules: NeedRules | None = None
) -> dict[str, int | str | None] | None:
    """The row of facts and recorded aid of one household, or None where nothing is seen of it. Call it in `acting`."""
    return next(iter(read_facts(at=at, household_ids=[household_id], rules=rules)), None)


def read_facts(
    *, at: datetime, household_ids: Iterable[int], rules: NeedRules | None = None
) -> list[dict[str, int | str | None]]:
    """The rows of facts and recorded aid of a few households, as far as they are seen. Call it in `acting`."""
    on = at.astimezone(TEHRAN).date()
    read = policies_on(on).needs if rules is None else rules
    with connection.cursor() as cursor:
        query = f"WITH {facts_sql()}, {aided_sql(read)} SELECT * FROM aided"  # noqa: S608 (own text and names)
        parameters = facts_parameters(at=at, household_ids=household_ids) | aid_parameters(read, on=on)
        cursor.execute(query, parameters)
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _pivot(name: str) -> str:
    column = f"told_{name}" if name in _TOLD_ONLY else name
    return f"max(value) FILTER (WHERE name = '{name}') AS {column}"


def _pivot_age(name: str) -> str:
    return f"max(age) FILTER (WHERE name = '{name}')::bigint AS {name}{AGE_SUFFIX}"


def _aged_names(card: Card) -> list[str]:
    names = [part for variable in card.variables for column in variable.columns for part in parts_of(column)]
    return [name for name in dict.fromkeys(names) if name in set(FactName) and name not in PLACE_COLUMNS]


def _passing() -> str:
    """Events count for as long as they are events."""
    return "".join(
        f"\n        AND (name <> '{name.value}' OR observed_on > %(on)s::date - {days})"
        for name, days in FACT_VALID_DAYS.items()
    )
