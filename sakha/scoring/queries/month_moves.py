"""A month's scores beside those of the month before: the table that placed them, deciles by county, and who moved.

Figures of one province, for whoever keeps the policy. The list of those who moved farthest names nobody, and is logged.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access_many
from sakha.access.queries import acting
from sakha.access.rules import AccessAction, Actor, Permission

DECILE_COUNT: Final = 10
MONTHS_SHOWN: Final = 24
MOVERS_SHOWN: Final = 20

# A table of places stands for each month in which anybody was scored.
_MONTHS: Final = "SELECT DISTINCT month FROM scoring_place WHERE month > 0 ORDER BY month DESC LIMIT %s"
_SCORED: Final = """
    SELECT home.code, home.is_protected, CASE WHEN home.is_protected THEN '' ELSE home.county END AS county, now.*,
           before.decile AS decile_before, before.score AS score_before,
           before.model_sha <> now.model_sha OR before.policy_sha <> now.policy_sha AS is_by_other_rules
      FROM scoring_month_score AS now
      JOIN registry_household AS home ON home.id = now.household_id
      LEFT JOIN scoring_month_score AS before ON before.household_id = now.household_id AND before.month = %(before)s
     WHERE now.month = %(month)s AND home.province = %(province)s AND home.merged_into_id IS NULL
"""
_CELLS: Final = f"""
    SELECT county, decile, decile_before, coalesce(is_by_other_rules, false), count(*) FROM ({_SCORED}) AS scored
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608 -- constants
_RULES: Final = f"""
    SELECT model.name, model.version, scored.model_sha, scored.policy_sha, count(*)
      FROM ({_SCORED}) AS scored JOIN scoring_model AS model ON model.sha = scored.model_sha
     GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 3, 4
"""  # noqa: S608 -- constants
_MOVERS: Final = f"""
    SELECT household_id, code, is_protected, county, decile_before, decile, score_before, score, is_by_other_rules
      FROM ({_SCORED}) AS scored WHERE decile <> decile_before
     ORDER BY abs(decile - decile_before) DESC, abs(score - score_before) DESC, household_id LIMIT %(limit)s
"""  # noqa: S608 -- constants
# Of households of which nothing is unknown or old; the other bands have the same deciles and wider chances.
_PLACES: Final = """
    SELECT decile, min(score), max(score), min(poor40_share), max(poor40_share) FROM scoring_place
     WHERE model_sha = %s AND month = %s AND band = 0 GROUP BY decile ORDER BY decile
"""


@dataclass(frozen=True, slots=True)
class DecilePlace:
    """Which scores are a decile in this month, and between which chances, per mille, of the poorest 40 % they lie."""

    decile: int
    least_score: int
    most_score: int
    least_poor40_share: int
    most_poor40_share: int


@dataclass(frozen=True, slots=True)
class MonthRules:
    """By which model document and policy so many households were scored."""

    name: str
    version: int
    model_sha: str
    policy_sha: str
    household_count: int


@dataclass(frozen=True, slots=True)
class CountyMoves:
    """The households of a county by decile, and how many stand poorer or better off than a month before.

    Those under protection stand together, in no county.
    """

    county: str
    by_decile: tuple[int, ...]
    poorer_count: int
    better_count: int

    @property
    def household_count(self) -> int:
        """All of them."""
        return sum(self.by_decile)


@dataclass(frozen=True, slots=True)
class Mover:
    """A household that moved far, without name or street."""

    household_id: int
    code: str
    is_protected: bool
    county: str
    decile_before: int
    decile: int
    score_before: int
    score: int
    is_by_other_rules: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPicture:
    """A month beside the month before. `by_steps` counts households by the deciles they moved; up is better off."""

    months: tuple[int, ...]
    month: int
    before: int
    rules: tuple[MonthRules, ...]
    places: tuple[DecilePlace, ...]
    counties: tuple[CountyMoves, ...]
    by_steps: tuple[tuple[int, int], ...]
    new_count: int
    other_rules_count: int
    movers: tuple[Mover, ...]


def get_month_picture(*, actor: Actor, at: datetime, province: str, month: int = 0) -> MonthPicture | None:
    """The month asked for, or else the last; None where nobody was scored yet. Whoever is listed is logged.

    Raises: PermissionMissing.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_MONTHS, [MONTHS_SHOWN])
        months = tuple(row[0] for row in cursor.fetchall())
        if not months:
            return None
        shown = month if month in months else months[0]
        before = next((one for one in months if one < shown), 0)
        asked = {"month": shown, "before": before, "province": province, "limit": MOVERS_SHOWN}
        cursor.execute(_CELLS, asked)
        cells = cursor.fetchall()
        cursor.execute(_RULES, asked)
        rules = tuple(MonthRules(*row) for row in cursor.fetchall())
        cursor.execute(_PLACES, [rules[0].model_sha if rules else "", shown])
        places = tuple(DecilePlace(*row) for row in cursor.fetchall())
        cursor.execute(_MOVERS, asked)
        movers = tuple(Mover(*row) for row in cursor.fetchall())
        ids = [one.household_id for one in movers]
        record_access_many(
            actor=actor, at=at, action=AccessAction.SEARCH, household_ids=ids, purpose="moved in a month"
        )
    return MonthPicture(
        months=months,
        month=shown,
        before=before,
        rules=rules,
        places=places,
        counties=_counties(cells),
        by_steps=_steps(cells),
        new_count=sum(count for _, _, old, _, count in cells if old is None),
        other_rules_count=sum(count for _, _, _, is_other, count in cells if is_other),
        movers=movers,
    )


def _counties(cells: list[Any]) -> tuple[CountyMoves, ...]:
    found = []
    for county in dict.fromkeys(row[0] for row in cells):
        own = [(new, old, count) for place, new, old, _, count in cells if place == county]
        by_decile = tuple(sum(count for new, _, count in own if new == one) for one in range(1, DECILE_COUNT + 1))
        poorer = sum(count for new, old, count in own if old is not None and new < old)
        better = sum(count for new, old, count in own if old is not None and new > old)
        found.append(CountyMoves(county, by_decile, poorer, better))
    return tuple(found)


def _steps(cells: list[Any]) -> tuple[tuple[int, int], ...]:
    counts: dict[int, int] = {}
    for _, new, old, _, count in cells:
        if old is not None:
            counts[new - old] = counts.get(new - old, 0) + count
    return tuple(sorted(counts.items()))
