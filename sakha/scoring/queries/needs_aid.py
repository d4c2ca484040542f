"""What recorded aid and the age of evidence say of each household's needs: columns beside the facts.

Read from the ledger's needs, which whoever sees the household may see and which name no giver. Unknown stays NULL.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from sakha.ledger.rules.terms import UNIT_WORTH_RIAL
from sakha.scoring.rules.needs import NeedRules, age_column, before_column, given_column
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedPeriod
from sakha.vocabulary.periods import ONCE, period_of

YEAR_DAYS: Final = 365


@lru_cache(maxsize=16)
def aided_sql(rules: NeedRules) -> str:
    """Common table expressions after `facts` and `told` that end with `aided`: facts, aid and age of evidence."""
    given = [
        f"COALESCE(sum(delivered) FILTER (WHERE kind = {kind.value} AND period = %(now_{kind.value})s), 0)::bigint"
        f" AS {given_column(kind)}"
        for kind in NeedKind
    ]
    before = [
        f"COALESCE(sum(delivered) FILTER (WHERE kind = {kind.value} AND period >= %(since_{kind.value})s"
        f" AND period < %(now_{kind.value})s), 0)::bigint AS {before_column(kind)}"
        for kind in NeedKind
    ]
    worth = " ".join(f"WHEN {kind.value} THEN {rial}" for kind, rial in UNIT_WORTH_RIAL.items())
    recent = " OR ".join(f"({_kinds(period)} AND {_recent(period)})" for period in NeedPeriod)
    columns = ",\n        ".join([*given, *before])
    ages = ",\n        ".join(f"%(on)s::date - {_newest(rules, kind)} AS {age_column(kind)}" for kind in rules.kinds)
    names = [column(kind) for column in (given_column, before_column) for kind in NeedKind]
    known = ", ".join(f"COALESCE({name}, 0) AS {name}" for name in [*names, "aid_year_rial"])
    kept = ", ".join(age_column(kind) for kind in rules.kinds)
    return f"""aid AS (
    SELECT household_id,
        {columns},
        COALESCE(sum(delivered * CASE kind {worth} ELSE 1 END) FILTER (WHERE {recent}), 0)::bigint AS aid_year_rial
    FROM ledger_need
    WHERE delivered > 0 AND (%(ids)s::bigint[] IS NULL OR household_id = ANY(%(ids)s::bigint[]))
    GROUP BY household_id
),
aged AS (
    SELECT household_id,
        {ages}
    FROM told GROUP BY household_id
),
aided AS (
    SELECT facts.*, {known}, {kept}
    FROM facts LEFT JOIN aid USING (household_id) LEFT JOIN aged USING (household_id)
)"""  # noqa: S608 (names and numbers of the product's own)


def aid_parameters(rules: NeedRules, *, on: date) -> dict[str, Any]:
    """The parameters that `aided_sql` asks for, beside `ids` and `on`."""
    year_ago = on - timedelta(days=YEAR_DAYS)
    now = {f"now_{kind.value}": period_of(kind, on) for kind in NeedKind}
    since = {
        f"since_{kind.value}": period_of(kind, on - timedelta(days=rules.counts_days_of(kind))) for kind in NeedKind
    }
    months = next(kind for kind in NeedKind if NEED_KINDS[kind].period is NeedPeriod.MONTHLY)
    years = next(kind for kind in NeedKind if NEED_KINDS[kind].period is NeedPeriod.YEARLY)
    ends = {"month_ago": period_of(months, year_ago), "year_now": period_of(years, on), "year_ago_on": year_ago}
    return now | since | ends


def _newest(rules: NeedRules, kind: NeedKind) -> str:
    """The day of the freshest fact that a kind stands on; of any fact, where it stands on the score alone."""
    names = ", ".join(f"'{name}'" for name in sorted(rules.evidence_of(kind)))
    return f"max(observed_on) FILTER (WHERE name IN ({names}))" if names else "max(observed_on)"


def _kinds(period: NeedPeriod) -> str:
    values = ", ".join(str(kind.value) for kind in NeedKind if NEED_KINDS[kind].period is period)
    return f"kind IN ({values})"


def _recent(period: NeedPeriod) -> str:
    """Within twelve months, as far as the period tells: a yearly need counts in its year."""
    if period is NeedPeriod.MONTHLY:
        return "period > %(month_ago)s"
    return (
        "period >= %(year_now)s" if period is NeedPeriod.YEARLY else f"period = {ONCE} AND opened_at >= %(year_ago_on)s"
    )
